"""One transaction in one workspace, with a repository for each noun."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.annotations import Annotations
from bot.store.autos import Autos
from bot.store.digests import Digests
from bot.store.labels import Labels
from bot.store.models import Models
from bot.store.offers import Offers
from bot.store.projects import Projects
from bot.store.queue import Queue
from bot.store.receipts import Receipts
from bot.store.repository import Clock
from bot.store.runs import Runs
from bot.store.schedules import Schedules
from bot.store.sentences import Sentences


class SqlWork:
    """Implements `ports.Work`."""

    def __init__(self, connection: AsyncConnection, workspace: str, clock: Clock) -> None:
        place = (connection, workspace, clock)
        self.projects = Projects(*place)
        self.labels = Labels(*place)
        self.sentences = Sentences(*place)
        self.annotations = Annotations(*place)
        self.queue = Queue(*place)
        self.offers = Offers(*place)
        self.receipts = Receipts(*place)
        self.runs = Runs(*place)
        self.models = Models(*place)
        self.schedules = Schedules(*place)
        self.autos = Autos(*place)
        self.digests = Digests(*place)
