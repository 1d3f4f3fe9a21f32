"""The composition root: one exit stack opens everything and closes it in reverse."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import nerbot_command as nerbot
from bot import train_command as train
from bot.db.database import Database, Store
from bot.db.transactions import PATIENCE
from bot.digests.announcer import DigestAnnouncer
from bot.digests.repository import DigestMaintenance
from bot.digests.service import DigestService
from bot.editor import handlers as editor
from bot.editor.service import Editor
from bot.engine.client import Bounds, EngineRunner
from bot.engine.plotting import DRAWN_WITHIN_SECONDS, PictureProcess
from bot.errors import SettingsError, StoreUnavailable
from bot.home import handlers as home
from bot.home.service import Home
from bot.home.updates import HomeUpdates
from bot.jobs.background import GRACE_SECONDS, Background
from bot.jobs.scheduler import Clock
from bot.labelling import handlers as label
from bot.labelling.ranking import Ranking
from bot.labelling.repositories.rankings import ProjectsToRank
from bot.labelling.service import Labelling, beginning_of_day
from bot.labelling.suggestions import PATIENCE_SECONDS as SUGGESTED_WITHIN
from bot.labelling.suggestions import Suggestions
from bot.models.lifecycle import ModelLifecycle
from bot.models.score_history import ScoreHistory
from bot.models.service import ModelService
from bot.projects.seeding import ProjectKeeper
from bot.projects.use_cases import UseCases
from bot.recognition import handlers as ner
from bot.recognition.announcer import CorrectionAnnouncer
from bot.recognition.answer_writer import AnswerWriter
from bot.recognition.corrections import CorrectionNotices
from bot.recognition.repository import CorrectionsToAsk
from bot.recognition.service import Recognition
from bot.recognition.warm_up import warm_up
from bot.settings import Settings
from bot.slack import direct_messages as direct
from bot.slack.connection import connect, make_app, make_client, who_we_are
from bot.slack.listeners import Listeners
from bot.slack.messenger import PATIENCE_SECONDS as TOLD_WITHIN
from bot.slack.messenger import Messenger, SlackMessenger
from bot.slack.responders import ACK_WITHIN_SECONDS, WORDS_WITHIN_SECONDS, Replies
from bot.team import handlers as reasons
from bot.training.announcer import RunAnnouncer
from bot.training.commands import Schedule
from bot.training.recovery import RunRecovery
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.run_executor import RunExecutor
from bot.training.run_starter import RunStarter
from bot.training.scheduling import TrainingSchedules
from bot.training.service import Training

COMMANDS = (label.HELP, train.HELP, ner.HELP, nerbot.HELP)
"""Every command, in the order in which help shows them."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is ready: its Bolt app, and where its HTTP server listens (None in Socket Mode)."""

    app: AsyncApp
    address: str | None
    workspace: str


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_bot(settings: Settings, *, samples: Sequence[str] = ()) -> AsyncIterator[Bot]:
    """Open everything the settings ask for, connect to Slack, and close it all in reverse.

    `samples` are put into the queue of a workspace that has no sentence. Raises SettingsError where
    Slack or the database refuse what a setting says.
    """
    async with AsyncExitStack() as stack:
        _make_folder(settings)
        database = await _open_database(settings, stack)
        engine = await stack.enter_async_context(
            EngineRunner(settings.data, _bounds(settings), patience=settings.patience)
        )
        client = make_client(settings, await stack.enter_async_context(ClientSession()))
        workspace, bot_user = await who_we_are(client)
        grace = GRACE_SECONDS * settings.patience
        background = await stack.enter_async_context(Background(grace=grace))
        doors = _doors(settings, database, engine, client, background, bot_user)
        services = _services(settings, doors)
        app = make_app(settings, client)
        _listen(app, settings, doors, services)
        await stack.enter_async_context(_clock(doors, services))
        address = await connect(settings, app, stack)
        work = warm_up(doors.store, engine, services.keeper, workspace, samples, person=bot_user)
        background.start(work, name="warm-up")
        yield Bot(app, address, workspace)


@dataclass(frozen=True, slots=True)
class _Doors:
    """What the use cases reach the outside by."""

    store: Store
    maintenance: MaintenanceRepository
    digest_maintenance: DigestMaintenance
    to_rank: ProjectsToRank
    to_ask: CorrectionsToAsk
    engine: EngineRunner
    messenger: Messenger
    runs: RunAnnouncer
    updates: HomeUpdates
    background: Background
    me: str


def _doors(
    settings: Settings,
    database: Database,
    engine: EngineRunner,
    client: AsyncWebClient,
    background: Background,
    me: str,
) -> _Doors:
    store = Store(database, clock=now)
    drawn_within = DRAWN_WITHIN_SECONDS * settings.patience
    draw = PictureProcess(settings.data / "matplotlib", within=drawn_within).draw
    messenger = SlackMessenger(client, draw=draw, patience=TOLD_WITHIN * settings.patience)
    updates = HomeUpdates(Home(store), messenger, background)
    return _Doors(
        store=store,
        maintenance=MaintenanceRepository(database, clock=now),
        digest_maintenance=DigestMaintenance(database),
        to_rank=ProjectsToRank(database, clock=now),
        to_ask=CorrectionsToAsk(database),
        engine=engine,
        messenger=messenger,
        runs=RunAnnouncer(messenger, on_shown=updates.touch),
        updates=updates,
        background=background,
        me=me,
    )


