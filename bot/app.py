"""The composition root: one exit stack opens everything and closes it in reverse."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot import nerbot_command as nerbot
from bot import train_command as train
from bot.adapters import Adapters, make_adapters, make_eraser
from bot.api.opening import api_resources, serve_api
from bot.backups.keeper import BackupKeeper
from bot.backups.settings import backup_plan
from bot.composition import Services, make_services
from bot.conversation import handlers as conversation
from bot.db.database import Database
from bot.db.records.totals import Totals
from bot.db.reserve import Reserve
from bot.domain.runs import RunState
from bot.editor import handlers as editor
from bot.engine.client import EngineClient
from bot.engine.encoders import check_encoder
from bot.erasure import handlers as erasure
from bot.exchange import handlers as exchange
from bot.health.numbers import WatchedNumbers
from bot.home import handlers as home
from bot.jobs.background import GRACE_SECONDS, Background
from bot.jobs.scheduler import Clock
from bot.labelling import handlers as label
from bot.mcp.opening import mcp_resources
from bot.opening import make_folder, open_database, open_models, refuse_a_lost_database
from bot.operations.health import WITHIN_SECONDS, Check, Health, disk_check
from bot.operations.metrics import OUTBOX, TRAININGS, WATCHED_WAITING, LoopLag
from bot.operations.skew import ClockSkew
from bot.projects.handlers import Border, Refusals
from bot.recognition import handlers as ner
from bot.settings import Settings
from bot.slack import direct_messages as direct
from bot.slack.connection import (
    Connection,
    connect,
    open_session,
    serve,
)
from bot.slack.lengths import LengthLimit
from bot.slack.listeners import Listeners
from bot.slack.people import PATIENCE_SECONDS as PEOPLE_WITHIN
from bot.slack.people import SlackPeople
from bot.slack.responders import ACK_WITHIN_SECONDS, WORDS_WITHIN_SECONDS, Responders
from bot.slack.telling.modals import CALL_SECONDS, Modals
from bot.slack.tenants.tenancy import Tenancy, open_tenancy
from bot.slack.text import View
from bot.team import handlers as reasons
from bot.tenant_wiring import rest_when_out, warm_up_all
from bot.training.commands import Schedule
from bot.watching import handlers as watching
from bot.workers.opening import bounds_of, open_host
from bot.workflow_steps import handlers as workflow_steps

COMMANDS = (label.HELP, train.HELP, ner.HELP, nerbot.HELP)
"""Every command, in the order in which help shows them."""


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
        database, clock = await open_database(settings, stack)
        shelf = await open_models(settings)
        await refuse_a_lost_database(settings, database, shelf)
        reserve = Reserve(settings.data, size=settings.reserve_mb * 2**20)
        database.keep_reserve(reserve)
        eraser, departing = make_eraser(settings, database, clock, shelf)
        # Before Slack is asked: a token that was revoked does not keep what is due to be erased.
        await departing.purge()
        engine = await stack.enter_async_context(
            EngineClient(
                settings.data,
                bounds_of(settings),
                patience=settings.patience,
                encoder=settings.encoder,
                shelf=shelf,
                host=await open_host(settings, database, clock),
            )
        )
        skew = ClockSkew()
        session = await stack.enter_async_context(open_session(settings, skew))
        tenancy = await open_tenancy(settings, session, database, clock, departing.back)
        background = Background(grace=GRACE_SECONDS * settings.patience)
        adapters = make_adapters(
            settings,
            database,
            engine,
            tenancy.clients,
            session,
            background,
            eraser,
            departing,
            clock=clock,
            serves=tenancy.serves,
            always=tenancy.always,
            shelf=shelf,
        )
        people = SlackPeople(tenancy.clients, patience=PEOPLE_WITHIN * settings.patience)
        # Entered before the rest, so that what the rest says when it ends is delivered, too.
        await stack.enter_async_context(adapters.sender)
        await stack.enter_async_context(background)
        services = make_services(settings, adapters, people)
        await stack.enter_async_context(services.webhook_sender)
        if settings.watching:
            await stack.enter_async_context(services.watching.sender)
            await stack.enter_async_context(services.watching.watchers)
        adapters.updates.seeded = services.seeder.seeded
        app = tenancy.app
        modals = Modals(adapters.answers, call_within=CALL_SECONDS * settings.patience)
        refusals = Refusals(adapters.answers, modals, adapters.messenger)
        app.use(
            Border(
                adapters.store,
                background,
                refusals,
                serves=tenancy.serves,
                requests=adapters.requests,
            ).check
        )
        app.use(LengthLimit(adapters.answers, background).check)
        _listen(tenancy, settings, adapters, services, modals)
        keeper = BackupKeeper(plan, background, clock=clock) if plan else None
        await stack.enter_async_context(
            _clock(adapters, services, tenancy, database, reserve, keeper)
        )
        watched = WatchedNumbers(adapters.store, tenancy.serves) if settings.watching else None
        health = _health(settings, Totals(database, adapters.serves), skew, watched)
        resources = (
            *api_resources(settings, adapters, services),
            *await mcp_resources(settings, adapters, services, stack),
        )
        connection = await connect(
            settings, app, health, stack, resources=resources, pages=tenancy.routes
        )
        rest_when_out(adapters, services, connection, tenancy)
        if connection.link is not None and settings.watching:
            connection.link.on_back = services.watching.watchers.missed
        api_address = await serve_api(settings, connection, resources, stack)
        health_address = await _watched(settings, health, connection, stack)
        await warm_up_all(tenancy, adapters, services, samples)
        first = next(iter(tenancy.serves), "")
        yield Bot(app, connection.address, first, health_address, api_address, health.leave)


def _health(
    settings: Settings, totals: Totals, skew: ClockSkew, watched: WatchedNumbers | None
) -> Health:
    """What has to work for a command to be answered, and the numbers that only the database has."""

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
        "clock": skew.check,
    }
    return Health(checks, refresh=refresh, within=WITHIN_SECONDS * settings.patience)


async def _watched(
    settings: Settings, health: Health, connection: Connection, stack: AsyncExitStack
) -> str | None:
    """Measure the event loop, and tell how things are on a port of its own where one is set."""
    if connection.link is not None:
        health.checks["slack"] = connection.link.check
    await stack.enter_async_context(LoopLag())
    if settings.health_port is None:
        return None
    routes, port = health.all_routes(), settings.health_port
    return await serve(settings, routes, port, "NERBOT_HEALTH_PORT", stack)


def _listen(
    tenancy: Tenancy, settings: Settings, adapters: Adapters, services: Services, modals: Modals
) -> None:
    """Everything Slack can send, and who answers it."""
    app = tenancy.app
    background, labelling, slow = adapters.background, services.labelling, settings.patience
    replies = Responders(
        background,
        adapters.answers,
        modals,
        commands=COMMANDS,
        ack_within=ACK_WITHIN_SECONDS * slow,
        words_within=WORDS_WITHIN_SECONDS * slow,
    )
    _answer_in_place(adapters, modals)
    app.use(adapters.updates.follow)
    listeners = Listeners(app, replies)
    listeners.help(COMMANDS)
    patience = direct.PATIENCE_SECONDS * slow
    messages, deleting = adapters.direct_messages, reasons.typed_deletion(services.use_cases)
    label.register(app, labelling, replies, messages, patience=patience, deleting=deleting)
    reasons.register(app, labelling, services.use_cases, replies)
    editor.register(
        app,
        services.editor,
        replies,
        select_and_bold=settings.select_and_bold,
        patience=editor.PATIENCE_SECONDS * slow,
    )
    ner.register(app, services.recognition, replies)
    _listen_to_routers(listeners, services)
    if settings.watching:
        watching.register(app, services.watching.watchers.receiving_of)
    if settings.workflow_steps:
        workflow_steps.register(app, services.workflow_steps, background)
    conversation.register(
        app,
        services.recognition,
        replies,
        messages,
        commands=COMMANDS,
        on_asked=lambda workspace, person: adapters.updates.touch(workspace, person, asked=True),
    )
    erasure.register(app, adapters.departing, background, tenancy.organization_left)
    exchange.register(app, services.files, replies)
    home.register(
        app,
        labelling,
        services.training,
        services.recognition,
        adapters.updates,
        background,
        messages,
        modals,
        commands=COMMANDS,
    )


def _listen_to_routers(listeners: Listeners, services: Services) -> None:
    """The two commands that are many, with their buttons."""
    train.register(listeners, services.training, services.schedules, services.digests)
    nerbot.register(
        listeners,
        services.use_cases,
        services.models,
        services.corrections,
        services.forgetting,
        services.reminders,
        services.exchange,
        services.webhooks,
        services.watching.commands,
        services.watching.outputs,
    )


def _answer_in_place(adapters: Adapters, modals: Modals) -> None:
    """A card in Home or in a modal is answered where it is shown."""
    adapters.answers.in_home = adapters.updates.show

    async def in_modal(workspace: str, view_id: str, view: View) -> bool:
        client = await adapters.clients.of(workspace)
        return await modals.show_card(client.web, view_id, view)

    adapters.answers.in_modal = in_modal


def _clock(
    adapters: Adapters,
    services: Services,
    tenancy: Tenancy,
    database: Database,
    reserve: Reserve,
    keeper: BackupKeeper | None,
) -> Clock[Schedule]:
    departing = adapters.departing

    async def chores() -> None:
        await tenancy.look()
        await departing.purge()
        database.keep_reserve(reserve)
        await adapters.jumps.look()
        if adapters.is_out:
            return
        if keeper is not None:
            await keeper.look()
        await services.copies.look()
        await services.recovery.recover()
        await services.digests.tell_what_is_due()
        await services.schedules.begin_auto_trainings()
        await services.ranking.look()
        await services.corrections.look()
        await services.file_work.look()
        await adapters.sender.prune()
        await services.counters.look()
        await services.forgetting.look()
        await services.reminders.look()
        await services.watching.watchers.look()

    async def schedules() -> tuple[tuple[str, Schedule], ...]:
        return await adapters.maintenance.schedules()

    return Clock(
        schedules,
        fire=services.schedules.run_scheduled,
        set_right=services.schedules.set_right,
        chores=chores,
        clock=adapters.clock,
    )
