"""The composition root: one exit stack opens everything and closes it in reverse."""

import gc
import logging
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
from bot.db.database import Database
from bot.db.store import Store
from bot.db.transactions import PATIENCE
from bot.digests.service import DigestService
from bot.editor import handlers as editor
from bot.editor.service import Editor
from bot.engine.client import Bounds, EngineRunner
from bot.engine.plotting import DRAWN_WITHIN_SECONDS, PictureProcess
from bot.errors import EngineUnavailable, SettingsError, StoreUnavailable
from bot.home import handlers as home
from bot.home.service import Home
from bot.home.updates import PATIENCE_SECONDS as PUBLISHED_WITHIN
from bot.home.updates import HomeUpdates, TellsHome
from bot.jobs.background import GRACE_SECONDS, Background
from bot.jobs.scheduler import Clock, CronCalendar
from bot.labelling import handlers as label
from bot.labelling import shortcuts
from bot.labelling.messages import Quoting
from bot.labelling.ranking import Ranking
from bot.labelling.service import Labelling, beginning_of_day
from bot.labelling.suggestions import PATIENCE_SECONDS as SUGGESTED_WITHIN
from bot.labelling.suggestions import Suggestions
from bot.models.lifecycle import ModelLifecycle
from bot.models.repository import Models
from bot.models.service import ModelService
from bot.projects.seeding import ProjectKeeper
from bot.projects.use_cases import UseCases
from bot.recognition import handlers as ner
from bot.recognition.answer_writer import Answers
from bot.recognition.corrections import CorrectionNotices
from bot.recognition.service import Recognition
from bot.settings import Settings
from bot.slack import direct_messages as direct
from bot.slack.connection import connect, make_app, make_client, who_we_are
from bot.slack.listeners import Listeners
from bot.slack.notifier import PATIENCE_SECONDS as TOLD_WITHIN
from bot.slack.notifier import SlackNotifier
from bot.slack.responders import ACK_WITHIN_SECONDS, WORDS_WITHIN_SECONDS, Replies
from bot.slack.text_normalization import clean
from bot.team import handlers as reasons
from bot.training.recovery import Aftercare
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.run_executor import Conductor
from bot.training.scheduling import Timetable
from bot.training.service import RunStarter, Training

log = logging.getLogger(__name__)

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
        warm_up = _warm_up(doors, services.keeper, workspace, samples)
        background.start(warm_up, name="warm-up")
        yield Bot(app, address, workspace)


@dataclass(frozen=True, slots=True)
class _Doors:
    """What the use cases reach the outside by."""

    store: Store
    caretaker: MaintenanceRepository
    engine: EngineRunner
    notifier: TellsHome
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
    published_within = PUBLISHED_WITHIN * settings.patience
    updates = HomeUpdates(Home(store), client, background, patience=published_within)
    drawn_within = DRAWN_WITHIN_SECONDS * settings.patience
    draw = PictureProcess(settings.data / "matplotlib", within=drawn_within).draw
    slack_notifier = SlackNotifier(client, draw=draw, patience=TOLD_WITHIN * settings.patience)
    notifier = TellsHome(slack_notifier, updates)
    caretaker = MaintenanceRepository(database, clock=now)
    return _Doors(store, caretaker, engine, notifier, updates, background, me)


@dataclass(frozen=True, slots=True)
class _Services:
    """The use cases that something listens to or the clock begins."""

    keeper: ProjectKeeper
    labelling: Labelling
    editor: Editor
    recognition: Recognition
    training: Training
    timetable: Timetable
    aftercare: Aftercare
    ranking: Ranking
    use_cases: UseCases
    models: ModelService
    corrections: CorrectionNotices


