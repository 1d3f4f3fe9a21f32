"""The models of a plan's folds, one after the other: a value of each batch, and what each predicts in the end."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate

from ner_engine.settings import TrainingSettings
from ner_engine.training.cross_validation import OutOfFoldPredictions, fold_model_steps
from ner_engine.training.loop import Step
from ner_engine.training.plan import Plan, Stage


@dataclass(frozen=True, slots=True)
class FoldStep:
    """One batch is learned: number ``step`` of the ``steps`` of all models of a stage."""

    stage: Stage
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class FoldScored:
    """Model ``number`` of :attr:`Plan.models` is done."""

    stage: Stage
    number: int
    predictions: OutOfFoldPredictions


def fold_steps(
    plan: Plan, settings: TrainingSettings, numbers: Collection[int]
) -> Iterator[FoldStep | FoldScored]:
    """Make the models of a plan with these numbers. Raises what training raises."""
    steps, learned = Counter[Stage](), Counter[Stage]()
    chosen = [(number, *plan.models[number]) for number in numbers]
    for _, stage, model in chosen:
        steps[stage] += model.steps(settings) * settings.trainings
    for number, stage, model in chosen:
        for value in fold_model_steps(model, settings):
            if isinstance(value, Step):
                learned[stage] += 1
                yield FoldStep(stage, learned[stage], steps[stage])
            else:
                yield FoldScored(stage, number, value)


def half_of_the_work(plan: Plan, settings: TrainingSettings, sentences: int) -> int:
    """So many of the plan's first models take as long as the others and the final one of so many sentences."""
    final = settings.steps_for(sentences) * settings.recipe.members
    works = [model.steps(settings) for _, model in plan.models]
    sums = list(accumulate(works))
    half = (final + sums[-1]) / 2
    return min(range(len(sums)), key=lambda index: abs(sums[index] - half)) + 1
