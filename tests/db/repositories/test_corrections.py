"""What people put right in answers of /ner: when a later model is asked about it, and how often."""

import pytest

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.db.served import EVERY_WORKSPACE
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.domain.runs import Model, RunState
from bot.labelling.repositories.steps import Steps
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from bot.recognition.repository import Corrections, CorrectionsToAsk
from bot.team.repositories.visits import Visits
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate, claim

A, B = Span(0, 3, "A"), Span(0, 3, "B")


@pytest.fixture
def to_ask(database: Database) -> CorrectionsToAsk:
    return CorrectionsToAsk(database, EVERY_WORKSPACE)


async def goes_live(store: Store, project_id: int, version: int, clock: Clock) -> None:
    """A version is made, if it is new, and goes live a minute later."""
    clock.move(minutes=1)
    async with store.writing(HERE) as tx:
        if await Models(tx).version(project_id, version) is None:
            run = await claim(tx, project_id)
            assert run is not None
            await Models(tx).add(Model(project_id, version, (), clock.now), run_id=run.id)
            await Runs(tx).end(run.id, RunState.SUCCEEDED, version=version)
        live = await Projects(tx).live_version(project_id)
        assert await Models(tx).set_live(project_id, version, expected=live, person=ANN)
    clock.move(minutes=1)


async def correct(
    tx: Transaction, project_id: int, sentence: Sentence, *, person: str = ANN, version: int = 1
) -> None:
    """A person finishes a sentence in which the version was wrong."""
    await annotate(tx, project_id, sentence, A, person=person)
    step = await Steps(tx).last_step(project_id, person, sentence_id=sentence.id)
    step_id = step.id if step else None
    await Corrections(tx).put(project_id, sentence.id, person, version=version, step_id=step_id)


@pytest.fixture
async def corrected(store: Store, project_id: int, clock: Clock) -> list[Sentence]:
    """Three sentences that Ann put right while model 1 was live."""
    await goes_live(store, project_id, 1, clock)
    found = []
    for text in ("one", "two", "six"):
        async with store.writing(HERE) as tx:
            [sentence] = await add(tx, project_id, text)
            await correct(tx, project_id, sentence)
        clock.move(seconds=1)
        found.append(sentence)
    return found


async def asked(
    store: Store, project_id: int, version: int, *, limit: int = 9
) -> list[tuple[str, str]]:
    """Who corrected what of that which the version has to be asked about."""
    async with store.reading(HERE) as tx:
        found = await Corrections(tx).to_ask(project_id, version, limit=limit)
    return [(correction.person, correction.sentence.text) for correction in found]


async def test_a_later_model_is_asked_about_the_newest_first(
    store: Store,
    to_ask: CorrectionsToAsk,
    project_id: int,
    corrected: list[Sentence],
    clock: Clock,
) -> None:
    assert await to_ask.projects() == ()
    assert await asked(store, project_id, 1) == []
    await goes_live(store, project_id, 2, clock)
    assert await to_ask.projects() == ((HERE, project_id),)
    assert await asked(store, project_id, 2) == [(ANN, "six"), (ANN, "two"), (ANN, "one")]
    assert await asked(store, project_id, 2, limit=1) == [(ANN, "six")]
    assert await asked(store, project_id, 1) == []


async def test_a_model_is_asked_once_and_the_next_one_again(
    store: Store,
    to_ask: CorrectionsToAsk,
    project_id: int,
    corrected: list[Sentence],
    clock: Clock,
) -> None:
    await goes_live(store, project_id, 2, clock)
    async with store.writing(HERE) as tx:
        ids = [sentence.id for sentence in corrected[:2]]
        assert await Corrections(tx).mark_told(project_id, 2, ANN, ids) == frozenset(ids)
        assert await Corrections(tx).mark_told(project_id, 2, ANN, ids) == frozenset()
        await Corrections(tx).mark_asked(project_id, 2)
    assert await to_ask.projects() == ()
    for version in (1, 2):  # back, and forth again
        await goes_live(store, project_id, version, clock)
        assert await to_ask.projects() == ()
    await goes_live(store, project_id, 3, clock)
    assert await asked(store, project_id, 3) == [(ANN, "six")]


