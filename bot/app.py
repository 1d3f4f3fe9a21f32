"""The composition root: one exit stack opens everything and closes it in reverse."""

import gc
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine_runner import Bounds, EngineRunner
from bot.errors import EngineUnavailable, SettingsError, StoreUnavailable
from bot.handlers import editor, flags, home, label, models, ner, nerbot, shortcuts, train
from bot.handlers.home_updates import HomeUpdates, TellsHome
from bot.handlers.replies import Replies
from bot.http_door import HttpDoor, to_bolt
from bot.intake import clean
from bot.notifier import SlackNotifier
from bot.picture_process import PictureProcess
from bot.scheduler import Clock, CronCalendar
from bot.services.aftercare import Aftercare
from bot.services.answers import Answers
from bot.services.background import Background
from bot.services.corrections import Corrections
from bot.services.digests import Digests
from bot.services.editor import Editor
from bot.services.home import Home
from bot.services.labelling import Labelling, beginning_of_day
from bot.services.projects import ProjectKeeper
from bot.services.quoting import Quoting
from bot.services.ranking import Ranking
from bot.services.recognition import Recognition
from bot.services.registry import Registry
from bot.services.runs import Conductor
from bot.services.suggestions import Suggestions
from bot.services.team import Team
from bot.services.timetable import Timetable
from bot.services.training import RunStarter, Training
from bot.services.upkeep import Upkeep
from bot.settings import Settings
from bot.store.caretaker import SqlCaretaker
from bot.store.database import Database
from bot.store.store import SqlStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is ready: its Bolt app, and where its HTTP server listens (None in Socket Mode)."""

    app: AsyncApp
    address: str | None
    workspace: str


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _local(timezone: str) -> Callable[[], datetime]:
    """A clock in the time zone in which a day begins."""
    zone = ZoneInfo(timezone)
    return lambda: datetime.now(zone)


@asynccontextmanager
async def open_bot(settings: Settings, *, samples: Sequence[str] = ()) -> AsyncIterator[Bot]:
    """Open everything the settings ask for, connect to Slack, and close it all in reverse.

    `samples` are put into the queue of a workspace that has no sentence. Raises SettingsError where
    Slack or the database refuse what a setting says.
    """
    async with AsyncExitStack() as stack:
        _make_folder(settings)
        database = await _open_database(settings, stack)
        store, caretaker = SqlStore(database, clock=now), SqlCaretaker(database, clock=now)
        engine = await stack.enter_async_context(EngineRunner(settings.data, _bounds(settings)))
        client = _client(settings, await stack.enter_async_context(ClientSession()))
        workspace, bot_user = await _who_we_are(client)
        background = await stack.enter_async_context(Background())
        owner, calendar = _owner(), CronCalendar()
        updates = HomeUpdates(Home(store), client, background)
        draw = PictureProcess(settings.data / "matplotlib").draw
        notifier = TellsHome(SlackNotifier(client, draw=draw), updates)
        upkeep = Upkeep(store, engine, notifier, background, me=bot_user, clock=now)
        conductor = Conductor(
            store,
            caretaker,
            engine,
            notifier,
            upkeep,
            stopping=background.stopping,
            owner=owner,
            clock=now,
            limit=settings.trainings,
        )
        ranking = Ranking(store, caretaker, engine, background, owner=owner)
        starter = RunStarter(conductor, background)
        timetable = Timetable(
            store,
            starter,
            calendar,
            owners=settings.owners,
            timezone=settings.timezone,
            clock=now,
        )
        digests = Digests(
            store, caretaker, notifier, calendar, timezone=settings.timezone, clock=now
        )
        training = Training(store, starter, timetable, digests)
        aftercare = Aftercare(store, caretaker, conductor, starter, timetable, engine, digests)
        # Our listeners end in time by themselves: waiting for them saves Bolt's 10 ms of polling for each ack.
        app = AsyncApp(
            client=client, signing_secret=_secret(settings), process_before_response=True
        )
        replies = Replies(background)
        keeper = ProjectKeeper(store, engine)
        suggestions, answers = Suggestions(store, engine), Answers(store, background)
        today = beginning_of_day(settings.timezone, now)
        labelling = Labelling(store, engine, suggestions, seeded=keeper.seeded, today=today)
        label.register(app, labelling, replies)
        flags.register(app, labelling, replies)
        train.register(app, training, replies)
        editor.register(
            app,
            Editor(store, suggestions, answers, today=today),
            replies,
            select_and_bold=settings.select_and_bold,
        )
        ner.register(app, Recognition(store, engine, upkeep, answers, today=today), replies)
        team = Team(store, owners=settings.owners, clock=_local(settings.timezone))
        registry = Registry(store, engine, notifier, upkeep, owners=settings.owners)
        corrections = Corrections(store, caretaker, engine, notifier, background, clock=now)
        nerbot.register(app, team, models.answer_to(registry), corrections, replies)
        models.register(app, registry, labelling, replies)
        home.register(app, labelling, training, updates, background)
        shortcuts.register(app, labelling, Quoting(labelling.handle, engine), background)

        async def chores() -> None:
            await aftercare.look_after()
            await ranking.look()
            await corrections.look()

        await stack.enter_async_context(
            Clock(
                caretaker,
                fire=timetable.run_scheduled,
                set_right=timetable.set_right,
                chores=chores,
                clock=now,
            )
        )
        address = await _connect(settings, app, stack)
        background.start(
            _warm_up(engine, store, keeper, workspace, samples, bot_user), name="warm-up"
        )
        yield Bot(app, address, workspace)


def _make_folder(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"NERBOT_DATA: the folder cannot be made ({error.strerror})") from error


async def _open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    named = "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
    try:
        return await stack.enter_async_context(Database.open(settings.database))
    except StoreUnavailable as error:
        raise SettingsError(f"{named}: the database does not open ({error})") from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{named}: it needs the package {error.name}: .venv/bin/pip install {error.name}"
        ) from error


def _client(settings: Settings, session: ClientSession) -> AsyncWebClient:
    assert settings.bot_token is not None, "cli fills it in for the small Slack"
    return AsyncWebClient(
        token=settings.bot_token.get_secret_value(),
        base_url=settings.api_url,
        session=session,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(max_retry_count=2),
            AsyncRateLimitErrorRetryHandler(max_retry_count=2),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ],
    )


async def _who_we_are(client: AsyncWebClient) -> tuple[str, str]:
    """The workspace's and our own id, which also shows that the token holds."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise SettingsError(
            f"SLACK_BOT_TOKEN: Slack refuses it ({error.response.get('error')})"
        ) from error
    except OSError as error:
        raise SettingsError(
            f"SLACK_API_URL: Slack cannot be reached there ({type(error).__name__})"
        ) from error
    return str(answer["team_id"]), str(answer["user_id"])


