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
    Confusion,
    CurvePoint,
    Evaluation,
    Finding,
    Guard,
    Mistake,
    Progress,
    Score,
    Trained,
    TrainingEvent,
    TrainingFailed,
    TrainingJob,
)
from bot.errors import EngineUnavailable, ModelUnsound
from ner_engine.annotation import AnnotatedText, Prediction, Span
from ner_engine.formats.json_lines import to_json
from ner_engine.settings import TrainingSettings

log = logging.getLogger(__name__)

#: What the engine says of a model whose files are not what was saved, or which it cannot read.
_UNSOUND = frozenset(
    {
        "manifest_missing",
        "manifest_invalid",
        "model_damaged",
        "model_incompatible",
        "canary_failed",
    }
)

_FINDINGS, _SENTENCES = 8, 20
"""How many things to look at in the data are kept, and how many sentences of each."""
_MISTAKES, _CONFUSIONS = 3, 200


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
    comparison, guard = result.get("comparison"), result.get("guard")
    confusions = result.get("confusions") or ()
    evaluation = Evaluation(
        overall=_score(scores["overall"]),
        per_label=tuple((name, _score(score)) for name, score in scores["per_label"].items()),
        interval=_interval(scores["interval"]),
        sentences=int(scores["sentences"]),
        method=str(result["method"]),
        comparison=_comparison(comparison, job) if comparison else None,
        advice=tuple(_advice(result)),
        outlook=str(result["outlook"]) if result["outlook"] else None,
        findings=tuple(_findings(result, job))[:_FINDINGS],
        mistakes=tuple(_mistakes(confusions, job)),
        confusions=tuple(_confusion(each) for each in confusions[:_CONFUSIONS]),
        curve=tuple(_points(result.get("curve"))),
        guard=Guard(int(guard["entities"]), int(guard["kept"])) if guard else None,
    )
    return Trained(evaluation, tuple(result["labels"]))


def _interval(pair: Sequence[Any]) -> tuple[float, float]:
    return _number(pair[0]), _number(pair[1])


def _advice(result: Mapping[str, Any]) -> Iterator[str]:
    """What to tell beside the scores."""
    yield from (str(note) for note in result["notes"])
    if result.get("comparison_problem"):
        yield str(result["comparison_problem"])


def _findings(result: Mapping[str, Any], job: TrainingJob) -> Iterator[Finding]:
    """What was found, with the sentences' ids; doubtful sentences, one finding each, are told as one."""
    told = result["findings"]
    doubts = [finding for finding in told if finding.get("kind") == "doubtful"]
    others = [finding for finding in told if finding.get("kind") != "doubtful"]
    for finding in (*others, *(doubts if len(doubts) == 1 else ())):
        few = finding.get("kind") in {"few_examples", "lonely_label"}
        yield Finding(str(finding["message"]), _ids(finding["sentences"], job), needs_more=few)
    if len(doubts) > 1:
        numbers = [number for finding in doubts for number in finding["sentences"]]
        yield Finding(
            f"{len(doubts)} sentences are labelled otherwise by a model that learned from the others. "
            "Check them, and keep what is right.",
            _ids(numbers, job),
        )


def _ids(numbers: Sequence[int], job: TrainingJob) -> tuple[int, ...]:
    """The first few of the sentences, by id."""
    return tuple(job.gold[number].sentence.id for number in numbers)[:_SENTENCES]


def _confusion(told: Mapping[str, Any]) -> Confusion:
    return Confusion(told["kind"], told["gold"], told["found"], int(told["count"]))


def _mistakes(confusions: Sequence[Mapping[str, Any]], job: TrainingJob) -> Iterator[Mistake]:
    """One of each of the most frequent kinds, each in another sentence."""
    seen: set[int] = set()
    for confusion in confusions:
        fresh = [each for each in confusion["examples"] if each["sentence"] not in seen]
        if not fresh:
            continue
        first = fresh[0]
        seen.add(first["sentence"])
        yield Mistake(
            confusion["kind"],
            job.gold[first["sentence"]].sentence.id,
            _span(first["gold"]),
            _span(first["found"]),
            int(confusion["count"]),
        )
        if len(seen) == _MISTAKES:
            return


def _span(told: Mapping[str, Any] | None) -> Span | None:
    return None if told is None else Span(told["start"], told["end"], told["label"])


def _points(curve: Mapping[str, Any] | None) -> Iterator[CurvePoint]:
    for point in curve["points"] if curve else ():
        yield CurvePoint(
            int(point["sentences"]), _number(point["f1"]), _interval(point["interval"])
        )


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
        interval=_interval(comparison["interval"]),
    )


def prediction_request(number: int, model: Path, texts: Sequence[str]) -> bytes:
    """One line for the process that predicts; the answer carries the number."""
    return _line(id=number, model=str(model), texts=list(texts))


def load_request(number: int, model: Path) -> bytes:
    """One line that lets it load a model beside those that answer."""
    return _line(id=number, load=str(model))


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
        told = json.loads(raw)
        found = [_prediction(text) for text in told["texts"]]
    except (ValueError, LookupError, TypeError):
        raise _trouble(raw, version) from None
    if len(found) != count:
        raise EngineUnavailable(f"Model {version} gave no whole answer. Please ask again.")
    return found


def check_loaded(raw: bytes, model: Path) -> None:
    """Its answer to a request to load; raises ModelUnsound or EngineUnavailable where it could not."""
    if b'"loaded"' not in raw:
        raise _trouble(raw, model.name)


def _trouble(raw: bytes, version: str) -> EngineUnavailable:
    code = _code(raw)
    log.warning("model %s could not answer: %s", version, code)
    if code in _UNSOUND:
        return ModelUnsound(f"Model {version} is damaged and is not asked. /train makes a new one.")
    return EngineUnavailable(
        f"Model {version} could not answer ({code.replace('_', ' ')}). Please ask again; if it happens again, the log "
        "of the machine nerbot runs on says more."
    )


def _prediction(told: Mapping[str, Any]) -> Prediction:
    return Prediction(
        tuple(Span(*span) for span in told["spans"]),
        tuple(_number_or_none(sure) for sure in told["confidences"]),
        _number(told["uncertainty"]),
    )


def _code(raw: bytes) -> str:
    match = re.search(rb'"error": "(\w+)"', raw)
    return match[1].decode() if match else "no answer that can be read"
