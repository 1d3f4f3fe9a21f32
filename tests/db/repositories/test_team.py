"""Labels under new names, roles, channels, decisions and the record, on both databases."""

import re

import pytest

from bot.db.database import Store
from bot.db.records.confirmations import Confirmations
from bot.db.records.pending_actions import PendingActions
from bot.db.records.precedents import Precedents
from bot.db.records.sentences import Sentences
from bot.db.records.shown import Shown
from bot.db.transaction import Transaction
from bot.domain.events import EventKind
from bot.domain.project import DescribedLabel, Sentence
from bot.domain.roles import Role
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import StoreUnavailable
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.steps import Steps
from bot.labelling.values.cards import Choice, Question, QuestionKind
from bot.labelling.values.intents import LabelIntent, MarkedSentence
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.repositories.roles import Roles
from bot.team.commands import ChangeLabels
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.history import History
from bot.team.repositories.statistics import Statistics, by_sentence
from bot.team.values.review import phrases_at_stake
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate
from tests.support.opening import open_database

OLD, NEW, OTHER = Span(0, 3, "OLD"), Span(0, 3, "NEW"), Span(4, 7, "OTHER")


async def with_labels(tx: Transaction, project_id: int, *names: str) -> None:
    for name in names:
        await Labels(tx).add(project_id, name, person=ANN)


# --- labels -----------------------------------------------------------------------------------------------------


async def test_a_rename_changes_every_annotation_and_keeps_the_description(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await Labels(tx).add(project_id, "OLD", person=ANN, description="what")
        await with_labels(tx, project_id, "OTHER")
        one, two = await add(tx, project_id, "one two", "two one")
        await annotate(tx, project_id, one, OLD, OTHER)
        await annotate(tx, project_id, two, OLD, person=BEN, finished=False)
        assert await Labels(tx).sentences_with(project_id, "OLD") == 2
        assert await Labels(tx).rename(project_id, "OLD", "NEW", person=ANN)
        assert (await Annotations(tx).of(one, ANN)).spans == (NEW, OTHER)
        assert (await Annotations(tx).of(two, BEN)).spans == (NEW,)
        labels = {label.name: label.description for label in await Labels(tx).all(project_id)}
        assert labels == {"NEW": "what", "OTHER": ""}


async def test_a_label_whose_name_holds_another_is_left_alone(
    store: Store, project_id: int
) -> None:
    """`A_B` is not renamed with `B`, and `_` is no wildcard."""
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "A_B", "AXB", "B")
        (one,) = await add(tx, project_id, "one two three")
        spans = (Span(0, 3, "A_B"), Span(4, 7, "AXB"), Span(8, 13, "B"))
        await annotate(tx, project_id, one, *spans)
        await Labels(tx).rename(project_id, "A_B", "C", person=ANN)
        await Labels(tx).rename(project_id, "B", "D", person=ANN)
        now = (await Annotations(tx).of(one, ANN)).spans
        assert [span.label for span in now] == ["C", "AXB", "D"]


@pytest.mark.parametrize(("old", "new"), [("NONE", "NEW"), ("OLD", "OTHER")])
async def test_a_rename_of_nothing_or_to_what_is_there_is_none(
    store: Store, project_id: int, old: str, new: str
) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "OTHER")
        assert await Labels(tx).rename(project_id, old, new, person=ANN) is None


async def test_a_merge_is_taken_back_exactly(store: Store, project_id: int) -> None:
    """What was the other label before stays so; what came since stays too."""
    async with store.writing(HERE) as tx:
        await Labels(tx).add(project_id, "OLD", person=ANN, description="what")
        await with_labels(tx, project_id, "OTHER")
        one, two = await add(tx, project_id, "one two", "two one")
        await annotate(tx, project_id, one, OLD, OTHER)
        await annotate(tx, project_id, two, OLD)
        merge = await Labels(tx).merge(project_id, "OLD", "OTHER", person=ANN)
        assert merge
        both = (Span(0, 3, "OTHER"), OTHER)
        assert (await Annotations(tx).of(one, ANN)).spans == both
        assert [label.name for label in await Labels(tx).all(project_id)] == ["OTHER"]
        await annotate(tx, project_id, two, Span(0, 3, "OTHER"), OTHER)
        back = await Labels(tx).split(
            project_id, merge, "OLD", "OTHER", description="what", person=ANN
        )
        assert back == ()
        assert (await Annotations(tx).of(one, ANN)).spans == (OLD, OTHER)
        assert (await Annotations(tx).of(two, ANN)).spans == (OLD, OTHER)
        labels = {label.name: label.description for label in await Labels(tx).all(project_id)}
        assert labels == {"OLD": "what", "OTHER": ""}


