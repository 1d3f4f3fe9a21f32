"""What can go wrong in the engine, each named for what happened.

The docstring of a class is its message, filled with the facts it was raised with. Facts are
numbers, labels and names; a sentence's words stay out of messages, because messages end in logs.
"""

import re
from typing import ClassVar


class EngineError(Exception):
    """Something went wrong in the engine."""

    #: The name by which other processes know the error, such as ``overlapping_spans``.
    code: ClassVar[str] = "engine_error"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        template = " ".join((type(self).__doc__ or type(self).__name__).split())
        super().__init__(template.format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts)


def _rebuild(kind: type[EngineError], facts: dict[str, object]) -> EngineError:
    return kind(**facts)


class AnnotationError(EngineError):
    """This annotation cannot be used."""


class InvalidLabel(AnnotationError):
    """A label has up to 64 letters and digits, with blanks, _, -, . or / between them, such as
    SYMPTOM; O is reserved.
    """


class SpanOutsideText(AnnotationError):
    """A span from {start} to {end} is not inside a text of {length} characters."""


class EmptySpan(AnnotationError):
    """A span from {start} to {end} holds nothing."""


class BlankEdge(AnnotationError):
    """A span from {start} to {end} begins or ends with a blank."""


class OverlappingSpans(AnnotationError):
    """The span from {start} to {end} overlaps the one from {other_start} to {other_end}."""


class ValueNotInSentence(AnnotationError):
    """Entity number {number} of this record is not in its sentence."""


class InvalidRecord(AnnotationError):
    """This record cannot be read: {reason}."""


class InvalidLine(AnnotationError):
    """Line {number} cannot be used. {reason}"""


class FileRefused(AnnotationError):
    """This file cannot be read: {reason}."""


class TextError(EngineError):
    """This text cannot be used."""


class EmptyText(TextError):
    """There is no text here."""


class TextTooLong(TextError):
    """This text has {length} characters; {limit} are the most that can be used."""


class RunTooLong(TextError):
    """This text has {length} characters without a blank; {limit} are the most that can be used."""


class InvalidCharacter(TextError):
    """This text has a character at {position} that cannot be stored."""


class SettingsError(EngineError):
    """These settings cannot be used."""


class InvalidSettings(SettingsError):
    """The training settings are not valid: {reason}."""


class UnknownBase(SettingsError):
    """The pretrained pipeline {base} is not installed; install its package or train without it."""


class TrainingError(EngineError):
    """The training could not be finished."""


class NotEnoughData(TrainingError):
    """A training needs at least {needed} finished sentences with an entity, and so far there is
    {sentences}. Finish more and train again.
    """


class NothingLearned(EngineError):
    """Nothing is known of this project yet."""


class TrainingDiverged(TrainingError):
    """The training diverged at step {step}: some values are not numbers (NaN). Train again with another
    seed.
    """


class ModelIsEmpty(TrainingError):
    """The trained model finds nothing at all, not even in what it learned from; finish more
    sentences and train again.
    """


class TrainingTooLong(TrainingError):
    """The training was stopped after {minutes:g} minutes, the most it may take."""


class TrainingCancelled(TrainingError):
    """The training was cancelled."""


class NotPackaged(EngineError):
    """The model could not be made a package: {reason}."""


class PackageRefused(EngineError):
    """This cannot be taken as a model: {reason}."""


class KeyMissing(EngineError):
    """Pseudonyms need a key of at least {least} bytes."""


class TokenizerMissing(EngineError):
    """The word splitter of the language {language} is not installed: {module}. Where nerbot runs, type
    pip install "nerbot[{extra}]" and start it again.
    """


class EncoderError(EngineError):
    """The sentence encoder cannot be used."""


class EncoderMissing(EncoderError):
    """The sentence encoder's {file} is not on the machine nerbot runs on. {step}"""


class EncoderChanged(EncoderError):
    """The sentence encoder's {file} is not the one that is known. {step}"""


class EncoderUnknown(EncoderError):
    """There is no encoder called {name}. There are {known}, and any folder with model.onnx and
    tokenizer.json.
    """


class EncoderNotInstalled(EncoderError):
    """The encoder {name} is not installed; type nerbot encoders install {name}."""


class EncoderNameInvalid(EncoderError):
    """An encoder's name has letters, digits, dots, hyphens and underscores, 64 at most, unlike {name};
    give it another one with --name.
    """


class EncoderTaken(EncoderError):
    """An encoder called {name} already exists; give the new one another name with --name."""


class EncoderNotFetched(EncoderError):
    """The encoder {name} could not be fetched: {reason}. To try again, type nerbot encoders install
    {name}, with --from DIR where its files are in a folder.
    """


class EncoderFileWrong(EncoderError):
    """Nothing was installed: {file} does not have the hash that is known of it. Fetch it again."""


class EncoderNeedsRoom(EncoderError):
    """Nothing was installed: the encoder {name} needs {needed} MB on the disk of {folder}, most of
    them for a few minutes only. Free some space, then type nerbot encoders install {name}.
    """


class EncoderUnreadable(EncoderError):
    """The sentence encoder's model.onnx cannot be used: {reason}."""


class ColumnsMissing(EncoderError):
    """The model needs taught columns of the hash {sha256}, which are not in this version of nerbot.
    Use the version that trained it, or train again.
    """


class CheckpointRefused(EncoderError):
    """The checkpoint cannot be made a sentence encoder: {reason}."""


class ModelStoreError(EngineError):
    """The model on disk cannot be used."""


class ModelAbsent(ModelStoreError):
    """The files of this model are not here, or cannot be read now: {reason}."""


class ManifestMissing(ModelStoreError):
    """There is no manifest in this directory, so it is not a model of this store."""


class ManifestInvalid(ModelStoreError):
    """The manifest of this model cannot be read: {reason}."""


class ModelDamaged(ModelStoreError):
    """The file {file} of this model is not as it was saved: {reason}."""


class ModelIncompatible(ModelStoreError):
    """This model was saved by a version of the engine that this one does not understand; train
    again.
    """


class CanaryFailed(ModelStoreError):
    """This model no longer finds what it found when it was saved (canary {number})."""


class VerificationFailed(ModelStoreError):
    """The saved model did not pass its check in a fresh process: {reason}."""


class ModelExists(ModelStoreError):
    """There is already something named {version}; it was left as it is."""


class JobInvalid(EngineError):
    """The job's directory cannot be read: {reason}."""
