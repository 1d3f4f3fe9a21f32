"""First guesses on cards: when there are any, what they were taught, and what they are never taken for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select, update

from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences
from bot.db.tables.projects import project
from bot.db.tables.queue import shown as table
from bot.domain.project import Annotation, Gold, Label, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.engine.ports import Engine
from bot.erasure.repositories.erasures import Erasures
from bot.errors import EngineUnavailable
from bot.jobs.background import Background
from bot.labelling.first_guesses import FirstGuesses
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import Card, Suggestion
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Hint, Prediction, Span
from tests.support.opening import open_database, tables_in
from tests.support.patience import PATIENCE, patient

HERE, ANN, BEN = "T0HERE", "U0ANN", "U0BEN"
TEXT, TOKENS = "No pain here.", ((0, 2), (3, 7), (8, 12), (12, 13))


@dataclass
class Lessons:
    """An engine that guesses the second word, by the first label it was taught, and knows no phrases."""

    taught: list[tuple[tuple[str, ...], tuple[int, ...]]] = field(default_factory=list)
    is_gone: bool = False
    sure: float = 0.9
    asked: list[str] = field(default_factory=list)

    async def teach(
        self,
        _project: int,
        labels: Sequence[Label],
        gold: Sequence[Gold],
        _texts: Sequence[str],
        *,
        language: str = "en",
    ) -> None:
        assert language == "en"
        names = tuple(f"{label.name} {label.description}".strip() for label in labels)
        self.taught.append((names, tuple(each.sentence.id for each in gold)))
        self.is_gone = False
        self.asked.append("lesson")

    async def guess(self, _project: int, texts: Sequence[str]) -> list[Prediction]:
        self.asked.append("guess")
        if self.is_gone:
            raise EngineUnavailable("gone")
        label = self.taught[-1][0][0].split()[0]
        return [Prediction((Span(3, 7, label),), (self.sure,)) for _ in texts]

    async def hints(self, *_: object) -> tuple[Hint, ...]:
        if self.is_gone:
            raise EngineUnavailable("gone")
        return (Hint(Span(8, 12, "SYMPTOM"), 0.3),)

    async def recall(self, *_: object) -> list[Prediction]:
        return [Prediction()]


class Bench:
    """A project on SQLite, and what puts suggestions on its cards."""

    def __init__(self, database: Database, background: Background) -> None:
        self.store = Store(database, lambda: datetime(2031, 5, 4, tzinfo=UTC))
        self.lessons, self.background = Lessons(), background
        self.project_id = 0
        self.start_anew()

    def start_anew(self) -> None:
        guesses = FirstGuesses(self.store, self.lessons, self.background)
        engine = cast("Engine", self.lessons)
        self.suggestions = Suggestions(self.store, engine, None, guesses, patience=0.8 * PATIENCE)

    async def describe(self, name: str = "SYMPTOM", means: str = "what hurts") -> None:
        async with self.store.writing(HERE) as tx:
            self.project_id = (await Projects(tx).ensure_default()).id
            if not await Labels(tx).add(self.project_id, name, person=ANN, description=means):
                await Labels(tx).describe(self.project_id, name, means, person=ANN)

    async def add(self, text: str = TEXT) -> Sentence:
        async with self.store.writing(HERE) as tx:
            found, _ = await Sentences(tx).add(
                self.project_id, text, TOKENS, person=ANN, source="test"
            )
        return found

    async def finish(self, count: int, *, first: int = 0) -> list[Sentence]:
        numbers = range(first, first + count)
        sentences = [await self.add(f"No pain at {number}.") for number in numbers]
        for sentence in sentences:
            after = AnnotationState((Span(3, 7, "SYMPTOM"),), finished=True)
            async with self.store.writing(HERE) as tx:
                annotation = Annotation(sentence, ANN)
                await Annotations(tx).change(
                    self.project_id, annotation, StepKind.FINISHED, after, request=str(sentence.id)
                )
        return sentences

    async def suggested(self, sentence: Sentence, person: str = ANN) -> Suggestion | None:
        """On the card of a sentence, phrases to point at apart; then wait until what it began is over."""
        card = Card(Annotation(sentence, person))
        found = await self.suggestions.with_suggestion(HERE, self.project_id, card)
        if self.background._tasks:
            await asyncio.wait(self.background._tasks)
        suggestion = found.suggestion
        return suggestion if suggestion is not None and suggestion.spans else None

    async def settled(self, sentence: Sentence, person: str = ANN) -> Suggestion | None:
        """On the card after what was to be taught is taught."""
        await self.suggested(sentence, person)
        return await self.suggested(sentence, person)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with (
        open_database(tables_in(tmp_path)) as database,
        Background(grace=patient(5)) as background,
    ):
        made = Bench(database, background)
        await made.describe()
        yield made


async def test_the_first_card_goes_without_and_the_next_has_guesses_by_meaning(
    bench: Bench,
) -> None:
    """Nobody waits for a lesson; what comes of it is marked, without a number of how sure it is."""
    sentence = await bench.add()
    assert await bench.suggested(sentence) is None
    found = await bench.suggested(sentence)
    assert found is not None
    assert (found.model, found.guessed_from) == (None, 0)
    assert (found.spans, found.confidences) == ((Span(3, 7, "SYMPTOM"),), (None,))


async def test_a_label_without_a_meaning_guesses_nothing(bench: Bench) -> None:
    await bench.describe(means="")
    assert await bench.settled(await bench.add()) is None
    assert bench.lessons.taught == []


async def test_it_is_taught_anew_after_three_and_five_finished_sentences(bench: Bench) -> None:
    sentence, lessons = await bench.add(), []
    for first, more in ((0, 3), (3, 1), (4, 1), (5, 0)):
        found = await bench.settled(sentence)
        assert found is not None
        lessons.append(found.guessed_from)
        await bench.finish(more, first=first)
    assert lessons == [0, 3, 3, 5]


async def test_who_is_asked_a_second_time_gets_no_guess_from_the_first_answer(
    bench: Bench,
) -> None:
    first, *_ = await bench.finish(3)
    assert await bench.settled(await bench.add()) is not None
    assert await bench.suggested(first, BEN) is None


async def test_a_forgotten_sentence_is_no_longer_taught(bench: Bench) -> None:
    """From the first card on nothing guesses by it."""
    *_, gone = await bench.finish(4)
    sentence = await bench.add()
    assert await bench.settled(sentence) is not None
    async with bench.store.writing(HERE) as tx:
        await Erasures(tx).sentences(bench.project_id, (gone.id,))
    assert await bench.suggested(sentence) is None
    assert await bench.suggested(sentence) is not None
    assert gone.id not in bench.lessons.taught[-1][1]


async def test_a_renamed_label_guesses_under_its_new_name(bench: Bench) -> None:
    sentence = await bench.add()
    await bench.settled(sentence)
    async with bench.store.writing(HERE) as tx:
        await Labels(tx).rename(bench.project_id, "SYMPTOM", "COMPLAINT", person=ANN)
    assert await bench.suggested(sentence) is None
    found = await bench.suggested(sentence)
    assert found is not None
    assert found.spans == (Span(3, 7, "COMPLAINT"),)


async def test_after_a_restart_it_is_taught_at_the_first_card(bench: Bench) -> None:
    sentence = await bench.add()
    await bench.settled(sentence)
    bench.start_anew()
    assert await bench.settled(sentence) is not None
    assert len(bench.lessons.taught) == 2


async def test_a_process_that_died_is_taught_again(bench: Bench) -> None:
    """The card that finds it gone comes without guesses."""
    sentence = await bench.add()
    await bench.settled(sentence)
    bench.lessons.is_gone = True
    assert await bench.suggested(sentence) is None
    assert await bench.settled(sentence) is not None


class Model(Lessons):
    """A live model that finds the second word."""

    async def predict(self, _project: int, _version: int, texts: Sequence[str]) -> list[Prediction]:
        return [Prediction((Span(3, 7, "SYMPTOM"),), (0.97,)) for _ in texts]


@pytest.mark.parametrize("finished", [True, False])
async def test_a_second_opinion_is_blind_whoever_could_suggest_something(
    bench: Bench, finished: bool
) -> None:
    """Neither the live model nor guesses nor remembered phrases: all of them may know the first one's labels."""
    sentence = await bench.add()
    async with bench.store.writing(HERE) as tx:
        after = AnnotationState((Span(3, 7, "SYMPTOM"),), finished=finished)
        await Annotations(tx).change(
            bench.project_id, Annotation(sentence, ANN), StepKind.LABELLED, after, request="1"
        )
    for version in (None, 1):
        suggestions = await with_live_model(bench, version)
        card = Card(Annotation(sentence, BEN))
        shown = await suggestions.with_suggestion(HERE, bench.project_id, card)
        assert (shown.suggestion, shown.blind) == (None, True)


