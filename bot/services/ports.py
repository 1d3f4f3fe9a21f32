"""The door to the store, as protocols: what it leads to stands in the `*_ports` modules beside this one, as do those of
the engine and of Slack."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.services.correction_ports import Corrections
from bot.services.labelling_ports import Annotations, Flags, Phrases, Queue, Rankings, Sentences
from bot.services.project_ports import Labels, Projects
from bot.services.registry_ports import Models
from bot.services.request_ports import Homes, Offers, Receipts
from bot.services.team_ports import Confirmations, Decisions, History, Roles, Statistics
from bot.services.training_ports import Autos, Digests, Runs, Schedules


class Work(Protocol):
    """One transaction in one workspace."""

    @property
    def projects(self) -> Projects:
        """The workspace's projects."""

    @property
    def labels(self) -> Labels:
        """Labels."""

    @property
    def sentences(self) -> Sentences:
        """Texts."""

    @property
    def annotations(self) -> Annotations:
        """Annotations and their events."""

    @property
    def phrases(self) -> Phrases:
        """Where phrases stand."""

    @property
    def queue(self) -> Queue:
        """Who works on what."""

    @property
    def flags(self) -> Flags:
        """What needs talk."""

    @property
    def rankings(self) -> Rankings:
        """What comes when."""

    @property
    def offers(self) -> Offers:
        """Questions that wait."""

    @property
    def receipts(self) -> Receipts:
        """Answers given."""

    @property
    def homes(self) -> Homes:
        """Who has opened Home."""

    @property
    def runs(self) -> Runs:
        """Trainings."""

    @property
    def models(self) -> Models:
        """Versions."""

    @property
    def schedules(self) -> Schedules:
        """When to train."""

    @property
    def roles(self) -> Roles:
        """Who may do what."""

    @property
    def confirmations(self) -> Confirmations:
        """What was asked before it is changed everywhere."""

    @property
    def decisions(self) -> Decisions:
        """Disagreements and decisions."""

    @property
    def history(self) -> History:
        """The record."""

    @property
    def statistics(self) -> Statistics:
        """What the team has done."""

    @property
    def autos(self) -> Autos:
        """After how many sentences to train."""

    @property
    def digests(self) -> Digests:
        """Which channels hear of it."""

    @property
    def corrections(self) -> Corrections:
        """What people put right."""


class Store(Protocol):
    """The door to the database: nothing is reached without naming a workspace."""

    def writing(self, workspace: str, *, alone: bool = False) -> AbstractAsyncContextManager[Work]:
        """A write transaction: committed when the block ends, rolled back when it raises (`StoreUnavailable` where the
        database does not take it). Several may be kept together; one that changes very much is kept `alone`."""

    def reading(self, workspace: str) -> AbstractAsyncContextManager[Work]:
        """A consistent read."""
