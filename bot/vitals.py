"""How a bot is: what has to work for a command to be answered, and the numbers that only the database has."""

from contextlib import AsyncExitStack

from bot.adapters import Adapters, Opened
from bot.db.records.totals import Totals
from bot.domain.runs import RunState
from bot.health.numbers import WatchedNumbers
from bot.operations.health import WITHIN_SECONDS, Check, Health, disk_check
from bot.operations.metrics import OUTBOX, TRAININGS, WATCHED_WAITING, LoopLag
from bot.settings import Settings
from bot.slack.connection import Connection, serve


def make_health(settings: Settings, opened: Opened, adapters: Adapters) -> Health:
    """The checks and the numbers, read when somebody asks for them."""
    totals = Totals(opened.database, adapters.serves)
    watched = WatchedNumbers(adapters.store, adapters.serves) if settings.watching else None

    async def database() -> str | None:
        await totals.ping()
        return None

    async def refresh() -> None:
        counted = await totals.count()
        OUTBOX.labels("waiting").set(counted.waiting)
        OUTBOX.labels("dead").set(counted.dead)
        WATCHED_WAITING.set(counted.unread)
        if watched is not None:
            await watched.refresh()
        for state in RunState:
            TRAININGS.labels(state.value).set(counted.runs.get(state.value, 0))

    checks: dict[str, Check] = {
        "database": database,
        "disk": disk_check(settings.data),
        "clock": opened.skew.check,
    }
    return Health(checks, refresh=refresh, within=WITHIN_SECONDS * settings.patience)


async def serve_health(
    settings: Settings, health: Health, connection: Connection, stack: AsyncExitStack
) -> str | None:
    """Measure the event loop, and tell how things are on a port of its own where one is set: its address."""
    if connection.link is not None:
        health.checks["slack"] = connection.link.check
    await stack.enter_async_context(LoopLag())
    if settings.health_port is None:
        return None
    routes, port = health.all_routes(), settings.health_port
    return await serve(settings, routes, port, "NERBOT_HEALTH_PORT", stack)