async def test_a_merge_whose_spans_were_touched_is_not_taken_back(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "OTHER")
        one, two = await add(tx, project_id, "one two", "two one")
        await annotate(tx, project_id, one, OLD)
        await annotate(tx, project_id, two, OLD)
        merge = await Labels(tx).merge(project_id, "OLD", "OTHER", person=ANN)
        assert merge
        await annotate(tx, project_id, two)
        touched = await Labels(tx).split(
            project_id, merge, "OLD", "OTHER", description="", person=ANN
        )
        assert touched == (two.id,)
        assert (await Annotations(tx).of(one, ANN)).spans == (Span(0, 3, "OTHER"),)


async def test_a_merge_makes_no_two_spans_of_one_annotation_meet(
    store: Store, project_id: int
) -> None:
    """Spans of one annotation lie apart whatever their labels: neighbours stay two."""
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "OTHER")
        (one,) = await add(tx, project_id, "onetwo")
        await annotate(tx, project_id, one, Span(0, 3, "OLD"), Span(3, 6, "OTHER"))
        await Labels(tx).merge(project_id, "OLD", "OTHER", person=ANN)
        now = (await Annotations(tx).of(one, ANN)).spans
        assert now == (Span(0, 3, "OTHER"), Span(3, 6, "OTHER"))


async def test_a_change_of_labels_shows_no_work(
    store: Store, project_id: int, clock: Clock
) -> None:
    """Who worked last, and when, stays as it was: a hand does not hold longer for it."""
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD")
        (one,) = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, OLD)
        clock.move(days=1)
        await Labels(tx).rename(project_id, "OLD", "NEW", person=BEN)
        assert await Statistics(tx).finished_since(project_id, clock.now) == (0,)


async def test_an_old_step_comes_back_under_the_new_name(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD")
        (one,) = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, OLD, finished=False)
        await annotate(tx, project_id, one, OLD)
        await Labels(tx).rename(project_id, "OLD", "NEW", person=ANN)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step
        assert await Steps(tx).still_stands(project_id, step)
        state = await Steps(tx).undo(project_id, step, request="r")
        assert state == AnnotationState((NEW,), finished=False)


async def test_a_step_from_within_a_merge_comes_back_as_the_split_left_it(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "OTHER")
        (one,) = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, OLD, finished=False)
        merge = await Labels(tx).merge(project_id, "OLD", "OTHER", person=ANN)
        assert merge
        await annotate(tx, project_id, one, Span(0, 3, "OTHER"), OTHER, finished=False)
        await Labels(tx).split(project_id, merge, "OLD", "OTHER", description="", person=ANN)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step
        assert (await Steps(tx).undo(project_id, step, request="r")).spans == (OLD,)


async def test_an_open_question_has_the_new_names(
    store: Store, project_id: int, clock: Clock
) -> None:
    marked = MarkedSentence("one two", (OLD, OTHER))
    asked = Question(
        QuestionKind.MENTIONS,
        LabelIntent("OLD", "one"),
        (Choice("yes", LabelIntent("OLD", "one")), Choice("all", marked), Choice("no", None)),
        spans=(OLD,),
    )
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "OTHER")
        offer = (await PendingActions(tx).put(project_id, ANN, asked)).offer
        clock.move(minutes=1)
        await Labels(tx).rename(project_id, "OLD", "NEW", person=ANN)
        found = await PendingActions(tx).get(project_id, ANN, offer, Question)
    assert isinstance(found, Question)
    assert found.intent == LabelIntent("NEW", "one")
    assert [choice.intent for choice in found.choices] == [
        LabelIntent("NEW", "one"),
        MarkedSentence("one two", (NEW, OTHER)),
        None,
    ]
    assert found.spans == (NEW,)


async def test_labels_of_an_older_model_are_found_under_their_names_of_now(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "A", "B", "C")
        await Labels(tx).rename(project_id, "A", "D", person=ANN)
        merge = await Labels(tx).merge(project_id, "D", "B", person=ANN)
        assert await Labels(tx).renamed(project_id) == {"A": "B", "D": "B"}
        assert merge
        await Labels(tx).split(project_id, merge, "D", "B", description="", person=ANN)
        assert await Labels(tx).renamed(project_id) == {"A": "D"}