async def test_a_sentence_nobody_else_labelled_gets_its_suggestion_and_that_is_noted(
    bench: Bench,
) -> None:
    sentence = await bench.add()
    suggestions = await with_live_model(bench, 1)
    shown = await suggestions.with_suggestion(
        HERE, bench.project_id, Card(Annotation(sentence, ANN))
    )
    assert shown.suggestion is not None
    assert not shown.blind
    async with bench.store.reading(HERE) as tx:
        noted = (await tx.connection.execute(select(table.c.person))).scalars().all()
    assert noted == [ANN]


async def with_live_model(bench: Bench, version: int | None) -> Suggestions:
    async with bench.store.writing(HERE) as tx:
        await tx.connection.execute(update(project).values(live_version=version))
    return Suggestions(bench.store, cast("Engine", Model()))


async def pointed_at(bench: Bench, sentence: Sentence) -> Suggestion:
    await bench.suggested(sentence)
    shown = await bench.suggestions.with_suggestion(
        HERE, bench.project_id, Card(Annotation(sentence, ANN))
    )
    assert shown.suggestion is not None
    return shown.suggestion


async def test_a_guess_that_is_rather_wrong_is_offered_and_not_marked(bench: Bench) -> None:
    bench.lessons.sure = 0.4
    found = await pointed_at(bench, await bench.add())
    assert (found.spans, found.guessed_from) == ((), 0)
    assert Span(8, 12, "SYMPTOM") in found.offered


