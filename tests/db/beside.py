"""What tests need of people who label beside each other."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.db.database import Store
from bot.db.records.counters import Counters
from bot.db.records.sentences import Sentences
from bot.db.turns import turn
from bot.domain.project import Caller, Sentence
from bot.labelling.commands import LabelPhrase, OpenSentence
from bot.labelling.service import Labelling
from bot.labelling.values.cards import Card, Outcome
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span
from tests.db.conftest import ANN, HERE, Clock

_TOKENS = ((0, 4), (5, 7), (8, 13), (14, 15))
PAIN = Span(0, 4, "PAIN")
PEOPLE = tuple(f"U0{number}" for number in range(8))
ORDER, ALONE = turn(HERE, "order"), turn(HERE)


class Silent:
    """No suggestion and no engine: what is labelled here was typed."""

    async def with_neighbours(self, _: str, __: int, card: Card) -> Card:
        return card

    async def with_suggestion(self, _: str, __: int, outcome: Outcome) -> Outcome:
        return outcome

    async def tokens(self, texts: Sequence[str], *, language: str = "en") -> list[tuple[()]]:
        del language
        return [() for _ in texts]


def make_labelling(store: Store, clock: Clock) -> Labelling:
    """With nothing to suggest."""
    seeded = asyncio.Event()
    seeded.set()
    stands_in: object = Silent()
    return Labelling(store, stands_in, stands_in, seeded=seeded, today=clock)  # type: ignore[arg-type]


async def add_sentences(store: Store, project_id: int) -> list[Sentence]:
    """Twenty, and the label PAIN."""
    async with store.writing(HERE) as tx:
        await Labels(tx).add(project_id, "PAIN", person=ANN)
        place = {"person": ANN, "source": "test"}
        texts = [f"pain in place {n}" for n in range(20)]
        return [(await Sentences(tx).add(project_id, each, _TOKENS, **place))[0] for each in texts]


@pytest.fixture(params=["postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Where several transactions write at a time."""
    name: str = request.param
    return name


@pytest.fixture
async def sentences(store: Store, project_id: int) -> list[Sentence]:
    return await add_sentences(store, project_id)


@pytest.fixture
def labelling(store: Store, clock: Clock) -> Labelling:
    return make_labelling(store, clock)


def asks(person: str, request: str) -> Caller:
    return Caller(HERE, "C1", person, request)


async def on_card(labelling: Labelling, person: str, sentence: Sentence) -> None:
    await labelling.handle(asks(person, f"open {person} {sentence.id}"), OpenSentence(sentence.id))


async def label(labelling: Labelling, person: str, request: str = "label") -> Outcome:
    return await labelling.handle(asks(person, f"{request} {person}"), LabelPhrase("PAIN", "pain"))


async def check(store: Store, project_id: int) -> None:
    """The sums are those that a count finds."""
    async with store.reading(HERE) as tx:
        assert await Counters(tx).kept(project_id) == await Counters(tx).counted(project_id)