async def test_a_label_that_was_changed_again_is_told(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "A", "B")
        first = await Labels(tx).rename(project_id, "A", "C", person=ANN)
        assert first
        assert not await Labels(tx).changed_since(project_id, first, "A", "C")
        later = await Labels(tx).rename(project_id, "C", "D", person=ANN)
        assert await Labels(tx).changed_since(project_id, first, "A", "C")
        assert not await Labels(tx).changed_since(project_id, first, "B")
        await Labels(tx).rename(project_id, "D", "C", person=ANN, undoes=later)
        assert not await Labels(tx).changed_since(project_id, first, "A", "C")


async def test_labels_come_with_their_most_frequent_phrases(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await Labels(tx).add(project_id, "OLD", person=ANN, description="what")
        await with_labels(tx, project_id, "EMPTY")
        texts = ("pain, 👩‍⚕️ said", "Pain again", "cold", "fever", "fever now", "rash")
        sentences = await add(tx, project_id, *texts)
        for found, end in zip(sentences, (4, 4, 4, 5, 5, 4), strict=True):
            await annotate(tx, project_id, found, Span(0, end, "OLD"))
        (draft,) = await add(tx, project_id, "draft")
        await annotate(tx, project_id, draft, Span(0, 5, "OLD"), finished=False)
        described = await Labels(tx).described(project_id)
    assert [label.name for label in described] == ["EMPTY", "OLD"]
    assert described[0] == DescribedLabel("EMPTY")
    assert described[1].description == "what"
    assert {each.lower() for each in described[1].examples[:2]} == {"fever", "pain"}
    assert len(described[1].examples) == 3


async def test_a_label_with_a_phrase_is_not_removed(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "SPARE")
        spare = (await History(tx).page(project_id, limit=1))[0]
        (one,) = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, OLD, finished=False)
        undo = {"person": ANN, "undoes": spare.id}
        assert not await Labels(tx).remove(project_id, "OLD", **undo)  # type: ignore[arg-type]
        assert await Labels(tx).remove(project_id, "SPARE", **undo)  # type: ignore[arg-type]


# --- roles, channels, questions ---------------------------------------------------------------------------------