async def test_what_is_marked_for_a_model_that_is_live_no_more_stays_as_it_was(
    store: Store, project_id: int, corrected: list[Sentence], clock: Clock
) -> None:
    await goes_live(store, project_id, 2, clock)
    await goes_live(store, project_id, 3, clock)
    async with store.writing(HERE) as tx:
        assert await Corrections(tx).mark_told(project_id, 2, ANN, [corrected[0].id]) == frozenset()
        await Corrections(tx).mark_asked(project_id, 2)
    assert len(await asked(store, project_id, 3)) == 3


async def test_what_is_corrected_after_a_model_went_live_waits_for_the_next_one(
    store: Store,
    to_ask: CorrectionsToAsk,
    project_id: int,
    corrected: list[Sentence],
    clock: Clock,
) -> None:
    await goes_live(store, project_id, 2, clock)
    async with store.writing(HERE) as tx:
        await Corrections(tx).mark_asked(project_id, 2)
        [late] = await add(tx, project_id, "new")
        await correct(tx, project_id, late)
    assert await to_ask.projects() == ()
    await goes_live(store, project_id, 3, clock)
    assert (ANN, "new") in await asked(store, project_id, 3)


async def test_a_correction_counts_as_long_as_its_annotation_is_finished_and_not_taken_back(
    store: Store, project_id: int, corrected: list[Sentence], clock: Clock
) -> None:
    one, two, six = corrected
    async with store.writing(HERE) as tx:
        await annotate(tx, project_id, one, A, B, finished=False)
        step = await Steps(tx).last_step(project_id, ANN, sentence_id=two.id)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="r")
        await annotate(tx, project_id, two, B)  # finished, and no correction of what was found
        await annotate(tx, project_id, six, B)
    await goes_live(store, project_id, 2, clock)
    async with store.reading(HERE) as tx:
        found = await Corrections(tx).to_ask(project_id, 2, limit=9)
    assert [(correction.sentence.text, correction.spans) for correction in found] == [("six", (B,))]


async def test_a_second_correction_takes_the_place_of_the_first(
    store: Store, project_id: int, corrected: list[Sentence], clock: Clock
) -> None:
    await goes_live(store, project_id, 2, clock)
    async with store.writing(HERE) as tx:
        await Corrections(tx).mark_told(project_id, 2, ANN, [each.id for each in corrected])
        await Corrections(tx).put(project_id, corrected[0].id, ANN, version=2, step_id=None)
    assert await asked(store, project_id, 2) == []
    await goes_live(store, project_id, 3, clock)
    assert await asked(store, project_id, 3) == [(ANN, "one")]
    async with store.writing(HERE) as tx:
        await Corrections(tx).remove(project_id, corrected[0].id, ANN)
    assert await asked(store, project_id, 3) == []


async def test_no_model_is_asked_for_those_who_wish_to_hear_nothing(
    store: Store, project_id: int, corrected: list[Sentence], clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await correct(tx, project_id, corrected[0], person=BEN)
        await Visits(tx).set_notices(ANN, on=False)
        assert not (await Visits(tx).of(ANN)).notices
    await goes_live(store, project_id, 2, clock)
    assert await asked(store, project_id, 2) == [(BEN, "one")]
    async with store.writing(HERE) as tx:
        await Visits(tx).set_notices(ANN, on=True)
        assert (await Visits(tx).of(ANN)).notices
    assert len(await asked(store, project_id, 2)) == 4


async def test_corrections_of_another_workspace_are_not_seen(
    store: Store, project_id: int, corrected: list[Sentence], clock: Clock
) -> None:
    await goes_live(store, project_id, 2, clock)
    async with store.writing("T0THERE") as tx:
        await Visits(tx).set_notices(ANN, on=False)
        assert await Corrections(tx).to_ask(project_id, 2, limit=9) == ()
        assert await Corrections(tx).mark_told(project_id, 2, ANN, [corrected[0].id]) == frozenset()
        await Corrections(tx).mark_asked(project_id, 2)
        await Corrections(tx).remove(project_id, corrected[0].id, ANN)
    assert len(await asked(store, project_id, 2)) == 3