@dataclass(frozen=True, slots=True)
class _Services:
    """The use cases that something listens to or the clock begins."""

    keeper: ProjectKeeper
    labelling: Labelling
    editor: Editor
    recognition: Recognition
    training: Training
    schedules: TrainingSchedules
    recovery: RunRecovery
    digests: DigestService
    ranking: Ranking
    use_cases: UseCases
    models: ModelService
    corrections: CorrectionNotices


def _services(settings: Settings, doors: _Doors) -> _Services:
    store, maintenance, engine = doors.store, doors.maintenance, doors.engine
    messenger, runs, background = doors.messenger, doors.runs, doors.background
    owner, zone = _owner(), settings.timezone
    keeper = ProjectKeeper(store, engine)
    suggestions = Suggestions(store, engine, patience=SUGGESTED_WITHIN * settings.patience)
    answers = AnswerWriter(store, background)
    today = beginning_of_day(zone, now)
    lifecycle = ModelLifecycle(store, engine, runs, background, me=doors.me, clock=now)
    executor = RunExecutor(
        store,
        maintenance,
        engine,
        runs,
        lifecycle,
        stopping=background.stopping,
        owner=owner,
        clock=now,
        limit=settings.trainings,
    )
    starter = RunStarter(executor, background)
    schedules = TrainingSchedules(
        store, maintenance, starter, owners=settings.owners, timezone=zone, clock=now
    )
    tell = DigestAnnouncer(messenger).tell_digest
    digests = DigestService(store, doors.digest_maintenance, tell=tell, timezone=zone, clock=now)
    return _Services(
        keeper=keeper,
        labelling=Labelling(store, engine, suggestions, seeded=keeper.seeded, today=today),
        editor=Editor(store, suggestions, answers, today=today),
        recognition=Recognition(store, engine, lifecycle, answers, today=today),
        training=Training(store, starter, timezone=zone),
        schedules=schedules,
        recovery=RunRecovery(store, maintenance, executor, starter, engine),
        digests=digests,
        ranking=Ranking(store, doors.to_rank, engine, background, owner=owner),
        use_cases=UseCases(store, owners=settings.owners, zone=ZoneInfo(zone)),
        models=ModelService(
            store, engine, ScoreHistory(messenger), lifecycle, owners=settings.owners
        ),
        corrections=CorrectionNotices(
            store, doors.to_ask, engine, CorrectionAnnouncer(messenger), background, clock=now
        ),
    )


def _listen(app: AsyncApp, settings: Settings, doors: _Doors, services: _Services) -> None:
    """Everything Slack can send, and who answers it."""
    background, labelling, slow = doors.background, services.labelling, settings.patience
    replies = Replies(
        background,
        ack_within=ACK_WITHIN_SECONDS * slow,
        words_within=WORDS_WITHIN_SECONDS * slow,
    )
    listeners = Listeners(app, replies)
    patience = direct.PATIENCE_SECONDS * slow
    label.register(app, labelling, replies, patience=patience)
    reasons.register(app, labelling, services.use_cases, replies)
    train.register(listeners, services.training, services.schedules, services.digests)
    editor.register(
        app,
        services.editor,
        replies,
        select_and_bold=settings.select_and_bold,
        patience=editor.PATIENCE_SECONDS * slow,
    )
    ner.register(app, services.recognition, replies)
    nerbot.register(listeners, services.use_cases, services.models, services.corrections)
    home.register(
        app,
        labelling,
        services.training,
        doors.updates,
        background,
        commands=COMMANDS,
        patience=patience,
    )


def _clock(doors: _Doors, services: _Services) -> Clock[Schedule]:
    async def chores() -> None:
        await services.recovery.recover()
        await services.digests.tell_what_is_due()
        await services.schedules.begin_auto_trainings()
        await services.ranking.look()
        await services.corrections.look()

    return Clock(
        doors.maintenance.schedules,
        fire=services.schedules.run_scheduled,
        set_right=services.schedules.set_right,
        chores=chores,
        clock=now,
    )


def _make_folder(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"NERBOT_DATA: the folder cannot be made ({error.strerror})") from error


async def _open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    named = "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
    try:
        return await stack.enter_async_context(
            Database.open(settings.database, patience=PATIENCE * settings.patience)
        )
    except StoreUnavailable as error:
        raise SettingsError(f"{named}: the database does not open ({error})") from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{named}: it needs the package {error.name}: .venv/bin/pip install {error.name}"
        ) from error


def _bounds(settings: Settings) -> Bounds:
    return Bounds(memory_mb=settings.training_memory_mb, minutes=settings.training_minutes)


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