def _bounds(settings: Settings) -> Bounds:
    return Bounds(memory_mb=settings.training_memory_mb, minutes=settings.training_minutes)


def _secret(settings: Settings) -> str:
    """Bolt asks for one in every mode; where none is set nothing comes in over HTTP."""
    return (
        settings.signing_secret.get_secret_value()
        if settings.signing_secret
        else secrets.token_hex()
    )


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


async def _connect(settings: Settings, app: AsyncApp, stack: AsyncExitStack) -> str | None:
    if settings.mode == "http":
        return await _listen(settings, app, stack)
    assert settings.app_token is not None
    handler = AsyncSocketModeHandler(app, settings.app_token.get_secret_value())
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    except SlackApiError as error:
        raise SettingsError(
            f"SLACK_APP_TOKEN: Slack refuses it ({error.response.get('error')})"
        ) from error
    stack.push_async_callback(handler.close_async)
    return None


async def _listen(settings: Settings, app: AsyncApp, stack: AsyncExitStack) -> str:
    door = HttpDoor(to_bolt(app), signing_secret=_secret(settings))
    site = web.Application(client_max_size=0)
    site.add_routes([*door.routes(), web.get("/healthz", _ok), web.get("/readyz", _ok)])
    runner = web.AppRunner(site, access_log=None, handle_signals=False, shutdown_timeout=3.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise SettingsError(
            f"NERBOT_PORT: cannot listen on {settings.host}:{settings.port} ({error.strerror})"
        ) from error
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


async def _ok(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


def _settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    Each full round walked through all of spaCy and SQLAlchemy, and every answer waited 60 ms for it.
    """
    gc.collect()
    gc.freeze()


async def _warm_up(
    engine: EngineRunner,
    store: SqlStore,
    keeper: ProjectKeeper,
    workspace: str,
    samples: Sequence[str],
    person: str,
) -> None:
    """Load what the first question needs, so that it does not wait: the tokenizer, the samples, the live model."""
    await keeper.seed(workspace, [clean(text).text for text in samples], person=person)
    await engine.tokens([])
    _settle_memory()
    async with store.reading(workspace) as work:
        live = await work.models.all_live()
    for project, version in live[: engine.loaded_at_once]:
        try:
            await engine.load(project, version)
        except EngineUnavailable:
            # Whoever asks it first hears of it, and of the version that answers instead.
            log.exception("the live model cannot be loaded")
