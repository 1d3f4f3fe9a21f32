"""Annotations, the events they come from, and what training may use of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from bot.db.database import Database, Store
from bot.db.tables.sentences import event
from bot.db.types import Spans, Tokens
from bot.domain.project import Annotation, ProjectCounts, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import NotFound, StoreUnavailable
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.steps import Steps
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate

PAIN, DRUG, AGE = Span(0, 4, "PAIN"), Span(5, 9, "DRUG"), Span(10, 12, "AGE")


async def test_what_nobody_annotated_is_empty_and_unfinished(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        assert await Annotations(tx).of(one, ANN) == Annotation(one, ANN)


async def test_a_change_is_what_stands_afterwards(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, DRUG, PAIN, finished=False)
        assert await Annotations(tx).of(one, ANN) == Annotation(one, ANN, spans=(PAIN, DRUG))


async def test_people_annotate_apart(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN)
        assert await Annotations(tx).of(one, BEN) == Annotation(one, BEN)


async def test_a_step_tells_what_stood_before_and_after(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, finished=False)
        await annotate(tx, project_id, one, PAIN, DRUG)
        step = await Steps(tx).last_step(project_id, ANN)
    assert step is not None
    assert (step.before, step.after) == (
        AnnotationState((PAIN,)),
        AnnotationState((PAIN, DRUG), finished=True),
    )


async def test_a_step_from_where_the_annotation_no_longer_stands_takes_everything_with_it(
    database: Database, store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN)
    after = AnnotationState((DRUG,))
    for stale in (Annotation(one, ANN), Annotation(one, ANN, (PAIN,))):
        with pytest.raises(StoreUnavailable):
            async with store.writing(HERE) as tx:
                await Annotations(tx).change(
                    project_id, stale, StepKind.LABELLED, after, request="r"
                )
    async with database.reading() as connection:
        assert len((await connection.execute(select(event))).all()) == 1


async def test_an_event_keeps_who_when_and_in_which_request(
    database: Database, store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN)
    async with database.reading() as connection:
        row = (await connection.execute(select(event))).one()
    assert (row.person, row.created_at, row.request, row.kind) == (
        ANN,
        clock.now,
        "request",
        "finished",
    )


async def test_an_undo_brings_back_what_stood_before(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, finished=False)
        await annotate(tx, project_id, one, PAIN, DRUG)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        state = await Steps(tx).undo(project_id, step, request="undo")
        assert state == AnnotationState((PAIN,))
        assert await Annotations(tx).of(one, ANN) == Annotation(one, ANN, (PAIN,))


async def test_each_undo_goes_one_step_further_back(store: Store, project_id: int) -> None:
    states = []
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, finished=False)
        await annotate(tx, project_id, one, PAIN, DRUG, finished=False)
        await annotate(tx, project_id, one, PAIN, DRUG)
        while step := await Steps(tx).last_step(project_id, ANN):
            states.append(await Steps(tx).undo(project_id, step, request="undo"))
    assert states == [
        AnnotationState((PAIN, DRUG)),
        AnnotationState((PAIN,)),
        AnnotationState(),
    ]


async def test_a_step_made_after_an_undo_is_the_next_to_be_undone(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, finished=False)
        first = await Steps(tx).last_step(project_id, ANN)
        assert first is not None
        await Steps(tx).undo(project_id, first, request="undo")
        await annotate(tx, project_id, one, DRUG, finished=False)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        assert await Steps(tx).undo(project_id, step, request="undo") == AnnotationState()
        assert await Steps(tx).last_step(project_id, ANN) is None


async def test_the_same_step_is_not_undone_twice(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="undo")
    with pytest.raises(StoreUnavailable):
        async with store.writing(HERE) as tx:
            await Steps(tx).undo(project_id, step, request="again")


async def test_the_last_step_can_be_asked_of_one_sentence(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two = await add(tx, project_id, "one", "two")
        await annotate(tx, project_id, one, PAIN)
        await annotate(tx, project_id, two, DRUG)
        newest = await Steps(tx).last_step(project_id, ANN)
        on_one = await Steps(tx).last_step(project_id, ANN, sentence_id=one.id)
        others = await Steps(tx).last_step(project_id, BEN)
    assert newest is not None
    assert on_one is not None
    assert (newest.sentence_id, on_one.sentence_id, others) == (two.id, one.id, None)


async def test_a_skip_is_a_step_that_leaves_the_annotation_as_it_is(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        before = await annotate(tx, project_id, one, PAIN, finished=False)
        state = AnnotationState(before.spans, before.finished)
        await Annotations(tx).change(project_id, before, StepKind.SKIPPED, state, request="r")
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        assert step.kind is StepKind.SKIPPED
        assert await Annotations(tx).of(one, ANN) == before


async def test_a_sentence_that_is_not_there_cannot_be_annotated(
    store: Store, project_id: int
) -> None:
    with pytest.raises(NotFound):
        async with store.writing(HERE) as tx:
            await annotate(tx, project_id, Sentence(999, "nowhere"), PAIN)


# --- gold ------------------------------------------------------------------------------------------------------


async def test_gold_is_what_is_finished_by_sentence(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two, three = await add(tx, project_id, "one", "two", "three")
        await annotate(tx, project_id, three, PAIN)
        await annotate(tx, project_id, two, DRUG, finished=False)
        await annotate(tx, project_id, one)
        gold = await Annotations(tx).gold(project_id)
    assert [(found.sentence, found.spans) for found in gold] == [(one, ()), (three, (PAIN,))]


async def test_what_several_people_finished_alike_is_gold_once(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, DRUG, person=ANN)
        await annotate(tx, project_id, one, DRUG, PAIN, person=BEN)
        [gold] = await Annotations(tx).gold(project_id)
    assert gold.spans == (PAIN, DRUG)


async def test_what_people_finished_differently_is_no_gold(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, person=ANN)
        await annotate(tx, project_id, one, DRUG, person=BEN)
        assert await Annotations(tx).gold(project_id) == ()


async def test_unfinished_sentences_join_on_request_with_what_is_labelled_most(
    store: Store, project_id: int
) -> None:
    """Only sentences nobody has finished, in which somebody has labelled; the finished ones first."""
    async with store.writing(HERE) as tx:
        begun, _, finished = await add(tx, project_id, "begun", "untouched", "finished")
        await annotate(tx, project_id, begun, PAIN, person=ANN, finished=False)
        await annotate(tx, project_id, begun, PAIN, DRUG, person=BEN, finished=False)
        await annotate(tx, project_id, finished, person=ANN)
        await annotate(tx, project_id, finished, PAIN, person=BEN, finished=False)
        gold = await Annotations(tx).gold(project_id, with_unfinished=True)
    assert [(item.sentence, item.spans, item.finished) for item in gold] == [
        (finished, (), True),
        (begun, (PAIN, DRUG), False),
    ]


async def test_somebody_who_has_not_finished_has_no_say_in_gold(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, person=ANN)
        await annotate(tx, project_id, one, DRUG, person=BEN, finished=False)
        [gold] = await Annotations(tx).gold(project_id)
    assert gold.spans == (PAIN,)


async def test_gold_of_many_pages_has_every_sentence_once_with_all_that_was_said_of_it(
    store: Store, project_id: int
) -> None:
    """Three people are behind each sentence, so that pages end between what is said of one."""
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *(f"sentence {number}" for number in range(150)))
        for number, sentence in enumerate(sentences):
            for person in (ANN, BEN, "U3"):
                differs = number % 10 == 0 and person == "U3"
                await annotate(tx, project_id, sentence, DRUG if differs else PAIN, person=person)
    async with store.reading(HERE) as tx:
        gold = await Annotations(tx).gold(project_id)
        some = await Annotations(tx).gold(project_id, only=[sentences[0].id, sentences[1].id])
        newest = await Annotations(tx).newest_gold(project_id, limit=5)
    agreed = [sentence for number, sentence in enumerate(sentences) if number % 10]
    assert [(each.sentence, each.spans) for each in gold] == [(one, (PAIN,)) for one in agreed]
    assert [each.sentence for each in some] == [sentences[1]]
    assert [each.sentence for each in newest] == agreed[-5:]


async def test_counts_tell_every_sort_of_sentence_and_the_spans_of_gold(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *"abcdefg")
        alone, agreed, disputed, begun, both, emptied, _ = sentences
        await annotate(tx, project_id, alone, PAIN, DRUG)
        await annotate(tx, project_id, agreed, DRUG, AGE, person=ANN)
        await annotate(tx, project_id, agreed, DRUG, AGE, person=BEN)
        await annotate(tx, project_id, disputed, AGE, person=ANN)
        await annotate(tx, project_id, disputed, person=BEN)
        await annotate(tx, project_id, begun, PAIN, finished=False, person=ANN)
        await annotate(tx, project_id, begun, PAIN, finished=False, person=BEN)
        await annotate(tx, project_id, both, PAIN, finished=False, person=ANN)
        await annotate(tx, project_id, both, person=BEN)
        await annotate(tx, project_id, emptied, PAIN, finished=False)
        await annotate(tx, project_id, emptied, finished=False)
        counts = await Annotations(tx).counts(project_id)
    assert counts == ProjectCounts(
        sentences=7,
        finished=3,
        unfinished=1,
        disputed=1,
        spans_per_label=(("DRUG", 2), ("AGE", 1), ("PAIN", 1)),
    )


async def test_counts_of_nothing_are_nothing(store: Store, project_id: int) -> None:
    async with store.reading(HERE) as tx:
        assert await Annotations(tx).counts(project_id) == ProjectCounts()


async def test_an_undone_finish_counts_no_longer(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        await annotate(tx, project_id, one, PAIN, finished=False)
        await annotate(tx, project_id, one, PAIN)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="undo")
        counts = await Annotations(tx).counts(project_id)
    assert counts == ProjectCounts(sentences=1, finished=0, unfinished=1)


SPANS = st.lists(
    st.builds(Span, st.integers(0, 99), st.integers(100, 2000), st.sampled_from(["A", "B"])),
    max_size=5,
).map(tuple)


@given(SPANS)
def test_spans_come_back_sorted_whatever_their_order(spans: tuple[Span, ...]) -> None:
    kind, dialect = Spans(), sqlite.dialect()
    stored = kind.process_bind_param(spans, dialect)
    assert kind.process_result_value(stored, dialect) == tuple(sorted(spans))


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000))).map(tuple))
def test_tokens_come_back_as_they_were(tokens: tuple[tuple[int, int], ...]) -> None:
    kind, dialect = Tokens(), sqlite.dialect()
    stored = kind.process_bind_param(tokens, dialect)
    assert kind.process_result_value(stored, dialect) == tokens


async def test_what_was_finished_today_is_counted_by_person_and_without_what_was_undone(
    store: Store, project_id: int, clock: Clock
) -> None:
    """Yesterday's sentences, other people's and taken-back ones do not count; two steps on one count once."""
    async with store.writing(HERE) as tx:
        one, two, three, four = await add(tx, project_id, "a", "b", "c", "d")
        await annotate(tx, project_id, one)
        clock.move(days=1)
        morning = clock.now
        await annotate(tx, project_id, two, Span(0, 1, "A"), finished=False)
        await annotate(tx, project_id, two, Span(0, 1, "A"))
        await annotate(tx, project_id, three, person=BEN)
        await annotate(tx, project_id, four)
        assert await Annotations(tx).finished_since(project_id, ANN, morning) == 2
        step = await Steps(tx).last_step(project_id, ANN)
        assert step
        await Steps(tx).undo(project_id, step, request="r")
        assert await Annotations(tx).finished_since(project_id, ANN, morning) == 1


async def test_labelled_phrases_come_newest_first(store: Store, project_id: int) -> None:
    """Each label on each phrase, as it stands in its text; sentences with none are passed over."""
    async with store.writing(HERE) as tx:
        one, two, three = await add(tx, project_id, "Pain ends", "no", "fever, Fever")
        await annotate(tx, project_id, one, Span(0, 4, "A"))
        await annotate(tx, project_id, two)
        await annotate(tx, project_id, three, Span(0, 5, "B"), Span(7, 12, "A"))
        assert await Annotations(tx).phrases(project_id, limit=2) == (
            ("fever", "B"),
            ("Fever", "A"),
            ("Pain", "A"),
        )
        assert len(await Annotations(tx).phrases(project_id, limit=1)) == 2


# --- steps over several sentences -------------------------------------------------------------------------------


async def _label_together(store: Store, project_id: int, *texts: str) -> list[Sentence]:
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *texts)
        for sentence in sentences:
            await Annotations(tx).change(
                project_id,
                Annotation(sentence, ANN),
                StepKind.LABELLED,
                AnnotationState((PAIN,)),
                request="all",
                together=len(sentences),
            )
    return sentences


async def test_a_step_over_several_sentences_says_so(store: Store, project_id: int) -> None:
    await _label_together(store, project_id, "one", "two")
    async with store.reading(HERE) as tx:
        step = await Steps(tx).last_step(project_id, ANN)
    assert step is not None
    assert (step.request, step.together) == ("all", 2)


async def test_a_step_over_several_sentences_is_undone_as_one(
    store: Store, project_id: int
) -> None:
    one, two = await _label_together(store, project_id, "one", "two")
    async with store.writing(HERE) as tx:
        undone, kept = await Steps(tx).undo_together(project_id, ANN, "all", request="undo")
        assert (set(undone), kept) == ({one.id, two.id}, ())
        assert await Annotations(tx).of(one, ANN) == Annotation(one, ANN)
        assert await Steps(tx).last_step(project_id, ANN) is None


async def test_what_was_changed_since_is_kept_by_the_undo_of_the_whole(
    store: Store, project_id: int
) -> None:
    one, two = await _label_together(store, project_id, "one", "two")
    async with store.writing(HERE) as tx:
        await annotate(tx, project_id, two, PAIN, DRUG)
        undone, kept = await Steps(tx).undo_together(project_id, ANN, "all", request="undo")
    assert (undone, kept) == ((one.id,), (two.id,))


async def test_a_step_is_undone_as_a_whole_once(store: Store, project_id: int) -> None:
    await _label_together(store, project_id, "one", "two")
    async with store.writing(HERE) as tx:
        await Steps(tx).undo_together(project_id, ANN, "all", request="undo")
        again = await Steps(tx).undo_together(project_id, ANN, "all", request="again")
    assert again == ((), ())


async def test_nobody_undoes_the_whole_step_of_another(store: Store, project_id: int) -> None:
    await _label_together(store, project_id, "one", "two")
    async with store.writing(HERE) as tx:
        nothing = await Steps(tx).undo_together(project_id, BEN, "all", request="undo")
    assert nothing == ((), ())


async def test_the_undo_of_a_whole_step_does_not_cross_workspaces(
    store: Store, project_id: int
) -> None:
    await _label_together(store, project_id, "one", "two")
    async with store.writing("T0THERE") as tx:
        nothing = await Steps(tx).undo_together(project_id, ANN, "all", request="undo")
    assert nothing == ((), ())


async def test_a_step_over_several_sentences_is_undone_under_the_names_of_now(
    store: Store, project_id: int
) -> None:
    one, _ = await _label_together(store, project_id, "one", "two")
    async with store.writing(HERE) as tx:
        await Labels(tx).add(project_id, PAIN.label, person=ANN)
        await Labels(tx).rename(project_id, PAIN.label, "ACHE", person=ANN)
        undone, kept = await Steps(tx).undo_together(project_id, ANN, "all", request="undo")
        assert (len(undone), kept) == (2, ())
        assert await Annotations(tx).of(one, ANN) == Annotation(one, ANN)
