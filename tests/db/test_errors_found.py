"""Probable errors, as a reviewer works through them."""

import pytest

from bot.db.database import Store
from bot.db.records.suspicions import Suspicions
from bot.db.transaction import Transaction
from bot.domain.project import Caller, Project
from bot.errors import NotFound
from bot.labelling.repositories.annotations import Annotations
from bot.projects.context import RequestContext
from bot.projects.repositories.labels import Labels
from bot.team import decided, errors_found
from bot.team.decided import TakeEdited
from bot.team.repositories.decisions import Decisions
from bot.team.values.review import (
    LookingAtError,
    NextError,
    NoError,
    TakeReading,
    TakeVersion,
    Version,
)
from ner_engine.annotation import Span
from ner_engine.results import Suspicion
from tests.db.conftest import ANN, BEN, HERE, add, annotate

WRONG, RIGHT = (Span(0, 3, "A"),), (Span(4, 8, "A"),)


def context(tx: Transaction, project_id: int) -> RequestContext:
    return RequestContext(tx, Project(project_id, "p"), Caller(HERE, "C0", ANN, "Ev1"))


async def two_suspected(tx: Transaction, project_id: int) -> list[int]:
    """The second is the more probable error."""
    await Labels(tx).add(project_id, "A", person=ANN)
    sentences = await add(tx, project_id, "one pain", "two pain")
    for sentence in sentences:
        await annotate(tx, project_id, sentence, *WRONG, person=BEN)
    first, second = (sentence.id for sentence in sentences)
    found = [Suspicion(first, 0.3, RIGHT), Suspicion(second, 0.7, RIGHT)]
    await Suspicions(tx).replace(project_id, found)
    return [first, second]


@pytest.mark.parametrize("spans", [WRONG, RIGHT])
async def test_one_tap_makes_the_gold_and_the_next_probable_error_follows(
    store: Store, project_id: int, spans: tuple[Span, ...]
) -> None:
    async with store.writing(HERE) as tx:
        first, second = await two_suspected(tx, project_id)
        shown = await errors_found.next_error(context(tx, project_id), NextError())
        assert isinstance(shown, LookingAtError)
        assert (shown.sentence.id, shown.left, shown.labelled.people) == (second, 2, (BEN,))
        take = TakeReading(second, Version(spans, ()).key)
        after = await errors_found.take_reading(context(tx, project_id), take)
        assert isinstance(after, LookingAtError)
        assert (after.sentence.id, after.left) == (first, 1)
        gold = {each.sentence.id: each.spans for each in await Annotations(tx).gold(project_id)}
        assert gold == {first: WRONG, second: spans}


async def test_what_was_decided_or_changed_is_suspected_no_longer(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        first, second = await two_suspected(tx, project_id)
        for number in (second, first):
            take = TakeReading(number, Version(WRONG, ()).key)
            after = await errors_found.take_reading(context(tx, project_id), take)
        assert isinstance(after, NoError)
        assert (after.trained, after.passed) == (True, 0)


async def test_a_reading_that_is_not_the_one_that_was_shown_decides_nothing(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        _, second = await two_suspected(tx, project_id)
        take = TakeReading(second, Version((Span(0, 8, "A"),), ()).key)
        after = await errors_found.take_reading(context(tx, project_id), take)
        assert isinstance(after, LookingAtError)
        assert after.changed
        assert await Decisions(tx).of(project_id, second) is None


async def test_a_label_that_is_gone_is_not_offered(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        first, second = await two_suspected(tx, project_id)
        await Suspicions(tx).replace(
            project_id, [Suspicion(second, 0.7, (Span(0, 3, "GONE"),)), Suspicion(first, 0.3, ())]
        )
        shown = await errors_found.next_error(context(tx, project_id), NextError())
        assert isinstance(shown, LookingAtError)
        assert shown.sentence.id == first


async def test_before_a_training_has_looked_for_errors_that_is_said(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        shown = await errors_found.next_error(context(tx, project_id), NextError())
        assert shown == NoError(trained=False)


async def test_what_is_saved_in_the_editor_is_decided_and_the_next_error_follows(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        first, second = await two_suspected(tx, project_id)
        here = context(tx, project_id)
        begin = TakeVersion(second, Version(WRONG, ()).key)
        assert (await decided.version_of(here, begin))[1] == WRONG
        after = await decided.take_edited(here, TakeEdited(second, ()))
        assert isinstance(after, LookingAtError)
        assert after.sentence.id == first
        with pytest.raises(NotFound, match="changed or decided meanwhile"):
            await decided.version_of(here, begin)


async def test_more_suspicions_are_kept_than_a_statement_takes_values(
    store: Store, project_id: int
) -> None:
    """SQLite takes 32,766 values in a statement, PostgreSQL 32,767."""
    async with store.writing(HERE) as tx:
        first, second = await two_suspected(tx, project_id)
        gone = [Suspicion(10_000 + n, 0.5, ()) for n in range(33_000)]
        mine = [Suspicion(first, 0.3, RIGHT), *gone, Suspicion(second, 0.7, RIGHT)]
        await Suspicions(tx).replace(project_id, mine)
        assert await Suspicions(tx).left(project_id, {"A"}) == 2


async def test_only_what_can_be_shown_is_counted(store: Store, project_id: int) -> None:
    """A reading with a label that is gone is not offered, and people who differ are a disagreement."""
    async with store.writing(HERE) as tx:
        first, second = await two_suspected(tx, project_id)
        [third] = await add(tx, project_id, "three pain")
        await annotate(tx, project_id, third, *WRONG, person=BEN)
        await annotate(tx, project_id, third, *RIGHT, person=ANN)
        gone = (Span(0, 3, "GONE"),)
        found = [Suspicion(first, 0.3, RIGHT), Suspicion(second, 0.7, gone)]
        await Suspicions(tx).replace(project_id, [*found, Suspicion(third.id, 0.5, RIGHT)])
        shown = await errors_found.next_error(context(tx, project_id), NextError())
        assert isinstance(shown, LookingAtError)
        assert (shown.sentence.id, shown.left) == (first, 1)
