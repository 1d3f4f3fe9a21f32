"""What an undo brings back, by what people do: what stood before the step, and nothing else."""

import asyncio
from datetime import UTC, datetime
from itertools import count
from typing import cast

import pytest

from bot.db.database import Store
from bot.domain.project import Caller, Project
from bot.domain.steps import StepKind
from bot.engine.ports import Engine
from bot.labelling.commands import FlagSentence, LabelCommand, LabelPhrase, NextSentence, Skip, Undo
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.service import Labelling
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import Card
from bot.projects.context import RequestContext
from bot.projects.repositories.labels import Labels
from bot.team import history
from bot.team.repositories.history import History
from bot.team.values.history import UndoStep
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, add
from tests.support.states_world import Words


class Ann:
    """What one person does; each a request of its own."""

    def __init__(self, store: Store, project_id: int) -> None:
        self.store, self.project_id = store, project_id
        seeded, engine = asyncio.Event(), cast("Engine", Words())
        seeded.set()
        suggestions = Suggestions(store, engine)
        self.labelling = Labelling(
            store,
            engine,
            suggestions,
            seeded=seeded,
            today=lambda: datetime(2031, 5, 4, tzinfo=UTC),
        )
        self._numbers = count()

    def caller(self) -> Caller:
        return Caller(HERE, "C1", ANN, f"Ev{next(self._numbers)}")

    async def does(self, command: LabelCommand) -> Card:
        card = await self.labelling.handle(self.caller(), command)
        assert isinstance(card, Card)
        return card

    async def flags(self) -> list[tuple[int, str]]:
        async with self.store.reading(HERE) as tx:
            found = await Flags(tx).all(self.project_id, limit=9)
            return [(flag.sentence.id, flag.note) for flag in found]

    async def waiting(self) -> int:
        async with self.store.reading(HERE) as tx:
            return await Queue(tx).waiting(self.project_id, ANN)


@pytest.fixture
async def ann(store: Store, project_id: int) -> Ann:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "A dry cough.", "He has a cough.")
    return Ann(store, project_id)


async def test_undo_of_a_second_flag_leaves_the_first_with_its_reason(ann: Ann) -> None:
    """The reason may have been written after the tap."""
    number = (await ann.does(NextSentence())).annotation.sentence.id
    await ann.does(FlagSentence(number, ""))
    assert await ann.labelling.say_why(ann.caller(), number, "cut off")
    await ann.does(FlagSentence(number, "two sentences"))
    assert await ann.flags() == [(number, "two sentences")]
    await ann.does(Undo())
    assert (await ann.flags(), await ann.waiting()) == ([(number, "cut off")], 1)
    await ann.does(Undo())
    assert (await ann.flags(), await ann.waiting()) == ([], 2)


async def test_undo_of_a_second_flag_brings_no_flag_back_that_was_settled_meanwhile(
    ann: Ann,
) -> None:
    number = (await ann.does(NextSentence())).annotation.sentence.id
    await ann.does(FlagSentence(number, "one"))
    await ann.does(FlagSentence(number, "two"))
    async with ann.store.writing(HERE) as tx:
        assert await Flags(tx).settle(ann.project_id, number, person=BEN)
    await ann.does(Undo())
    assert await ann.flags() == []


async def test_undo_of_a_second_skip_leaves_the_first(ann: Ann) -> None:
    """As after two taps on one button."""
    number = (await ann.does(NextSentence())).annotation.sentence.id
    await ann.does(Skip(number))
    await ann.does(Skip(number))
    await ann.does(Undo())
    assert await ann.waiting() == 1
    await ann.does(Undo())
    assert await ann.waiting() == 2


async def test_undo_of_a_skip_lets_the_sentence_come_again(ann: Ann) -> None:
    """It is the current one at once, and waits for its person as before."""
    number = (await ann.does(NextSentence())).annotation.sentence.id
    await ann.does(Skip(number))
    assert await ann.waiting() == 1
    assert (await ann.does(Undo())).annotation.sentence.id == number
    assert await ann.waiting() == 2
    await ann.does(Skip(number))
    assert await ann.waiting() == 1


async def test_undo_brings_labels_back_under_the_names_they_have_now(ann: Ann) -> None:
    """A label that was renamed since the step does not come back under its old name."""
    await ann.does(LabelPhrase("SIGN", "fever", sentence="A high fever."))
    await ann.does(LabelPhrase("DRUG", "high"))
    async with ann.store.writing(HERE) as tx:
        assert await Labels(tx).rename(ann.project_id, "SIGN", "SYMPTOM", person=BEN)
    card = await ann.does(Undo())
    assert card.annotation.spans == (Span(7, 12, "SYMPTOM"),)


async def test_the_record_takes_a_second_flag_back_as_undo_does(ann: Ann) -> None:
    """The first one stands again with its reason, and its sentence does not come again."""
    number = (await ann.does(NextSentence())).annotation.sentence.id
    await ann.does(FlagSentence(number, "cut off"))
    await ann.does(FlagSentence(number, "two sentences"))
    async with ann.store.writing(HERE) as tx:
        events = await History(tx).page(ann.project_id, limit=9, before=None, person=ANN)
        last = next(event for event in events if event.kind == StepKind.FLAGGED)
        here = RequestContext(tx, Project(ann.project_id, "p"), ann.caller())
        await history.undo(here, UndoStep(last.id))
    assert (await ann.flags(), await ann.waiting()) == ([(number, "cut off")], 1)
