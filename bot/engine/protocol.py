"""What the bot and the processes of the engine say to each other, parsed where it arrives."""

import json
import logging
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.domain.project import Gold
from bot.errors import EngineUnavailable, ModelAbsent, ModelUnsound, ModelUnusable
from ner_engine.annotation import AnnotatedText, Hint, Prediction
from ner_engine.redaction.values import Marks
from ner_engine.results import Progress, Trained, TrainingEvent, TrainingFailed

log = logging.getLogger(__name__)

#: What the engine says of a model whose bytes are not those that were saved.
_UNSOUND = frozenset({"manifest_invalid", "model_damaged"})
#: Of one whose files are not here: a disk that is not mounted, a copy that is under way.
_ABSENT = frozenset({"manifest_missing", "model_absent"})
#: Of one whose bytes are right, and which this machine or this version of the engine cannot use.
_UNUSABLE = frozenset({"model_incompatible", "canary_failed"})

#: Of one whose encoder is not here, or has been replaced.
_NO_ENCODER = frozenset({"encoder_missing", "encoder_changed"})

_EVENTS: Mapping[object, Any] = {
    "progress": Progress,
    "succeeded": Trained,
    "failed": TrainingFailed,
}


def as_learned(item: Gold) -> AnnotatedText:
    """A sentence as a training reads it. Sentences of one message are about the same: they are learned from, or
    scored, together."""
    return AnnotatedText(item.sentence.text, item.spans, item.finished, item.sentence.group)


def read_event(raw: bytes) -> TrainingEvent | None:
    """One line of a training process; None for what is not an event, which a library may print by accident."""
    try:
        told = _loads(raw)
        kind = _EVENTS.get(told.get("event")) if isinstance(told, dict) else None
        return None if kind is None else _adapter(kind).validate_python(told)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        log.warning("a training process said something that cannot be read (%d bytes)", len(raw))
        return None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    # Made at first use: building all of them would cost the start.
    return TypeAdapter(kind)


def _loads(raw: bytes) -> Any:
    return json.loads(raw, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float:
    """A finite number: JSON as Python reads it knows NaN and Infinity, which no view can show."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def prediction_request(number: int, model: Path, texts: Sequence[str]) -> bytes:
    """One line for the process that predicts; the answer carries the number."""
    return _line(id=number, model=str(model), texts=list(texts))


def hints_request(number: int, model: Path, text: str) -> bytes:
    """One line that asks it what may be entities of a text."""
    return _line(id=number, model=str(model), hints=text)


def marks_request(
    number: int,
    model: Path,
    texts: Sequence[str],
    labels: Sequence[str] | None,
    promise: float | None,
) -> bytes:
    """One line that asks it what is to be masked in texts."""
    asked = None if labels is None else list(labels)
    return _line(id=number, model=str(model), mark=list(texts), labels=asked, promise=promise)


def load_request(number: int, model: Path) -> bytes:
    """One line that lets it load a model beside those that answer."""
    return _line(id=number, load=str(model))


def wake_request(number: int) -> bytes:
    """One line that lets it import what loads a model."""
    return _line(id=number, wake=True)


def _line(**request: Any) -> bytes:
    return json.dumps(request).encode() + b"\n"


def read_number(raw: bytes) -> int | None:
    """Which request a line answers; None for what is no answer."""
    try:
        told = json.loads(raw)
        return int(told["id"])
    except (ValueError, LookupError, TypeError):
        return None


def read_predictions(raw: bytes, model: Path, count: int) -> list[Prediction]:
    """Its answer for `count` texts; raises ModelUnsound or EngineUnavailable, naming the version, where it is none."""
    version = model.name
    try:
        found: list[Prediction] = _adapter(list[Prediction]).validate_python(_loads(raw)["texts"])
    except (ValueError, LookupError, TypeError):
        raise _trouble(raw, version) from None
    if len(found) != count:
        raise EngineUnavailable(f"Model {version} gave no whole answer. Please ask again.")
    return found


def read_hints(raw: bytes) -> tuple[Hint, ...]:
    """What may be entities; raises EngineUnavailable where there is no answer that can be read."""
    try:
        hints: list[Hint] = _adapter(list[Hint]).validate_python(_loads(raw)["hints"])
    except (ValueError, LookupError, TypeError):
        raise EngineUnavailable("The engine gave no hints.") from None
    return tuple(hints)


def read_marks(raw: bytes, model: Path, count: int) -> Marks:
    """What is to be masked in `count` texts; raises ModelUnsound or EngineUnavailable where there is no answer."""
    try:
        marks: Marks = _adapter(Marks).validate_python(_loads(raw))
    except (ValueError, LookupError, TypeError):
        raise _trouble(raw, model.name) from None
    if len(marks.texts) != count:
        raise EngineUnavailable(f"Model {model.name} gave no whole answer. Please ask again.")
    return marks


def check_loaded(raw: bytes, model: Path) -> None:
    """Its answer to a request to load; raises ModelUnsound or EngineUnavailable where it could not."""
    if b'"loaded"' not in raw:
        raise _trouble(raw, model.name)


def absent(version: object) -> ModelAbsent:
    """What is said of a version whose files are not here."""
    return ModelAbsent(
        f"The files of model {version} are not in nerbot's data folder, or cannot be read. It is tried again each "
        "time it is asked. Ask whoever runs nerbot to bring them back; /train makes a new one."
    )


def _trouble(raw: bytes, version: str) -> EngineUnavailable:
    code = _code(raw)
    log.warning("model %s could not answer: %s", version, code)
    if code in _UNSOUND:
        return ModelUnsound(f"Model {version} is damaged and is not asked. /train makes a new one.")
    if code in _ABSENT:
        return absent(version)
    if code in _UNUSABLE:
        return ModelUnusable(
            f"Model {version} cannot be used by the nerbot that runs now. /train makes a new one."
        )
    if code in _NO_ENCODER:
        return EngineUnavailable(
            f"Model {version} needs a sentence encoder that is not on the machine nerbot runs on. Ask whoever runs "
            "nerbot to type “nerbot encoders install mpnet” there, or to bring the encoder's folder back; /train makes "
            "a new model with the encoder that is there."
        )
    return EngineUnavailable(
        f"Model {version} could not answer ({code.replace('_', ' ')}). Please ask again; if it happens again, the log "
        "of the machine nerbot runs on says more."
    )


def _code(raw: bytes) -> str:
    match = re.search(rb'"error": "(\w+)"', raw)
    return match[1].decode() if match else "no answer that can be read"
