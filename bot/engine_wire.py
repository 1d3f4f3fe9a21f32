"""What the bot and the processes of the engine say to each other, read at the door."""

import json
import logging
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain import (
    Comparison,
    Evaluation,
    Progress,
    Score,
    Trained,
    TrainingEvent,
    TrainingFailed,
    TrainingJob,
)
from bot.errors import EngineUnavailable
from ner_engine.annotation import AnnotatedText, Prediction, Span
from ner_engine.forms import to_json
from ner_engine.settings import TrainingSettings

log = logging.getLogger(__name__)

_FINDINGS, _SENTENCES = 8, 5
"""How many things to look at in the data are told, and how many sentences of each."""


def job_files(job: TrainingJob, live_model: Path | None, vectors: Path) -> dict[str, str]:
    """The files of a job's directory by name; `vectors` is where encoded texts are kept between jobs."""
    settings = TrainingSettings.from_json({"preset": job.preset, "seed": job.seed})
    head = {
        "settings": settings.to_json(),
        "live_model": str(live_model) if live_model else None,
        "vectors": str(vectors),
    }
    texts = (AnnotatedText(item.sentence.text, item.spans, item.finished) for item in job.gold)
    gold = [to_json(annotated) for annotated in texts]
    return {
        "job.json": json.dumps(head),
        "gold.jsonl": "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in gold),
    }


def read_event(raw: bytes, job: TrainingJob) -> TrainingEvent | None:
    """One line of a training process; None for what is no event, which a library may print by accident."""
    try:
        told = json.loads(raw)
        return _event(told, job) if isinstance(told, dict) else None
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        log.warning("a training process said something that cannot be read (%d bytes)", len(raw))
        return None


def _event(told: Mapping[str, Any], job: TrainingJob) -> TrainingEvent | None:
    match told.get("event"):
        case "progress":
            return Progress(
                stage=str(told["stage"]),
                done=_number(told["done"]),
                step=int(told.get("step") or 0),
                steps=int(told.get("steps") or 0),
                f=_number_or_none(told.get("f")),
                seconds_left=_number_or_none(told.get("seconds_left")),
            )
        case "succeeded":
            return _trained(told["result"], job)
        case "failed":
            return TrainingFailed(str(told["message"]), str(told.get("code") or "unexpected"))
    return None


def _number(value: Any) -> float:
    """A finite number: JSON as Python reads it knows NaN and Infinity, which no view can show."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _number_or_none(value: Any) -> float | None:
    return None if value is None else _number(value)


def _trained(result: Mapping[str, Any], job: TrainingJob) -> Trained:
    scores = result["evaluation"]
    comparison = result.get("comparison")
    evaluation = Evaluation(
        overall=_score(scores["overall"]),
        per_label=tuple((name, _score(score)) for name, score in scores["per_label"].items()),
        interval=(_number(scores["interval"][0]), _number(scores["interval"][1])),
        sentences=int(scores["sentences"]),
        method=str(result["method"]),
        comparison=_comparison(comparison, job) if comparison else None,
        advice=tuple(_advice(result, job)),
    )
    return Trained(evaluation, tuple(result["labels"]))


def _advice(result: Mapping[str, Any], job: TrainingJob) -> Iterator[str]:
    """What to tell beside the scores; findings name their sentences by id."""
    yield from (str(note) for note in result["notes"])
    if result["outlook"]:
        yield str(result["outlook"])
    for finding in result["findings"][:_FINDINGS]:
        ids = [f"#{job.gold[number].sentence.id}" for number in finding["sentences"]]
        more = f" and {len(ids) - _SENTENCES} more" if len(ids) > _SENTENCES else ""
        yield f"{finding['message']} ({', '.join(ids[:_SENTENCES])}{more})"


def _score(score: Mapping[str, Any]) -> Score:
    return Score(
        precision=_number(score["precision"]),
        recall=_number(score["recall"]),
        f1=_number(score["f1"]),
        support=int(score["support"]),
    )


def _comparison(comparison: Mapping[str, Any], job: TrainingJob) -> Comparison:
    return Comparison(
        live_version=job.live_version or 0,
        candidate_f1=_number(comparison["candidate_f1"]),
        live_f1=_number(comparison["live_f1"]),
        sentences=int(comparison["sentences"]),
        probability_better=_number(comparison["probability"]),
    )


def prediction_request(model: Path, texts: Sequence[str]) -> bytes:
    """One line for the process that predicts."""
    return json.dumps({"model": str(model), "texts": list(texts)}).encode() + b"\n"


def read_predictions(raw: bytes, model: Path, count: int) -> list[Prediction]:
    """Its answer for `count` texts; raises EngineUnavailable, naming the version, where it is none."""
    version = model.name
    try:
        told = json.loads(raw)
        found = [_prediction(text) for text in told["texts"]]
    except (ValueError, LookupError, TypeError):
        log.warning("model %s could not answer: %s", version, _code(raw))
        raise EngineUnavailable(
            f"Model {version} could not answer. Its files may be damaged; /train makes a new one."
        ) from None
    if len(found) != count:
        raise EngineUnavailable(f"Model {version} gave no whole answer. Please ask again.")
    return found


def _prediction(told: Mapping[str, Any]) -> Prediction:
    return Prediction(
        tuple(Span(*span) for span in told["spans"]),
        tuple(_number_or_none(sure) for sure in told["confidences"]),
        _number(told["uncertainty"]),
    )


def _code(raw: bytes) -> str:
    match = re.search(rb'"error": "(\w+)"', raw)
    return match[1].decode() if match else "no answer that can be read"
