"""What a workflow gives a step."""

from collections.abc import Mapping
from typing import Any

from bot.errors import NotUnderstood
from bot.slack.payloads import Payload, read_sentences
from bot.slack.senders import workspace_of
from bot.workflow_steps.values import AddToQueue, FindEntities, StepRun
from ner_engine.annotation import parse_label


def read_find(body: Payload) -> FindEntities:
    """“Find entities”; raises PersonError."""
    given = _inputs(body)
    label = _text(given, "label")
    texts = read_sentences(_needed(given, "text"))
    return FindEntities(_run(body, given), texts, parse_label(label) if label else None)


def read_add(body: Payload) -> AddToQueue:
    """“Add to the labelling queue”; raises PersonError."""
    given = _inputs(body)
    texts = read_sentences(_needed(given, "text"))
    return AddToQueue(_run(body, given), texts, _needed(given, "person"))


def _inputs(body: Payload) -> Mapping[str, Any]:
    given = body["event"].get("inputs")
    return given if isinstance(given, Mapping) else {}


def _run(body: Payload, given: Mapping[str, Any]) -> StepRun:
    execution = str(body["event"]["function_execution_id"])
    return StepRun(workspace_of(body), _needed(given, "channel"), execution)


def _needed(given: Mapping[str, Any], name: str) -> str:
    found = _text(given, name)
    if not found:
        raise NotUnderstood(f"The workflow gave this step no {name}.")
    return found


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value.strip() if isinstance(value, str) else ""
