"""The use cases as a state machine: Hypothesis does what people do, and a plain model says what must stand then."""

from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.domain.project import Caller
from bot.errors import NothingToDo
from bot.labelling.commands import (
    Choose,
    Finish,
    FlagSentence,
    LabelCommand,
    LabelPhrase,
    NextSentence,
    NoEntities,
    Skip,
    Undo,
)
from bot.labelling.values.cards import Card, Outcome, Question, QueueEmpty
from bot.labelling.values.intents import MarkedSentence
from bot.projects import projects
from bot.projects.commands import ChangeSettings, NewProject, UseProject
from bot.projects.use_cases import writes
from bot.team import history, labels, review
from bot.team.commands import ChangeLabels, Confirm
from bot.team.values.history import UndoStep
from bot.team.values.review import TakeVersion, Version
from ner_engine.annotation import Span
from tests.support.states_compared import compare, lasting
from tests.support.states_model import ProjectModel
from tests.support.states_world import World

PEOPLE = ("U0ANN", "U0BEN", "U0CEM")
OWNER = PEOPLE[0]
CHANNELS = ("C0ONE", "C0TWO")
PROJECTS = ("default", "other")
PHRASES = ("aspirin", "cough", "fever")
TEXTS = tuple(f"Patient {number} takes aspirin for a cough and fever." for number in range(4))
NAMES = ("SYMPTOM", "MEDICATION", "ANATOMY", "QUANTITY", "LABORATORY")

a_person = st.sampled_from(PEOPLE)
a_channel = st.sampled_from(CHANNELS)
a_text = st.sampled_from(TEXTS)
a_name = st.sampled_from(NAMES)
a_phrase = st.sampled_from(PHRASES)
a_number = st.integers(0, len(TEXTS) - 1)
a_marking = st.dictionaries(a_phrase, a_name)