async def test_where_the_engine_has_no_hints_what_looks_like_a_name_is_offered(
    bench: Bench,
) -> None:
    sentence = await bench.add("A patient with Wegener disease.")
    bench.lessons.hints = nothing  # type: ignore[method-assign]
    found = await pointed_at(bench, sentence)
    assert found.offered


async def nothing(*_: object) -> tuple[Hint, ...]:
    raise EngineUnavailable("busy")


async def test_whoever_sees_hints_alone_was_shown_a_suggestion(bench: Bench) -> None:
    """Agreement is told of people who saw none: a phrase under its likeliest label is one."""
    bench.lessons.sure = 0.1
    await pointed_at(bench, await bench.add())
    async with bench.store.reading(HERE) as tx:
        noted = (await tx.connection.execute(select(table.c.person))).scalars().all()
    assert noted == [ANN]


async def test_a_second_annotation_has_no_phrases_to_point_at(bench: Bench) -> None:
    sentence = await bench.add()
    after = AnnotationState((Span(3, 7, "SYMPTOM"),), finished=True)
    async with bench.store.writing(HERE) as tx:
        mine = Annotation(sentence, BEN)
        await Annotations(tx).change(
            bench.project_id, mine, StepKind.FINISHED, after, request="Ev1"
        )
    await bench.suggested(sentence)
    shown = await bench.suggestions.with_suggestion(
        HERE, bench.project_id, Card(Annotation(sentence, ANN))
    )
    assert (shown.suggestion, shown.blind) == (None, True)


async def test_a_card_has_its_guesses_before_the_next_lesson_begins(bench: Bench) -> None:
    """A lesson takes seconds in which nothing guesses: the card after the third sentence would go without."""
    sentence = await bench.add()
    await bench.settled(sentence)
    await bench.finish(3)
    bench.lessons.asked.clear()
    assert await bench.suggested(sentence) is not None
    assert bench.lessons.asked == ["guess", "lesson"]
