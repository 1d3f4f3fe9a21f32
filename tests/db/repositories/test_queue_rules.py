"""Whatever people do, and in whatever order: nobody gets what they answered, no sentence more people than it wants,
and nothing is forgotten."""

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.labelling.repositories import queue
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.rankings import Rankings
from bot.labelling.repositories.steps import Steps
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, LEASE, Clock, add

PEOPLE = (ANN, BEN, "U0CLEO", "U0DAN")
_WORKSPACES = itertools.count(1)

person = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["next", "next", "pass_over", "finish", "finish", "skip", "flag", "undo", "work"]),
            person,
        ),
        st.tuples(st.just("wait"), st.sampled_from([5, 20, 40])),
        st.tuples(st.just("add"), st.integers(1, 3)),
        st.tuples(st.just("want"), st.integers(1, 3)),
        st.tuples(st.just("rank"), st.integers(0, 5)),
    ),
    min_size=15,
    max_size=60,
)  # fmt: skip


@dataclass
class People:
    """What they did, as plain as can be: the queue is asked after each step whether it agrees."""

    tx: Transaction
    project_id: int
    clock: Clock
    wanted: int = 1
    sentences: dict[int, Sentence] = field(default_factory=dict)
    hands: dict[str, int] = field(default_factory=dict)
    cards: dict[tuple[int, str], Any] = field(default_factory=dict)
    """Since when a person has a sentence, or worked on it last."""
    works: int = 0
    finished: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    put_aside: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def do(self, what: str, argument: Any) -> None:
        does: dict[str, Callable[[Any], Coroutine[Any, Any, None]]] = {
            name: getattr(self, name)
            for name in (
                "next",
                "pass_over",
                "work_on",
                "finish",
                "undo",
                "wait",
                "add",
                "want",
                "rank",
            )
        }
        if what in {"skip", "flag"}:
            await self.set_aside(argument, what)
        else:
            await does["work_on" if what == "work" else what](argument)

    # what the queue has to hold

    def holders(self, sentence_id: int, but: str) -> set[str]:
        since = self.clock.now - timedelta(minutes=30)
        return {
            person
            for (held, person), taken in self.cards.items()
            if held == sentence_id and person != but and taken > since
        }

    def could_have(self, person: str) -> set[int]:
        """All that could come next to this person."""
        held = self.hands.get(person, 0)
        return {
            each
            for each in self.sentences
            if each != held
            and person not in self.finished[each] | self.put_aside[each]
            and len(self.finished[each] | self.holders(each, person)) < self.wanted
        }

    async def next(self, person: str) -> None:
        could_have = self.could_have(person)
        found = await Queue(self.tx).next(self.project_id, person)
        assert found.id in could_have if found else not could_have
        if found:
            self._has(person, found.id)

    def _has(self, person: str, number: int) -> None:
        """Of what waits no longer, nothing is held for anybody."""
        self.hands[person] = number
        if len(self.finished[number]) < self.wanted:
            self.cards[number, person] = self.clock.now

    def _forget_done(self) -> None:
        self.cards = {
            card: at for card, at in self.cards.items() if len(self.finished[card[0]]) < self.wanted
        }

    async def pass_over(self, person: str) -> None:
        """[Next] where there is another one."""
        before = self.hands.get(person)
        await self.next(person)
        if before and before != self.hands[person]:
            await Queue(self.tx).pass_over(self.project_id, person, before)
            self.cards.pop((before, person), None)

    async def check(self) -> None:
        for person in PEOPLE:
            waits = [
                each
                for each in self.sentences
                if len(self.finished[each]) < self.wanted
                and person not in self.finished[each] | self.put_aside[each]
            ]
            assert await Queue(self.tx).waiting(self.project_id, person) == len(waits)

    # what people do

    async def _step(self, person: str, kind: StepKind, after: AnnotationState) -> int | None:
        if person not in self.hands:
            return None
        number = self.hands[person]
        before = await Annotations(self.tx).of(self.sentences[number], person)
        if (before.spans, before.finished) == (after.spans, after.finished) and kind in {
            StepKind.FINISHED,
            StepKind.LABELLED,
        }:
            return None
        if kind in {StepKind.SKIPPED, StepKind.FLAGGED}:
            after = AnnotationState(before.spans, before.finished)
        elif (number, person) in self.cards:
            self.cards[number, person] = self.clock.now
        await Annotations(self.tx).change(self.project_id, before, kind, after, request="r")
        return number

    async def work_on(self, person: str) -> None:
        if self.hands.get(person, 0) in {i for i, by in self.finished.items() if person in by}:
            return
        self.works += 1
        spans = (Span(0, random.Random(self.works).randint(1, 4), "A"),)
        await self._step(person, StepKind.LABELLED, AnnotationState(spans))

    async def finish(self, person: str) -> None:
        number = await self._step(person, StepKind.FINISHED, AnnotationState(finished=True))
        if number is not None:
            self.finished[number].add(person)
            self.cards.pop((number, person), None)
            self._forget_done()

    async def set_aside(self, person: str, how: str) -> None:
        kind = StepKind.SKIPPED if how == "skip" else StepKind.FLAGGED
        number = await self._step(person, kind, AnnotationState())
        if number is not None:
            store = Queue(self.tx).skip if how == "skip" else Flags(self.tx).put
            await store(self.project_id, person, number)
            self.put_aside[number].add(person)
            self.cards.pop((number, person), None)
            del self.hands[person]

    async def undo(self, person: str) -> None:
        step = await Steps(self.tx).last_step(self.project_id, person)
        if step is None:
            return
        number = step.sentence_id
        await Steps(self.tx).undo(self.project_id, step, request="undo")
        if step.kind is StepKind.SKIPPED:
            await Queue(self.tx).unskip(self.project_id, person, number)
        if step.kind is StepKind.FLAGGED:
            await Flags(self.tx).remove(self.project_id, person, number)
        if step.kind in {StepKind.SKIPPED, StepKind.FLAGGED}:
            self.put_aside[number].discard(person)
        if step.kind is StepKind.FINISHED:
            self.finished[number].discard(person)
        await Queue(self.tx).take(self.project_id, person, number)
        self._has(person, number)

    async def wait(self, minutes: int) -> None:
        self.clock.move(minutes=minutes)

    async def add(self, number: int) -> None:
        texts = (f"text {len(self.sentences) + i}" for i in range(number))
        for sentence in await add(self.tx, self.project_id, *texts):
            self.sentences[sentence.id] = sentence

    async def want(self, number: int) -> None:
        self.wanted = number
        after = ProjectSettings(annotations_per_sentence=number)
        await Projects(self.tx).change_settings(self.project_id, after, person=ANN)
        self._forget_done()

    async def rank(self, seed: int) -> None:
        self.clock.move(minutes=1)
        job = await Rankings(self.tx).claim(self.project_id, owner="one", lease=LEASE)
        assert job is not None
        ids = [each.id for each in await Rankings(self.tx).sample(self.project_id, limit=99)]
        random.Random(seed).shuffle(ids)
        some = ids[: len(ids) - seed % 2]
        assert await Rankings(self.tx).place(self.project_id, job, some, owner="one", lease=LEASE)
        await Rankings(self.tx).let_go(self.project_id, owner="one")


@pytest.mark.parametrize("behind", [1, queue.BEHIND])
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=steps)
async def test_the_queue_gives_what_it_should_and_forgets_nothing(
    store: Store,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    behind: int,
    done: list[tuple[str, Any]],
) -> None:
    monkeypatch.setattr(queue, "BEHIND", behind)
    async with store.writing(f"T{next(_WORKSPACES)}") as tx:
        project = await Projects(tx).ensure_default()
        people = People(tx, project.id, clock)
        await people.add(4)
        for what, argument in done:
            await people.do(what, argument)
            await people.check()
        for each in PEOPLE:
            await people.next(each)