async def test_a_role_is_given_and_taken(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        assert await Roles(tx).give(project_id, ANN, Role.OWNER, by=ANN) is Role.LABELLER
        assert await Roles(tx).give(project_id, ANN, Role.REVIEWER, by=ANN) is Role.OWNER
        assert await Roles(tx).all() == {ANN: Role.REVIEWER}
        await Roles(tx).give(project_id, ANN, Role.LABELLER, by=ANN)
        assert await Roles(tx).all() == {}


async def test_a_channel_uses_the_default_project_until_it_is_bound(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        default = await Projects(tx).of_channel("C1")
        assert default
        assert default.id == project_id
        made = await Projects(tx).add("other", person=ANN)
        assert made
        assert await Projects(tx).add("other", person=ANN) is None
        await Projects(tx).bind(made.id, "C1", to=made.id, person=ANN)
        assert await Projects(tx).of_channel("C1") == made
        assert await Projects(tx).of_channel("C2") == default
        assert await Projects(tx).bound("C2") is None
        await Projects(tx).bind(made.id, "C1", to=None, person=ANN)
        assert await Projects(tx).of_channel("C1") == default


async def test_a_binding_by_another_process_holds_at_once(
    url: str, store: Store, clock: Clock, project_id: int
) -> None:
    async with store.reading(HERE) as tx:
        assert (await Projects(tx).of_channel("C1")) == await Projects(tx).default()
    async with open_database(url) as other, Store(other, clock).writing(HERE) as tx:
        made = await Projects(tx).add("other", person=BEN)
        assert made
        await Projects(tx).bind(made.id, "C1", to=made.id, person=BEN)
    async with store.reading(HERE) as tx:
        assert await Projects(tx).of_channel("C1") == made


async def test_a_question_is_answered_once_by_whom_it_was_put_to_within_ten_minutes(
    store: Store, project_id: int, clock: Clock
) -> None:
    change = ChangeLabels("A", "B", merge=True)
    async with store.writing(HERE) as tx:
        one = await Confirmations(tx).put(project_id, ANN, change)
        assert await Confirmations(tx).take(project_id, BEN, one, ChangeLabels) is None
        assert await Confirmations(tx).take(project_id, ANN, one, ChangeLabels) == change
        assert await Confirmations(tx).take(project_id, ANN, one, ChangeLabels) is None
        late = await Confirmations(tx).put(project_id, ANN, change)
        clock.move(minutes=10)
        assert await Confirmations(tx).take(project_id, ANN, late, ChangeLabels) is None


# --- decisions --------------------------------------------------------------------------------------------------


async def disputed(tx: Transaction, project_id: int, text: str = "one two") -> int:
    """A sentence that Ann and Ben finished differently."""
    (found,) = await add(tx, project_id, text)
    await annotate(tx, project_id, found, OLD)
    await annotate(tx, project_id, found, NEW, OTHER, person=BEN)
    return found.id


async def decide(tx: Transaction, project_id: int, sentence_id: int, index: int = 0) -> None:
    dispute = await Decisions(tx).dispute(project_id, sentence_id)
    assert dispute
    await Decisions(tx).decide(
        project_id,
        dispute.sentence,
        dispute.versions[index].spans,
        at_stake=phrases_at_stake(dispute),
        person=ANN,
    )


async def test_a_disagreement_waits_until_it_is_decided(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two = [await disputed(tx, project_id, text) for text in ("one two", "two one")]
        assert await Decisions(tx).waiting(project_id) == 2
        await decide(tx, project_id, one)
        assert await Decisions(tx).waiting(project_id) == 1
        following = await Decisions(tx).next(project_id)
        assert following
        assert following.sentence.id == two
        assert await Decisions(tx).next(project_id, after=two) is None
        assert await Decisions(tx).dispute(project_id, one) is None


async def test_what_a_reviewer_decided_is_gold(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        sentence_id = await disputed(tx, project_id)
        assert await Annotations(tx).gold(project_id) == ()
        assert (await Annotations(tx).counts(project_id)).disputed == 1
        await decide(tx, project_id, sentence_id, index=1)
        (gold,) = await Annotations(tx).gold(project_id)
        assert gold.spans == (NEW, OTHER)
        counts = await Annotations(tx).counts(project_id)
    assert (counts.finished, counts.disputed) == (1, 0)
    assert counts.spans_per_label == (("NEW", 1), ("OTHER", 1))


async def test_a_decision_holds_against_what_is_finished_later(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        sentence_id = await disputed(tx, project_id)
        await decide(tx, project_id, sentence_id)
        found = await Sentences(tx).get(project_id, sentence_id)
        assert found
        await annotate(tx, project_id, found, OTHER, person="U0CAS")
        (gold,) = await Annotations(tx).gold(project_id)
        assert gold.spans == (OLD,)
        assert await Decisions(tx).waiting(project_id) == 0


async def test_a_decision_is_renamed_with_its_labels(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "OLD", "OTHER")
        sentence_id = await disputed(tx, project_id)
        await decide(tx, project_id, sentence_id)
        merge = await Labels(tx).merge(project_id, "OLD", "OTHER", person=ANN)
        assert merge
        assert (await Annotations(tx).gold(project_id))[0].spans == (Span(0, 3, "OTHER"),)
        (precedent,) = await Precedents(tx).of_phrase(project_id, "ONE")
        assert precedent.label == "OTHER"
        await Labels(tx).split(project_id, merge, "OLD", "OTHER", description="", person=ANN)
        assert (await Annotations(tx).gold(project_id))[0].spans == (OLD,)


async def test_a_decision_is_taken_back_with_its_precedents(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        sentence_id = await disputed(tx, project_id)
        await decide(tx, project_id, sentence_id)
        event = (await History(tx).page(project_id, limit=1))[0]
        await Decisions(tx).revoke(project_id, sentence_id, person=ANN, undoes=event.id)
        assert await Decisions(tx).waiting(project_id) == 1
        assert await Precedents(tx).of_phrase(project_id, "one") == ()
        again = await History(tx).get(project_id, event.id)
        assert again
        assert again.undone


async def test_precedents_tell_the_label_or_that_there_was_none_and_why(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        sentence_id = await disputed(tx, project_id)
        await decide(tx, project_id, sentence_id)
        await Decisions(tx).note(project_id, ANN, "it is so")
        (one,) = await Precedents(tx).of_phrase(project_id, "One")
        (two,) = await Precedents(tx).of_phrase(project_id, "TWO")
        assert await Precedents(tx).of_phrase(project_id, "three") == ()
        text = "That one weighs a stone; 50 % of the TWO_ was two."
        words = tuple(match.span() for match in re.finditer(r"\w+|[^\w\s]", text))
        found = await Precedents(tx).in_sentence(project_id, Sentence(9, text, words))
        assert {each.phrase.lower() for each in found} == {"one", "two"}
        stone = Sentence(9, "A stone.", ((0, 1), (2, 7), (7, 8)))
        assert await Precedents(tx).in_sentence(project_id, stone) == ()
    assert (one.label, two.label) == ("OLD", None)
    assert (one.sentence_id, one.person, one.reason) == (sentence_id, ANN, "it is so")


# --- the record -------------------------------------------------------------------------------------------------


async def test_the_record_is_read_newest_first_in_pages(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "A", "B", "C")
        (one,) = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, OLD, person=BEN)
        first = await History(tx).page(project_id, limit=2)
        rest = await History(tx).page(project_id, limit=9, before=first[-1].id)
        mine = await History(tx).page(project_id, limit=9, person=BEN)
    assert [event.kind for event in first] == [StepKind.FINISHED, EventKind.LABEL_ADDED]
    assert [(event.detail or {})["name"] for event in rest] == ["B", "A"]
    assert [(event.text, event.after) for event in mine] == [
        ("one two", AnnotationState((OLD,), finished=True))
    ]


async def test_an_undo_by_another_says_who(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        (one,) = await add(tx, project_id, "one two")
        await annotate(tx, project_id, one, OLD)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step
        await Steps(tx).undo(project_id, step, request="r", by=BEN)
        undo, undone = await History(tx).page(project_id, limit=2)
    assert (undo.by, undo.person, undo.undoes, undone.undone) == (BEN, ANN, undone.id, True)


async def test_nothing_is_taken_back_twice(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await with_labels(tx, project_id, "A")
        first = await Labels(tx).rename(project_id, "A", "B", person=ANN)
        await Labels(tx).rename(project_id, "B", "A", person=ANN, undoes=first)
    with pytest.raises(StoreUnavailable):
        async with store.writing(HERE) as tx:
            await Labels(tx).rename(project_id, "A", "B", person=ANN, undoes=first)


async def test_people_are_counted_by_day_and_week(
    store: Store, project_id: int, clock: Clock
) -> None:
    week = clock.now
    async with store.writing(HERE) as tx:
        one, two, three = await add(tx, project_id, "one two", "two", "three")
        await annotate(tx, project_id, one, OLD)
        clock.move(days=1)
        today = clock.now
        await annotate(tx, project_id, two)
        await annotate(tx, project_id, two, person=BEN)
        await annotate(tx, project_id, three, finished=False)
        assert await Statistics(tx).finished_since(project_id, today, week) == (1, 2)
        people = await Statistics(tx).people(project_id, today=today, week=week)
        shared = by_sentence(await Statistics(tx).shared(project_id, limit=9, annotations=99))
    assert [(each.person, each.today, each.week, each.all) for each in people] == [
        (ANN, 1, 2, 2),
        (BEN, 1, 1, 1),
    ]
    assert [sorted(sentence.by_person) for sentence in shared] == [[ANN, BEN]]


@pytest.mark.parametrize(("helped", "blind"), [((), True), ((ANN,), True), ((ANN, BEN), False)])
async def test_a_shared_sentence_is_blind_unless_two_people_were_shown_suggestions(
    store: Store, project_id: int, helped: tuple[str, ...], blind: bool
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        for person in (ANN, BEN):
            await annotate(tx, project_id, one, person=person)
        for person in helped:
            await Shown(tx).note(project_id, person, one.id)
        [found] = by_sentence(await Statistics(tx).shared(project_id, limit=9, annotations=99))
    assert found.blind is blind


async def test_of_shared_sentences_the_newest_are_read_each_wholly(
    store: Store, project_id: int
) -> None:
    """The bound of annotations cuts no sentence in two."""
    async with store.writing(HERE) as tx:
        for sentence in await add(tx, project_id, "one", "two", "three"):
            for person in (ANN, BEN, "U0CAT"):
                await annotate(tx, project_id, sentence, person=person)
        found = {
            bound: len(
                by_sentence(await Statistics(tx).shared(project_id, limit=9, annotations=bound))
            )
            for bound in (2, 3, 5, 6, 9)
        }
    assert found == {2: 0, 3: 1, 5: 1, 6: 2, 9: 3}
