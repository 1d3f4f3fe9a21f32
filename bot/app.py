"""The composition root: one exit stack opens everything and closes it in reverse."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.adapters import Adapters, Opened, make_adapters, make_erasing
from bot.api.opening import api_resources, serve_api
from bot.backups.keeper import BackupKeeper
from bot.backups.settings import backup_plan
from bot.chores import make_clock
from bot.composition import Services, make_services
from bot.db.reserve import Reserve
from bot.engine.client import EngineClient
from bot.engine.encoders import check_encoder
from bot.jobs.background import GRACE_SECONDS, Background
from bot.listening import listen
from bot.mcp.opening import mcp_resources
from bot.opening import make_folder, open_database, open_models, refuse_a_lost_database
from bot.operations.skew import ClockSkew
from bot.settings import Settings
from bot.slack.connection import connect, open_session
from bot.slack.people import PATIENCE_SECONDS as PEOPLE_WITHIN
from bot.slack.people import SlackPeople
from bot.slack.tenants.tenancy import open_tenancy
from bot.tenant_wiring import rest_when_out, warm_up_all
from bot.vitals import make_health, serve_health
from bot.workers.opening import bounds_of, open_places


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is ready: its Bolt app, and where its HTTP server listens (None in Socket Mode)."""

    app: AsyncApp
    address: str | None
    workspace: str
    health: str | None = None
    """Where its health and its numbers are, where a port is set for them."""
    api: str | None = None
    """Where the API is, where it is switched on."""
    leave: Callable[[], None] = lambda: None
    """Say that it is not ready any more."""


@asynccontextmanager
async def open_bot(settings: Settings, *, samples: Sequence[str] = ()) -> AsyncIterator[Bot]:
    """Open everything the settings ask for, connect to Slack, and close it all in reverse.

    `samples` are put into the queue of a workspace that has no sentence. Raises SettingsError where
    Slack or the database refuse what a setting says.
    """
    async with AsyncExitStack() as stack:
        make_folder(settings)
        check_encoder(settings.encoder)
        plan = backup_plan(settings)
        opened = await _open(settings, stack)
        adapters, tenancy = make_adapters(settings, opened), opened.tenancy
        people = SlackPeople(adapters.clients, patience=PEOPLE_WITHIN * settings.patience)
        services = make_services(settings, adapters, people)
        await _begin(settings, adapters, services, stack)
        listen(tenancy, settings, adapters, services)
        keeper = BackupKeeper(plan, adapters.background, clock=adapters.clock) if plan else None
        await stack.enter_async_context(make_clock(opened, adapters, services, keeper))
        health = make_health(settings, opened, adapters)
        resources = (
            *api_resources(settings, adapters, services),
            *await mcp_resources(settings, adapters, services, stack),
        )
        connection = await connect(
            settings, tenancy.app, health, stack, resources=resources, pages=tenancy.routes
        )
        rest_when_out(adapters, services, connection, tenancy)
        if connection.link is not None and settings.watching:
            connection.link.on_back = services.watching.watchers.missed
        bot = Bot(
            tenancy.app,
            connection.address,
            next(iter(tenancy.serves), ""),
            api=await serve_api(settings, connection, resources, stack),
            health=await serve_health(settings, health, connection, stack),
            leave=health.leave,
        )
        await warm_up_all(tenancy, adapters, services, samples)
        yield bot


async def _open(settings: Settings, stack: AsyncExitStack) -> Opened:
    """The database, the models, the engine and Slack, each before what needs it; raises SettingsError."""
    database, clock = await open_database(settings, stack)
    shelf = await open_models(settings)
    await refuse_a_lost_database(settings, database, shelf)
    reserve = Reserve(settings.data, size=settings.reserve_mb * 2**20)
    database.keep_reserve(reserve)
    erasing = make_erasing(settings, database, clock, shelf)
    # Before Slack is asked: a token that was revoked does not keep what is due to be erased.
    await erasing.departing.purge()
    places = await open_places(settings, database, clock)
    engine = await stack.enter_async_context(
        EngineClient(
            settings.data,
            bounds_of(settings),
            patience=settings.patience,
            encoder=settings.encoder,
            shelf=shelf,
            host=places.trainings,
            scoring=places.scoring,
        )
    )
    skew = ClockSkew()
    session = await stack.enter_async_context(open_session(settings, skew))
    return Opened(
        database=database,
        clock=clock,
        reserve=reserve,
        shelf=shelf,
        erasing=erasing,
        engine=engine,
        skew=skew,
        session=session,
        tenancy=await open_tenancy(settings, session, database, clock, erasing.departing.back),
        background=Background(grace=GRACE_SECONDS * settings.patience),
    )


async def _begin(
    settings: Settings, adapters: Adapters, services: Services, stack: AsyncExitStack
) -> None:
    """Let work begin that goes on beside the requests, until the stack is closed."""
    # Entered before the rest, so that what the rest says when it ends is delivered, too.
    await stack.enter_async_context(adapters.sender)
    await stack.enter_async_context(adapters.background)
    await stack.enter_async_context(services.webhook_sender)
    if settings.watching:
        await stack.enter_async_context(services.watching.sender)
        await stack.enter_async_context(services.watching.watchers)
    adapters.updates.seeded = services.seeder.seeded
