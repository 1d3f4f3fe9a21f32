"""Listens to Slack running steps of workflows, and tells it what came of them."""

import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail

from bot.jobs.background import Background
from bot.operations.logs import log_failure
from bot.slack.payloads import Payload
from bot.slack.responders import in_words
from bot.slack.step_declarations import ADD, FIND
from bot.workflow_steps.parsing import read_add, read_find
from bot.workflow_steps.service import WorkflowSteps
from bot.workflow_steps.values import FoundEntity, QueueAdded

Work = Callable[[Payload], Awaitable[dict[str, Any]]]

log = logging.getLogger(__name__)


def register(app: AsyncApp, steps: WorkflowSteps, background: Background) -> None:
    """Listen to both steps."""

    async def find(body: Payload) -> dict[str, Any]:
        return found_outputs(await steps.find(read_find(body)))

    async def add(body: Payload) -> dict[str, Any]:
        return added_outputs(await steps.add(read_add(body)))

    def listen(name: str, work: Work) -> None:
        async def run(body: Payload, complete: AsyncComplete, fail: AsyncFail) -> None:
            background.start(_carry_out(work, body, complete, fail), name=f"step {name}")

        app.function(name)(run)

    listen(FIND, find)
    listen(ADD, add)


async def _carry_out(work: Work, body: Payload, complete: AsyncComplete, fail: AsyncFail) -> None:
    """Do it, and tell Slack; whatever is raised becomes a sentence that people read in the workflow."""
    try:
        try:
            outputs = await work(body)
        except Exception as error:  # noqa: BLE001 - a step that is not ended waits for days
            await fail(in_words(error))
        else:
            await complete(outputs)
    except Exception as error:  # noqa: BLE001 - Slack says no: nobody else can be told
        log_failure(log, "a step of a workflow could not be ended", error)


def found_outputs(found: Sequence[FoundEntity]) -> dict[str, Any]:
    """What “Find entities” gives back."""
    by_label: defaultdict[str, list[str]] = defaultdict(list)
    for entity in found:
        by_label[entity.label].append(entity.text)
    return {
        "phrases": ", ".join(entity.text for entity in found),
        "by_label": "\n".join(f"{label}: {', '.join(texts)}" for label, texts in by_label.items()),
        "entities": json.dumps([asdict(entity) for entity in found], ensure_ascii=False),
        "count": len(found),
    }


def added_outputs(added: QueueAdded) -> dict[str, Any]:
    """What “Add to the labelling queue” gives back."""
    numbers = ", ".join(map(str, dict.fromkeys(added.sentences)))
    return {"added": added.added, "sentences": numbers}
