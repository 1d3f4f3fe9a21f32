"""What the use cases reach the database, the engine and Slack by."""

from dataclasses import dataclass
from functools import partial

from aiohttp import ClientSession

from bot.db.clock import DatabaseClock
from bot.db.database import Database, Store
from bot.db.records.request_allowances import RequestAllowances
from bot.db.reserve import Reserve
from bot.db.served import EVERY_WORKSPACE, Served
from bot.domain.limits import Limits
from bot.engine.client import EngineClient
from bot.engine.files import EngineFiles
from bot.engine.plotting import DRAWN_WITHIN_SECONDS, PictureProcess
from bot.erasure.departing import Departing
from bot.erasure.eraser import Eraser
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.erasure.vectors import ErasedVectors
from bot.home.service import Home
from bot.home.updates import HomeUpdates
from bot.jobs.background import Background
from bot.jobs.clock_jumps import ClockJumps
from bot.operations.allowance import SECONDS, Allowance, Allowed, SharedAllowance
from bot.operations.skew import ClockSkew
from bot.served_records import ServedRecords, make_records
from bot.settings import Settings
from bot.shelf.ports import ModelShelf
from bot.slack.calls import PatientCalls
from bot.slack.clients import Clients
from bot.slack.direct_messages import SETTLED_SECONDS, DirectMessages
from bot.slack.history import Histories
from bot.slack.messenger import Messenger
from bot.slack.outbox import CALL_SECONDS, OutboxSender
from bot.slack.shared_files import FileDownloads
from bot.slack.telling import answers as telling
from bot.slack.telling.answers import Answers
from bot.slack.telling.messages import PATIENCE_SECONDS as TOLD_WITHIN
from bot.slack.telling.messages import SlackMessenger
from bot.slack.tenants.tenancy import Tenancy
from bot.training.announcer import RunAnnouncer


@dataclass(frozen=True, slots=True)
class Erasing:
    """What erases; it is needed where Slack no longer lets the bot in, too."""

    eraser: Eraser
    departing: Departing
    vectors: ErasedVectors


def make_erasing(
    settings: Settings, database: Database, clock: DatabaseClock, shelf: ModelShelf
) -> Erasing:
    """What erases, in all workspaces."""
    # What a workspace left behind that took nerbot out is erased by whichever process runs: its own may run no more.
    store, erasures = Store(database, clock=clock), ErasureMaintenance(database, EVERY_WORKSPACE)
    files = EngineFiles(settings.data, shelf)
    eraser = Eraser(store, erasures, files)
    departing = Departing(store, eraser, erasures, clock=clock)
    return Erasing(eraser, departing, ErasedVectors(erasures, files, clock=clock))


@dataclass(frozen=True, slots=True)
class Opened:
    """What a start has opened, and closes in reverse."""

    database: Database
    clock: DatabaseClock
    reserve: Reserve
    shelf: ModelShelf
    erasing: Erasing
    engine: EngineClient
    skew: ClockSkew
    session: ClientSession
    tenancy: Tenancy
    background: Background


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the use cases reach the database, the engine and Slack by."""

    clock: DatabaseClock
    store: Store
    records: ServedRecords
    serves: Served
    always: frozenset[str]
    """The workspace whose token is set, if one is."""
    is_alone: bool
    """Whether no other process has this database open."""
    jumps: ClockJumps
    eraser: Eraser
    departing: Departing
    engine: EngineClient
    shelf: ModelShelf
    background: Background
    requests: Allowed | None
    """How often each workspace may ask, where that is limited."""
    clients: Clients
    histories: Histories
    calls: PatientCalls
    downloads: FileDownloads
    messenger: Messenger
    sender: OutboxSender
    answers: Answers
    direct_messages: DirectMessages
    runs: RunAnnouncer
    updates: HomeUpdates

    @property
    def is_out(self) -> bool:
        """Whether the one workspace of this process took nerbot out: no call is made with its token any more."""
        return any(workspace not in self.serves for workspace in self.always)

    async def token_place(self, secret_hash: str) -> str | None:
        """The workspace of the API's token with a secret of this hash; None where it has none."""
        for workspace in self.always:
            return workspace
        return await self.records.token_places.of(secret_hash)

    async def who(self, workspace: str) -> str:
        """Nerbot's own id in a workspace."""
        return (await self.clients.of(workspace)).me


def make_adapters(settings: Settings, opened: Opened) -> Adapters:
    """Adapters to what a start has opened."""
    database, clock, background = opened.database, opened.clock, opened.background
    serves, clients, slow = opened.tenancy.serves, opened.tenancy.clients, settings.patience
    store = Store(database, clock=clock, limits=_limits(settings))
    records = make_records(database, serves, clock)
    draw = PictureProcess(settings.data / "matplotlib", within=DRAWN_WITHIN_SECONDS * slow).draw
    sender = OutboxSender(
        records.outbox, clients, clock=clock, draw=draw, call_within=CALL_SECONDS * slow
    )
    messenger = SlackMessenger(store, sender, clients, draw=draw, patience=TOLD_WITHIN * slow)
    updates = HomeUpdates(Home(store, owners=settings.owners), messenger, background)
    settled = SETTLED_SECONDS * slow
    return Adapters(
        clock=clock,
        store=store,
        records=records,
        serves=serves,
        always=opened.tenancy.always,
        is_alone=not database.is_server,
        jumps=ClockJumps(records.holds.clock_moved, records.outbox.clock_moved, clock=clock),
        eraser=opened.erasing.eraser,
        departing=opened.erasing.departing,
        engine=opened.engine,
        shelf=opened.shelf,
        background=background,
        requests=_requests(settings, database, clock),
        clients=clients,
        histories=Histories(clients),
        calls=PatientCalls(clients),
        downloads=_make_downloads(settings, clients, opened.session),
        messenger=messenger,
        sender=sender,
        answers=_make_answers(settings, opened, messenger),
        direct_messages=DirectMessages(messenger, sender, within=settled),
        runs=RunAnnouncer(store, messenger, sender, settled_within=settled, on_shown=updates.touch),
        updates=updates,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(settings.workspace_sentences, settings.workspace_trainings)


def _requests(settings: Settings, database: Database, clock: DatabaseClock) -> Allowed | None:
    """One bot counts for itself; several bots of a database count together."""
    times, who = settings.workspace_requests, "Your workspace has"
    if times is None:
        return None
    if not database.is_server:
        return Allowance(times=times, who=who)
    kept = RequestAllowances(database, clock=clock)
    return SharedAllowance(partial(kept.take, times=times, seconds=SECONDS), times=times, who=who)


def _make_answers(settings: Settings, opened: Opened, messenger: Messenger) -> Answers:
    return Answers(
        opened.session,
        messenger,
        stopping=opened.background.stopping,
        call_within=telling.CALL_SECONDS * settings.patience,
    )


def _make_downloads(settings: Settings, clients: Clients, session: ClientSession) -> FileDownloads:
    return FileDownloads(
        clients,
        session,
        most_bytes=settings.file_import_mb << 20,
        patience=settings.patience,
    )
