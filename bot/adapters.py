"""What the use cases reach the database, the engine and Slack by."""

from dataclasses import dataclass

from aiohttp import ClientSession

from bot.db.clock import DatabaseClock
from bot.db.database import Database, Store
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.records.receivers import Receivers
from bot.db.records.token_places import TokenPlaces
from bot.db.served import EVERY_WORKSPACE, Served
from bot.digests.repository import DigestMaintenance
from bot.domain.limits import Limits
from bot.engine.client import EngineClient
from bot.engine.files import EngineFiles
from bot.engine.plotting import DRAWN_WITHIN_SECONDS, PictureProcess
from bot.erasure.departing import Departing
from bot.erasure.eraser import Eraser
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.home.service import Home
from bot.home.updates import HomeUpdates
from bot.jobs.background import Background
from bot.jobs.clock_jumps import ClockJumps
from bot.labelling.ranking import LEASE as RANKING_LEASE
from bot.labelling.repositories.holds import Holds
from bot.labelling.repositories.projects_to_rank import ProjectsToRank
from bot.models.repositories.copies import ModelCopies
from bot.operations.allowance import Allowance
from bot.outputs.repository import outputs_to_serve
from bot.outputs.values import Output
from bot.projects.repositories.every_project import EveryProject
from bot.recognition.repository import CorrectionsToAsk
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
from bot.training.announcer import RunAnnouncer
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.watching.repositories.workspaces import WatchedWorkspaces
from bot.webhooks.repository import WebhooksToServe


def make_eraser(
    settings: Settings, database: Database, clock: DatabaseClock, shelf: ModelShelf
) -> tuple[Eraser, Departing]:
    """What erases; it is needed where Slack no longer lets the bot in, too."""
    # What a workspace left behind that took nerbot out is erased by whichever process runs: its own may run no more.
    store, erasures = Store(database, clock=clock), ErasureMaintenance(database, EVERY_WORKSPACE)
    eraser = Eraser(store, erasures, EngineFiles(settings.data, shelf))
    return eraser, Departing(store, eraser, erasures, clock=clock)


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the use cases reach the database, the engine and Slack by."""

    clock: DatabaseClock
    store: Store
    serves: Served
    maintenance: MaintenanceRepository
    digest_maintenance: DigestMaintenance
    to_rank: ProjectsToRank
    jumps: ClockJumps
    to_ask: CorrectionsToAsk
    every_project: EveryProject
    model_copies: ModelCopies
    erasures: ErasureMaintenance
    receivers: WebhooksToServe
    outputs: Receivers[Output]
    histories: Histories
    calls: PatientCalls
    is_alone: bool
    """Whether no other process has this database open."""
    eraser: Eraser
    departing: Departing
    engine: EngineClient
    shelf: ModelShelf
    messenger: Messenger
    sender: OutboxSender
    answers: Answers
    direct_messages: DirectMessages
    runs: RunAnnouncer
    updates: HomeUpdates
    background: Background
    clients: Clients
    watched: WatchedWorkspaces
    token_places: TokenPlaces
    requests: Allowance | None
    """How often each workspace may ask, where that is limited."""
    always: frozenset[str]
    """The workspace whose token is set, if one is."""
    downloads: FileDownloads

    @property
    def is_out(self) -> bool:
        """Whether the one workspace of this process took nerbot out: no call is made with its token any more."""
        return bool(self.always) and not any(True for _ in self.serves)

    async def token_place(self, secret_hash: str) -> str | None:
        """The workspace of the API's token with a secret of this hash; None where it has none."""
        for workspace in self.always:
            return workspace
        return await self.token_places.of(secret_hash)

    async def who(self, workspace: str) -> str:
        """Nerbot's own id in a workspace."""
        return (await self.clients.of(workspace)).me


def make_adapters(
    settings: Settings,
    database: Database,
    engine: EngineClient,
    clients: Clients,
    session: ClientSession,
    background: Background,
    eraser: Eraser,
    departing: Departing,
    *,
    clock: DatabaseClock,
    serves: Served,
    always: frozenset[str],
    shelf: ModelShelf,
) -> Adapters:
    """Adapters to what `open_bot` has opened."""
    store = Store(database, clock=clock, limits=_limits(settings))
    slow = settings.patience
    within = DRAWN_WITHIN_SECONDS * slow
    draw = PictureProcess(settings.data / "matplotlib", within=within).draw
    delivery = OutboxDelivery(database, serves, clock=clock)
    sender = OutboxSender(
        delivery, clients, clock=clock, draw=draw, call_within=CALL_SECONDS * slow
    )
    messenger = SlackMessenger(store, sender, clients, draw=draw, patience=TOLD_WITHIN * slow)
    updates = HomeUpdates(Home(store, owners=settings.owners), messenger, background)
    return Adapters(
        clock=clock,
        store=store,
        serves=serves,
        maintenance=MaintenanceRepository(database, serves, clock=clock),
        digest_maintenance=DigestMaintenance(database, serves),
        to_rank=ProjectsToRank(database, serves, lease=RANKING_LEASE),
        jumps=ClockJumps(Holds(database, serves).clock_moved, delivery.clock_moved, clock=clock),
        to_ask=CorrectionsToAsk(database, serves),
        every_project=EveryProject(database, serves),
        model_copies=ModelCopies(database, serves),
        erasures=ErasureMaintenance(database, serves),
        receivers=WebhooksToServe(database, serves, clock),
        outputs=outputs_to_serve(database, serves, clock),
        histories=Histories(clients),
        calls=PatientCalls(clients),
        is_alone=not database.is_server,
        eraser=eraser,
        departing=departing,
        engine=engine,
        shelf=shelf,
        messenger=messenger,
        sender=sender,
        answers=Answers(
            session,
            messenger,
            stopping=background.stopping,
            call_within=telling.CALL_SECONDS * slow,
        ),
        direct_messages=DirectMessages(messenger, sender, within=SETTLED_SECONDS * slow),
        runs=RunAnnouncer(
            store,
            messenger,
            sender,
            settled_within=SETTLED_SECONDS * slow,
            on_shown=updates.touch,
        ),
        updates=updates,
        background=background,
        clients=clients,
        watched=WatchedWorkspaces(database, serves),
        token_places=TokenPlaces(database, serves),
        requests=_requests(settings),
        always=always,
        downloads=_make_downloads(settings, clients, session),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(settings.workspace_sentences, settings.workspace_trainings)


def _requests(settings: Settings) -> Allowance | None:
    most = settings.workspace_requests
    return Allowance(times=most, who="Your workspace has") if most is not None else None


def _make_downloads(settings: Settings, clients: Clients, session: ClientSession) -> FileDownloads:
    return FileDownloads(
        clients,
        session,
        most_bytes=settings.file_import_mb << 20,
        patience=settings.patience,
    )