def _services(settings: Settings, doors: _Doors) -> _Services:
    store, caretaker, engine = doors.store, doors.caretaker, doors.engine
    notifier, background = doors.notifier, doors.background
    owner, calendar, zone = _owner(), CronCalendar(), settings.timezone
    keeper = ProjectKeeper(store, engine)
    suggestions = Suggestions(store, engine, patience=SUGGESTED_WITHIN * settings.patience)
    answers = Answers(store, background)
    today = beginning_of_day(zone, now)
    lifecycle = ModelLifecycle(store, engine, notifier, background, me=doors.me, clock=now)
    conductor = Conductor(
        store,
        caretaker,
        engine,
        notifier,
        lifecycle,
        stopping=background.stopping,
        owner=owner,
        clock=now,
        limit=settings.trainings,
    )
    starter = RunStarter(conductor, background)
    timetable = Timetable(
        store, starter, calendar, owners=settings.owners, timezone=zone, clock=now
    )
    digests = DigestService(store, caretaker, notifier, calendar, timezone=zone, clock=now)
    return _Services(
        keeper=keeper,
        labelling=Labelling(store, engine, suggestions, seeded=keeper.seeded, today=today),
        editor=Editor(store, suggestions, answers, today=today),
        recognition=Recognition(store, engine, lifecycle, answers, today=today),
        training=Training(store, starter, timetable, digests),
        timetable=timetable,
        aftercare=Aftercare(store, caretaker, conductor, starter, timetable, engine, digests),
        ranking=Ranking(store, caretaker, engine, background, owner=owner),
        use_cases=UseCases(store, owners=settings.owners, zone=ZoneInfo(zone)),
        models=ModelService(store, engine, notifier, lifecycle, owners=settings.owners),
        corrections=CorrectionNotices(store, caretaker, engine, notifier, background, clock=now),
    )


def _listen(app: AsyncApp, settings: Settings, doors: _Doors, services: _Services) -> None:
    """Everything Slack can send, and who answers it."""
    background, labelling = doors.background, services.labelling
    slow = settings.patience
    replies = Replies(
        background,
        ack_within=ACK_WITHIN_SECONDS * slow,
        words_within=WORDS_WITHIN_SECONDS * slow,
    )
    label.register(app, labelling, replies)
    reasons.register(app, labelling, services.use_cases, replies)
    train.register(app, services.training, replies)
    editor.register(
        app,
        services.editor,
        replies,
        select_and_bold=settings.select_and_bold,
        patience=editor.PATIENCE_SECONDS * slow,
    )
    ner.register(app, services.recognition, replies)
    listeners = Listeners(app, replies)
    nerbot.register(listeners, services.use_cases, services.models, services.corrections)
    patience = direct.PATIENCE_SECONDS * slow
    home.register(
        app,
        labelling,
        services.training,
        doors.updates,
        background,
        commands=COMMANDS,
        patience=patience,
    )
    quoting = Quoting(labelling.handle, doors.engine)
    shortcuts.register(app, labelling, quoting, background, patience=patience)


def _clock(doors: _Doors, services: _Services) -> Clock:
    async def chores() -> None:
        await services.aftercare.look_after()
        await services.ranking.look()
        await services.corrections.look()

    return Clock(
        doors.caretaker,
        fire=services.timetable.run_scheduled,
        set_right=services.timetable.set_right,
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


def _settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    Each full round walked through all of spaCy and SQLAlchemy, and every answer waited 60 ms for it.
    """
    gc.collect()
    gc.freeze()


async def _warm_up(
    doors: _Doors, keeper: ProjectKeeper, workspace: str, samples: Sequence[str]
) -> None:
    """Load what the first question needs, so that it does not wait: the tokenizer, the samples, the live model."""
    texts = [clean(text).text for text in samples]
    await keeper.seed(workspace, texts, person=doors.me)
    await doors.engine.tokens([])
    _settle_memory()
    async with doors.store.reading(workspace) as tx:
        live = await Models(tx).all_live()
    for project, version in live[: doors.engine.loaded_at_once]:
        try:
            await doors.engine.load(project, version)
        except EngineUnavailable:
            # Whoever asks it first hears of it, and of the version that answers instead.
            log.exception("the live model cannot be loaded")