class People(RuleBasedStateMachine):
    """What people do over /label and /nerbot, in any order."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.world.examples += 1
        self.workspace = f"T{self.world.examples:06}{self.world.requests}"
        self.projects = dict.fromkeys(PROJECTS[:1], ProjectModel())
        self.ids: dict[str, int] = {}
        self.bound = dict.fromkeys(CHANNELS, PROJECTS[0])
        self.decisions: dict[tuple[str, int], int] = {}
        self.last: tuple[Caller, LabelCommand, Outcome] | None = None
        # The first who comes is the owner.
        self.ids["default"] = self.asks(
            CHANNELS[0], projects.change, ChangeSettings(random_share=0.5)
        ).answer.project.id

    def caller(self, person: str, channel: str) -> Caller:
        self.world.steps += 1
        self.world.requests += 1
        self.world.clock.move(seconds=7)
        return Caller(self.workspace, channel, person, f"request {self.world.requests}")

    def says(self, person: str, channel: str, command: LabelCommand) -> Outcome | None:
        """What comes of a command of /label; None where it is refused in words."""
        caller = self.caller(person, channel)
        try:
            outcome = self.world.run(self.world.labelling.handle(caller, command))
        except NothingToDo:
            self.world.refused += 1
            return None
        self.last = (caller, command, outcome)
        return outcome

    def asks(self, channel: str, work: Callable[..., Awaitable[Any]], command: Any) -> Any:
        """What comes of a command of /nerbot that the owner gives."""
        caller = self.caller(OWNER, channel)
        return self.world.run(self.world.use_cases.carry_out(writes(work), caller, command))

    def of(self, channel: str) -> ProjectModel:
        return self.projects[self.bound[channel]]

    def number(self, model: ProjectModel, text: str, outcome: Outcome | None) -> tuple[int, bool]:
        """The sentence of a text, which the outcome names where it is new, and whether it is."""
        for each, known in model.texts.items():
            if known == text:
                return each, False
        assert isinstance(outcome, Card), outcome
        assert outcome.new_sentence
        assert outcome.annotation.sentence.text == text
        model.texts[outcome.annotation.sentence.id] = text
        return outcome.annotation.sentence.id, True

    # what people do to sentences

    @rule(
        person=a_person,
        channel=a_channel,
        text=a_text,
        phrase=a_phrase,
        name=a_name,
        replace=st.booleans(),
    )
    def label(
        self, person: str, channel: str, text: str, phrase: str, name: str, replace: bool
    ) -> None:
        model = self.of(channel)
        start = text.index(phrase)
        outcome = self.says(person, channel, LabelPhrase(name, phrase, sentence=text))
        here, is_new = self.number(model, text, outcome)
        marks, finished = model.of(here, person)
        there = {mark for mark in marks if mark[0] == start}
        if there and {model.name(mark[2]) for mark in there} == {name}:
            assert isinstance(outcome, Card)
            assert outcome.already
            return
        if there:
            assert isinstance(outcome, Question), outcome
            self.says(person, channel, Choose(outcome.offer, 0 if replace else 1))
            if not replace:
                return
        made = frozenset({name} - set(model.labels.values()))
        added = (start, start + len(phrase), model.label(name))
        after = ((marks - there) | {added}, finished)
        model.brings(person, "labelled", here, after, made=made, added=is_new)

    @rule(person=a_person, channel=a_channel, text=a_text, marking=a_marking)
    def mark_a_whole_sentence(
        self, person: str, channel: str, text: str, marking: dict[str, str]
    ) -> None:
        model = self.of(channel)
        at = {each: text.index(each) for each in sorted(marking)}
        spans = sorted(Span(at[each], at[each] + len(each), marking[each]) for each in at)
        outcome = self.says(person, channel, MarkedSentence(text, tuple(spans)))
        here, is_new = self.number(model, text, outcome)
        made = frozenset(marking.values()) - set(model.labels.values())
        marks = frozenset((span.start, span.end, model.label(span.label)) for span in spans)
        kind = "finished" if spans else "no_entities"
        model.brings(person, kind, here, (marks, True), made=made, added=is_new)

    def pressed(self, channel: str, number: int) -> int | None:
        there = sorted(self.of(channel).texts)
        return there[number % len(there)] if there else None

    @rule(person=a_person, channel=a_channel, number=a_number)
    def finish(self, person: str, channel: str, number: int) -> None:
        model, here = self.of(channel), self.pressed(channel, number)
        if here is None:
            return
        marks, finished = model.of(here, person)
        outcome = self.says(person, channel, Finish(here))
        assert (outcome is None) == (not marks and not finished)
        if outcome is not None:
            model.brings(person, "finished", here, (marks, True))

    @rule(person=a_person, channel=a_channel, number=a_number)
    def press_no_entities(self, person: str, channel: str, number: int) -> None:
        model, here = self.of(channel), self.pressed(channel, number)
        if here is None:
            return
        marks, finished = model.of(here, person)
        outcome = self.says(person, channel, NoEntities(here))
        assert (outcome is None) == bool(marks and not finished)
        if not marks and not finished:
            model.brings(person, "no_entities", here, (frozenset(), True))

    @rule(person=a_person, channel=a_channel, number=a_number)
    def press_skip(self, person: str, channel: str, number: int) -> None:
        model, here = self.of(channel), self.pressed(channel, number)
        if here is None:
            return
        self.says(person, channel, Skip(here))
        if not model.of(here, person)[1]:
            model.does(person, "skipped", here, model.of(here, person))
            model.skips.add((here, person))

    @rule(person=a_person, channel=a_channel, number=a_number)
    def press_flag(self, person: str, channel: str, number: int) -> None:
        model, here = self.of(channel), self.pressed(channel, number)
        if here is None:
            return
        self.says(person, channel, FlagSentence(here, "why"))
        model.does(person, "flagged", here, model.of(here, person))
        model.flags.add((here, person))

    @rule(person=a_person, channel=a_channel, number=st.none() | a_number)
    def undo(self, person: str, channel: str, number: int | None) -> None:
        here = None if number is None else self.pressed(channel, number)
        outcome = self.says(person, channel, Undo(here))
        step = self.of(channel).undo(person, here)
        assert (outcome is None) == (step is None)

    @rule(person=a_person, channel=a_channel)
    def ask_for_the_next(self, person: str, channel: str) -> None:
        model = self.of(channel)
        outcome = self.says(person, channel, NextSentence())
        if isinstance(outcome, QueueEmpty):
            assert outcome.finished == model.counts().finished
            return
        assert isinstance(outcome, Card)
        here = outcome.annotation.sentence.id
        assert model.texts[here] == outcome.annotation.sentence.text
        begun, finished = model.of(here, person)[:2]
        assert not finished
        # What she has on hand is shown again, even a sentence that enough others had finished when she labelled in it.
        assert model.waits(here) or begun or model.waiting(person) == 0

    @precondition(lambda self: self.last is not None)
    @rule()
    def deliver_again(self) -> None:
        """A repeat changes nothing and gets the same answer."""
        assert self.last is not None
        caller, command, outcome = self.last
        again = self.world.run(self.world.labelling.handle(caller, command))
        assert lasting(again) == lasting(outcome)
        self.world.steps += 1

    @rule()
    def restart(self) -> None:
        self.world.steps += 1
        self.world.restarts += 1
        self.world.run(self.world.close())
        self.world.run(self.world.open())

    # what the owner does

    @rule(channel=a_channel, old=a_name, new=a_name)
    def rename_or_merge(self, channel: str, old: str, new: str) -> None:
        model = self.of(channel)
        there = set(model.labels.values())
        if old not in there or old == new:
            return
        change = ChangeLabels(old, new, merge=new in there)
        offer = self.asks(channel, labels.ask, change).answer.offer
        self.asks(channel, labels.confirm, Confirm(offer))
        (model.merge if change.merge else model.rename)(old, new)

    @rule(channel=a_channel, project=st.sampled_from(PROJECTS))
    def bind(self, channel: str, project: str) -> None:
        if project not in self.projects:
            self.asks(channel, projects.make, NewProject(project))
            self.projects[project] = ProjectModel()
        try:
            shown = self.asks(channel, projects.use, UseProject(project)).answer
        except NothingToDo:
            return
        self.ids[project] = shown.project.id
        self.bound[channel] = project

    @rule(channel=a_channel, wanted=st.integers(1, 3))
    def want(self, channel: str, wanted: int) -> None:
        model = self.of(channel)
        if wanted != model.wanted:
            self.asks(channel, projects.change, ChangeSettings(annotations_per_sentence=wanted))
            model.wanted = wanted

    @rule(channel=a_channel, number=a_number)
    def decide(self, channel: str, number: int) -> None:
        model = self.of(channel)
        disputed = model.disputed()
        if not disputed:
            return
        here = disputed[number % len(disputed)]
        versions = sorted(
            {model.of(here, each) for each in PEOPLE if model.of(here, each)[1]}, key=repr
        )
        marks = versions[number % len(versions)][0]
        spans = tuple(Span(*mark) for mark in model.named(marks))
        reply = self.asks(channel, review.take, TakeVersion(here, Version(spans, ()).key))
        assert reply.answer.decided.spans == spans
        model.decided[here] = marks
        self.decisions[self.bound[channel], here] = reply.undo

    @rule(channel=a_channel)
    def undo_a_decision(self, channel: str) -> None:
        model, project = self.of(channel), self.bound[channel]
        for here in sorted(model.decided):
            self.asks(channel, history.undo, UndoStep(self.decisions[project, here]))
            del model.decided[here]
            return

    @invariant()
    def the_database_says_the_same(self) -> None:
        if self.ids:
            self.world.run(compare(self.world.store, self.workspace, self.ids, self.projects))
