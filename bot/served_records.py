"""What is read across all workspaces of a process: what chores look through, and what is found by a token alone."""

from dataclasses import dataclass

from bot.db.clock import DatabaseClock
from bot.db.database import Database
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.records.receivers import Receivers
from bot.db.records.token_places import TokenPlaces
from bot.db.served import Served
from bot.digests.repository import DigestMaintenance
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.labelling.ranking_task import LEASE as RANKING_LEASE
from bot.labelling.repositories.holds import Holds
from bot.labelling.repositories.projects_to_rank import ProjectsToRank
from bot.models.repositories.copies import ModelCopies
from bot.outputs.repository import outputs_to_serve
from bot.outputs.values import Output
from bot.projects.repositories.every_project import EveryProject
from bot.recognition.repository import CorrectionsToAsk
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.watching.repositories.workspaces import WatchedWorkspaces
from bot.webhooks.repository import WebhooksToServe


@dataclass(frozen=True, slots=True)
class ServedRecords:
    """Each method of these has a transaction of its own, which sees the rows of the served workspaces alone."""

    outbox: OutboxDelivery
    holds: Holds
    trainings: MaintenanceRepository
    digests: DigestMaintenance
    to_rank: ProjectsToRank
    to_ask: CorrectionsToAsk
    projects: EveryProject
    model_copies: ModelCopies
    erasures: ErasureMaintenance
    webhooks: WebhooksToServe
    outputs: Receivers[Output]
    watched: WatchedWorkspaces
    token_places: TokenPlaces


def make_records(database: Database, serves: Served, clock: DatabaseClock) -> ServedRecords:
    """The records of the workspaces that a process serves, as they come and go."""
    return ServedRecords(
        outbox=OutboxDelivery(database, serves, clock=clock),
        holds=Holds(database, serves),
        trainings=MaintenanceRepository(database, serves, clock=clock),
        digests=DigestMaintenance(database, serves),
        to_rank=ProjectsToRank(database, serves, lease=RANKING_LEASE),
        to_ask=CorrectionsToAsk(database, serves),
        projects=EveryProject(database, serves),
        model_copies=ModelCopies(database, serves),
        erasures=ErasureMaintenance(database, serves),
        webhooks=WebhooksToServe(database, serves, clock),
        outputs=outputs_to_serve(database, serves, clock),
        watched=WatchedWorkspaces(database, serves),
        token_places=TokenPlaces(database, serves),
    )
