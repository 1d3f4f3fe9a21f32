"""How a model is trained: what a person chooses."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ner_engine.errors import InvalidSettings
from ner_engine.recipes import DEFAULT_PRESET, RECIPES, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """What a person chooses for a training.

    ``base`` names an installed pretrained pipeline to train beside, ``encoder_dir`` a directory
    with another encoder's ``model.onnx`` and ``tokenizer.json``; ``language`` is spaCy's code of
    the tokenizer where there is no base; ``steps`` the number of batches where it is not to follow
    the data; ``word_forms`` whether it is read how words are written, which follows the labelled
    phrases where nothing is said. ``teacher_dir`` is the directory of the encoder of the model that teaches, for a
    preset that has a teacher: None where it learns without one. Raises InvalidSettings.
    """

    preset: str = DEFAULT_PRESET
    seed: int = 0
    language: str = "en"
    base: str | None = None
    encoder_dir: str | None = None
    steps: int | None = None
    word_forms: bool | None = None
    teacher_dir: str | None = None

    def __post_init__(self) -> None:
        if self.preset not in RECIPES:
            raise InvalidSettings(reason=f"the preset is one of {', '.join(RECIPES)}")
        if type(self.seed) is not int or not 0 <= self.seed < 2**32:
            raise InvalidSettings(reason="the seed is a whole number from 0 to 4294967295")
        if self.steps is not None and (type(self.steps) is not int or self.steps < 1):
            raise InvalidSettings(reason="steps is a whole number above 0")
        if not isinstance(self.word_forms, bool | None):
            raise InvalidSettings(reason="word_forms is true or false")
        for name in ("language", "base", "encoder_dir", "teacher_dir"):
            if not isinstance(getattr(self, name), str | None):
                raise InvalidSettings(reason=f"{name} is a text")
        if not (self.language and self.language.isidentifier()):
            raise InvalidSettings(reason="the language is a code such as en")

    @property
    def recipe(self) -> Recipe:
        """The numbers of the preset."""
        return RECIPES[self.preset]

    @property
    def trainings(self) -> int:
        """How many networks learn, one after the other: the teacher first, where there is one."""
        return 1 if self.teacher_dir is None else 2

    def over(self, encoder_dir: str | None) -> "TrainingSettings":
        """The same with this encoder: for a preset that has a teacher, the one its teacher learns over."""
        if self.recipe.taught_batch:
            return replace(self, encoder_dir=None, teacher_dir=encoder_dir)
        return replace(self, encoder_dir=encoder_dir if self.recipe.needs_encoder else None)

    @property
    def teacher(self) -> "TrainingSettings":
        """How the teacher learns."""
        return replace(self, preset=DEFAULT_PRESET, encoder_dir=self.teacher_dir, teacher_dir=None)

    def steps_for(self, sentences: int) -> int:
        """How many batches a training on so many sentences takes."""
        return self.steps or self.recipe.steps(sentences)

    def to_json(self) -> dict[str, Any]:
        """The settings as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "TrainingSettings":
        """Read what :meth:`to_json` wrote; what is left out stays as it is by default."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise InvalidSettings(reason=f"{unknown[0]} is not one of them")
        return cls(**values)
