"""Reviewers hear of flags and disagreements by direct message: once a day at most, unless they switched it off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.db.database import Store
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.transaction import Transaction
from bot.digests.commands import ForReviewers, Reminders, SetReminders, ShowReminders
from bot.digests.reminders import ReviewReminders
from bot.digests.views import reminder_view
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.labelling.repositories.flags import Flags
from bot.projects.repositories.access import Access
from bot.projects.repositories.every_project import EveryProject
from bot.projects.repositories.roles import Roles
from ner_engine.annotation import Span
from tests.bot.training.test_scheduling import HERE, Time, time, url
from tests.db.conftest import annotate
from tests.support.opening import open_database

__all__ = ["time", "url"]


@dataclass
class Team:
    """U1 labels and U2 reviews; what was told, to whom."""

    store: Store
    reminders: ReviewReminders
    told: list[tuple[str, ForReviewers]]
    time: Time

    async def look(self, **passed: float) -> list[tuple[str, ForReviewers]]:
        """What is told once some time has passed."""
        self.time.now += timedelta(**passed)
        self.told.clear()
        await self.reminders.look()
        return list(self.told)

    async def flag(self, text: str, *, person: str = "U1") -> None:
        async with self.store.writing("T1") as tx:
            project = await Access(tx).ensure(HERE)
            sentence, _ = await Sentences(tx).add(
                project.id, text, (), person=person, source="test"
            )
            await annotate(tx, project.id, sentence, Span(0, 1, "A"), person=person)
            await Flags(tx).put(project.id, person, sentence.id)


@asynccontextmanager
async def team(url: str, time: Time) -> AsyncIterator[Team]:
    told: list[tuple[str, ForReviewers]] = []

    async def tell(_: Transaction, person: str, waiting: ForReviewers) -> None:
        told.append((person, waiting))

    async with open_database(url) as database:
        store = Store(database, time)
        async with store.writing("T1") as tx:
            project = await Access(tx).ensure(HERE)
            await Roles(tx).give(project.id, "U2", Role.REVIEWER, by="U1")
        reminders = ReviewReminders(
            store, EveryProject(database, EVERY_WORKSPACE), tell=tell, clock=time
        )
        yield Team(store, reminders, told, time)


ONE = [("U2", ForReviewers(0, 1))]


async def test_a_reviewer_hears_of_a_flag_once_a_day_at_most(url: str, time: Time) -> None:
    async with team(url, time) as ours:
        assert await ours.look(minutes=10) == []
        await ours.flag("one")
        assert await ours.look(minutes=10) == ONE
        await ours.flag("two")
        assert await ours.look(hours=3) == []
        assert await ours.look(hours=22) == [("U2", ForReviewers(0, 2))]
        assert await ours.look(days=3) == []


async def test_what_one_flagged_oneself_is_no_news(url: str, time: Time) -> None:
    async with team(url, time) as ours:
        await ours.flag("one", person="U2")
        assert await ours.look(minutes=10) == []


async def test_who_switched_it_off_is_not_told(url: str, time: Time) -> None:
    async with team(url, time) as ours:
        caller = Caller("T1", "D2", "U2", "Ev2", is_direct=True)
        assert await ours.reminders.handle(caller, ShowReminders()) == Reminders(on=True)
        off = await ours.reminders.handle(caller, SetReminders(on=False))
        assert off == Reminders(on=False, changed=True)
        await ours.flag("one")
        assert await ours.look(minutes=10) == []
        await ours.reminders.handle(caller, SetReminders(on=True))
        assert await ours.look(minutes=10) == ONE


def test_the_message_has_buttons_that_show_and_that_end_it() -> None:
    view = reminder_view(ForReviewers(2, 1, "Clinic"))
    assert view.text == (
        "For you as a reviewer in Clinic: people disagree on 2 sentences, 1 sentence flagged."
    )
    row = view.blocks[-1].to_dict()["elements"]
    assert [each["text"]["text"] for each in row] == ["Review", "Flagged", "No more of these"]
