"""Questions that wait for an answer, and answers that were given."""

import asyncio
from dataclasses import replace

import pytest

from bot.db.database import Store
from bot.db.records.idempotency import PRUNED_EVERY, IdempotencyRecords
from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.domain.project import Annotation, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.editor.commands import Draft, Several
from bot.errors import StoreUnavailable
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.values.cards import (
    OUTCOME,
    Card,
    Choice,
    Outcome,
    Question,
    QuestionKind,
    QueueEmpty,
    Suggestion,
)
from bot.labelling.values.intents import LabelIntent, MarkedSentence
from bot.recognition.values import Answer, AnsweredText
from ner_engine.annotation import Prediction, Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add

SENTENCE = Sentence(7, "Chest pain “at rest”", ((0, 5), (6, 10)))
SPAN = Span(0, 10, "SYMPTOM")
INTENT = LabelIntent("SYMPTOM", "chest pain", mentions=((0, 10),), replace=False)
QUESTION = Question(
    kind=QuestionKind.MENTIONS,
    intent=INTENT,
    choices=(Choice("all", INTENT), Choice("none", None)),
    sentence=SENTENCE,
    spans=(SPAN,),
)
MARKED = Question(
    kind=QuestionKind.LABEL,
    intent=MarkedSentence("Chest pain", (SPAN,)),
    choices=(Choice("yes", MarkedSentence("Chest pain", (SPAN,), labels_confirmed=True)),),
)
CARD = Card(
    annotation=Annotation(SENTENCE, ANN, (SPAN,), finished=True),
    step=StepKind.FINISHED,
    changed=(SPAN,),
    waiting=3,
)


SUGGESTION = Suggestion(7, (SPAN,), (0.5,), 3)
DRAFT = Draft(
    "Chest pain",
    ((0, 5), (6, 10)),
    7,
    (SPAN,),
    AnnotationState((SPAN,), finished=True),
    several=(Several("SYMPTOM", ((0, 5), (6, 10))),),
    notes=("Look.",),
)
ANSWER = Answer(
    None, (AnsweredText("Chest pain", ((0, 5),), Prediction((SPAN,), (None,)), 7, (SPAN,)),)
)


@pytest.mark.parametrize("offer", [QUESTION, SUGGESTION, DRAFT, ANSWER])
async def test_every_kind_of_offer_comes_back_as_it_was_put_and_changed(
    store: Store, project_id: int, offer: Question | Suggestion | Draft | Answer
) -> None:
    """What people were shown is kept to the letter; a change keeps the id and asks for the same person."""
    async with store.writing(HERE) as tx:
        put = await PendingActions(tx).put(project_id, ANN, offer)
        assert await PendingActions(tx).get(project_id, ANN, put.offer, type(put)) == put
        changed = replace(SUGGESTION, offer=put.offer)
        await PendingActions(tx).change(project_id, BEN, changed)
        assert await PendingActions(tx).get(project_id, ANN, put.offer, type(put)) == put
        await PendingActions(tx).change(project_id, ANN, changed)
        assert await PendingActions(tx).get(project_id, ANN, put.offer, type(changed)) == changed


@pytest.mark.parametrize("question", [QUESTION, MARKED])
async def test_a_question_comes_back_as_it_was_put(
    store: Store, project_id: int, question: Question
) -> None:
    async with store.writing(HERE) as tx:
        put = await PendingActions(tx).put(project_id, ANN, question)
    async with store.reading(HERE) as tx:
        assert await PendingActions(tx).get(project_id, ANN, put.offer, type(put)) == put
    assert (put.kind, put.intent, put.choices) == (
        question.kind,
        question.intent,
        question.choices,
    )


async def test_every_question_has_an_id_of_its_own_that_cannot_be_guessed(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        ids = {(await PendingActions(tx).put(project_id, ANN, QUESTION)).offer for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 16


async def test_a_question_is_for_the_person_it_was_put_to(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        put = await PendingActions(tx).put(project_id, ANN, QUESTION)
        assert await PendingActions(tx).get(project_id, BEN, put.offer, type(put)) is None


async def test_a_question_may_be_answered_for_a_day(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        put = await PendingActions(tx).put(project_id, ANN, QUESTION)
        clock.move(hours=23)
        assert await PendingActions(tx).get(project_id, ANN, put.offer, type(put)) == put
        clock.move(hours=2)
        assert await PendingActions(tx).get(project_id, ANN, put.offer, type(put)) is None


@pytest.mark.parametrize("outcome", [CARD, QUESTION, MARKED, QueueEmpty(finished=4, stale=2)])
async def test_a_repeated_request_gets_the_same_answer(store: Store, outcome: Outcome) -> None:
    async with store.writing(HERE) as tx:
        await IdempotencyRecords(tx).put("Ev1", outcome)
    async with store.reading(HERE) as tx:
        assert await IdempotencyRecords(tx).get("Ev1", OUTCOME) == outcome


async def test_a_request_never_seen_has_no_answer(store: Store) -> None:
    async with store.reading(HERE) as tx:
        assert await IdempotencyRecords(tx).get("Ev1", OUTCOME) is None


async def test_a_second_answer_to_one_request_takes_everything_with_it(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await IdempotencyRecords(tx).put("Ev1", CARD)
    with pytest.raises(StoreUnavailable):  # noqa: PT012 - the block is what is tested
        async with store.writing(HERE) as tx:
            await add(tx, project_id, "done twice")
            await IdempotencyRecords(tx).put("Ev1", CARD)
    async with store.reading(HERE) as tx:
        assert await Sentences(tx).find(project_id, "done twice") is None


async def test_a_request_delivered_many_times_at_once_has_one_effect(
    store: Store, project_id: int
) -> None:
    async def deliver(number: int) -> Outcome:
        async with store.writing(HERE) as tx:
            if (before := await IdempotencyRecords(tx).get("Ev1", OUTCOME)) is not None:
                return before
            await add(tx, project_id, f"effect {number}")
            await IdempotencyRecords(tx).put("Ev1", QueueEmpty(finished=number))
            return QueueEmpty(finished=number)

    assert len(set(await asyncio.gather(*map(deliver, range(10))))) == 1
    async with store.reading(HERE) as tx:
        assert len(await Phrases(tx).texts_with(project_id, ["effect"], limit=20)) == 1


async def test_receipts_are_kept_for_two_days_and_cleared_away_some_requests_later(
    store: Store, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await IdempotencyRecords(tx).put("old", CARD)
        clock.move(hours=2)
        await IdempotencyRecords(tx).put("young", CARD)
        clock.move(hours=47)
        for number in range(5 * PRUNED_EVERY):
            await IdempotencyRecords(tx).put(f"later {number}", QueueEmpty(finished=number))
        assert await IdempotencyRecords(tx).get("old", OUTCOME) is None
        assert await IdempotencyRecords(tx).get("young", OUTCOME) == CARD
