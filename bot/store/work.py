"""One transaction in one workspace, with a repository for each noun."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.annotations import Annotations
from bot.store.autos import Autos
from bot.store.confirmations import Confirmations
from bot.store.corrections import Corrections
from bot.store.decisions import Decisions
from bot.store.digests import Digests
from bot.store.flags import Flags
from bot.store.history import History
from bot.store.homes import Homes
from bot.store.labels import Labels
from bot.store.models import Models
from bot.store.offers import Offers
from bot.store.phrases import Phrases
from bot.store.projects import Projects
from bot.store.queue import Queue
from bot.store.rankings import Rankings
from bot.store.receipts import Receipts
from bot.store.repository import Clock
from bot.store.roles import Roles
from bot.store.runs import Runs
from bot.store.schedules import Schedules
from bot.store.sentences import Sentences
from bot.store.statistics import Statistics


class SqlWork:
    """Implements `ports.Work`."""

    def __init__(self, connection: AsyncConnection, workspace: str, clock: Clock) -> None:
        place = (connection, workspace, clock)
        self.projects = Projects(*place)
        self.labels = Labels(*place)
        self.sentences = Sentences(*place)
        self.annotations = Annotations(*place)
        self.phrases = Phrases(*place)
        self.queue = Queue(*place)
        self.flags = Flags(*place)
        self.rankings = Rankings(*place)
        self.offers = Offers(*place)
        self.receipts = Receipts(*place)
        self.homes = Homes(*place)
        self.runs = Runs(*place)
        self.models = Models(*place)
        self.schedules = Schedules(*place)
        self.roles = Roles(*place)
        self.confirmations = Confirmations(*place)
        self.decisions = Decisions(*place)
        self.history = History(*place)
        self.statistics = Statistics(*place)
        self.autos = Autos(*place)
        self.digests = Digests(*place)
        self.corrections = Corrections(*place)
