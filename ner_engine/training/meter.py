"""How far a run is, in units of one batch of one network, about 10 ms."""

from collections.abc import Sequence
from typing import Literal

from ner_engine.annotation import AnnotatedText
from ner_engine.results import Progress
from ner_engine.settings import TrainingSettings
from ner_engine.training.folds import FoldStep
from ner_engine.training.loop import Step
from ner_engine.training.plan import Plan, Stage

RunStage = Stage | Literal["features", "training", "saving"]

_TEXT, _SAVING = 1.0, 300.0


class Meter:
    """Counts the work of a run that is done; ``f`` is the F1 that is told with it, once there is one."""

    def __init__(self, plan: Plan, gold: Sequence[AnnotatedText], settings: TrainingSettings):
        self._members = settings.recipe.members
        self._texts = (len(gold) + len(plan.unlabelled)) * settings.trainings
        fold_models = sum(model.steps(settings) for _, model in plan.models)
        texts = self._texts * _TEXT if settings.recipe.needs_encoder else 0
        final = settings.steps_for(len(gold)) * self._members
        self._total = texts + (fold_models + final) * settings.trainings + _SAVING
        self._done = 0.0
        self.f: float | None = None

    def encoded(self, number: int) -> Progress:
        """So many texts have vectors."""
        return self._tick("features", number, self._texts, _TEXT)

    def folded(self, step: FoldStep) -> Progress:
        """A fold's model learned a batch."""
        return self._tick(step.stage, step.step, step.steps, 1.0)

    def learned(self, step: Step) -> Progress:
        """The final model learned a batch."""
        return self._tick("training", step.step, step.steps, self._members)

    def saved(self, *, whole: bool) -> Progress:
        """The model begins to be saved, or is."""
        return self._tick("saving", int(whole), 1, _SAVING * whole)

    def _tick(self, stage: RunStage, step: int, steps: int, units: float) -> Progress:
        self._done += units
        return Progress(stage, min(self._done / self._total, 1.0), step, steps, self.f)
