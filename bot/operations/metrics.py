"""Numbers for Prometheus: how fast, how much, how many. No text and nobody's id is a label."""

import asyncio
import time
from contextlib import suppress
from typing import Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

REGISTRY = CollectorRegistry()
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4.split(";")[0]
_LOOK_SECONDS = 0.25

ACKS = Histogram(
    "nerbot_ack_seconds",
    "Seconds from a request of Slack to its ack.",
    ["command"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2, 3),
)
LOOP_LAG = Histogram(
    "nerbot_event_loop_lag_seconds",
    "Seconds by which the event loop was late.",
    registry=REGISTRY,
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
)
RETRIES = Counter(
    "nerbot_slack_retries", "Calls of Slack's API tried again.", ["fault"], registry=REGISTRY
)
PREDICTIONS = Counter("nerbot_predictions", "Sentences a model has read.", registry=REGISTRY)
QUEUE = Gauge("nerbot_prediction_queue", "Sentences that wait for a model.", registry=REGISTRY)
OUTBOX = Gauge("nerbot_outbox_messages", "Messages to be told.", ["state"], registry=REGISTRY)
TRAININGS = Gauge("nerbot_trainings", "Trainings in the database.", ["state"], registry=REGISTRY)
MESSAGES_SEEN = Counter(
    "nerbot_watched_messages", "Messages of watched channels, with their edits.", registry=REGISTRY
)
ENTITY_CHANGES = Counter(
    "nerbot_entity_changes", "What outputs are told of entities.", ["kind"], registry=REGISTRY
)
PRECISION = Gauge(
    "nerbot_watched_precision",
    "Share of what goes out that is right, promised and measured, by the number of the project.",
    ["kind", "project"],
    registry=REGISTRY,
)
CHECKED = Gauge(
    "nerbot_watched_checked_timestamp_seconds",
    "When a sentence of a watched channel was checked last.",
    ["project"],
    registry=REGISTRY,
)
STREAM_CHANGES = Counter(
    "nerbot_stream_changes",
    "How often what is watched became unlike what the live model knows.",
    registry=REGISTRY,
)
WATCHED_WAITING = Gauge(
    "nerbot_watched_messages_waiting", "Watched messages to be read.", registry=REGISTRY
)
CHECKS = Gauge("nerbot_check_ok", "1 where a check of /readyz holds.", ["check"], registry=REGISTRY)

COMMANDS = frozenset({"/label", "/train", "/ner", "/nerbot"})
_KINDS = frozenset({"block_actions", "view_submission", "message_action", "shortcut"})
_FAULTS = frozenset({"ratelimited", "timeout", "truncated", "no_json"})


def kind_of(command: object, kind: object) -> str:
    """What a request is, as a label: one of a short list."""
    if command in COMMANDS:
        return str(command)
    return str(kind) if kind in _KINDS else "event" if kind == "event_callback" else "other"


def retried(fault: str) -> None:
    """A call is tried again; the label is one of a short list."""
    known = fault in _FAULTS or (fault.startswith("http_") and fault[5:].isdecimal())
    RETRIES.labels(fault if known else "other").inc()


def exposition() -> bytes:
    """All numbers, as Prometheus reads them."""
    return generate_latest(REGISTRY)


class LoopLag:
    """Measures how late the event loop is."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._measure(), name="measure the event loop")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _measure(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(_LOOK_SECONDS)
            LOOP_LAG.observe(max(0.0, time.monotonic() - began - _LOOK_SECONDS))
