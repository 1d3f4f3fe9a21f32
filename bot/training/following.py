"""Following a training's events, so that a stop and a lost lease are noticed between them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from bot.errors import NerbotError
from ner_engine.results import TrainingEvent


class RunEnded(NerbotError):
    """The run ended while its model was on the way: somebody cancelled it, or another process took over."""


class BotStops(NerbotError):
    """nerbot is asked to stop while a run goes on."""


async def with_ticks(
    events: AsyncIterator[TrainingEvent],
    *,
    stopping: asyncio.Event,
    lost: asyncio.Event,
    seconds: float,
) -> AsyncIterator[TrainingEvent | None]:
    """Every event, and None whenever none came for so many seconds; raises BotStops when asked to stop, RunEnded when
    the run is lost."""
    pending: asyncio.Future[TrainingEvent] | None = None
    stop, loss = asyncio.ensure_future(stopping.wait()), asyncio.ensure_future(lost.wait())
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(events))
            either: tuple[asyncio.Future[Any], ...] = (pending, stop, loss)
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                raise BotStops
            if loss.done():
                raise RunEnded
            if not pending.done():
                yield None
                continue
            try:
                event = pending.result()
            except StopAsyncIteration:
                return
            pending = None
            yield event
    finally:
        stop.cancel()
        loss.cancel()
        if pending is not None:
            pending.cancel()
