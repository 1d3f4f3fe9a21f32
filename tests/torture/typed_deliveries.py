"""What people type and press as a bad network delivers it: some twice, some late, and the bot is started anew.

A repeat is answered as before, and nothing at all is written by it: SQLite says so.
"""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot.db.database import Store
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.editor.commands import Boxes
from bot.editor.service import Editor, Saved
from bot.engine.ports import Engine
from bot.errors import PersonError
from bot.home.service import Home
from bot.labelling import commands as said
from bot.labelling.service import Labelling
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import Card, Question
from bot.labelling.values.intents import MarkedSentence
from bot.projects import projects, roles
from bot.projects.commands import ChangeSettings, GiveRole, NewProject, UseProject
from bot.projects.use_cases import UseCases, writes
from bot.team import deletions, flags, history, labels, review
from bot.team.commands import AddLabel, ChangeLabels, Confirm, Decline, DescribeLabel
from bot.team.values.deletions import ConfirmDelete, Delete, Kind
from bot.team.values.flags import SettleFlags
from bot.team.values.history import UndoStep
from bot.team.values.review import NoteDecision, ReviewMyself, TakeVersion, Version
from ner_engine.annotation import Span
from tests.support.opening import open_database
from tests.support.states_world import Words
from tests.torture.soundness import broken, of_requests

PEOPLE, CHANNELS = ("U0ANN", "U0BEN", "U0CEM"), ("C0ONE", "C0TWO")
PHRASES, NAMES = ("aspirin", "cough", "fever"), ("SYMPTOM", "SIGN", "DRUG", "DRUGS")
TEXTS = tuple(f"Patient {number} takes aspirin for a cough and fever." for number in range(12))
DUPLICATES, DELAYED, RESTARTS, LATE = 0.3, 0.05, 0.01, 40
AN_EXAMPLE = 1_000
"""Deliveries to one database, so that the thousandth costs what the first did."""

Do = Callable[["Bot", Caller], Awaitable[object]]


@dataclass
class Bot:
    """The use cases on an open database."""

    labelling: Labelling
    editor: Editor
    use_cases: UseCases
    home: Home

    @classmethod
    @asynccontextmanager
    async def open(cls, file: Path) -> AsyncIterator["Bot"]:
        def now() -> datetime:
            return datetime(2031, 5, 4, tzinfo=UTC)

        async with open_database(f"sqlite+aiosqlite:///{file}") as database:
            store, engine = Store(database, lambda: datetime.now(UTC)), cast("Engine", Words())
            suggestions, seeded = Suggestions(store, engine), asyncio.Event()
            seeded.set()
            yield cls(
                Labelling(store, engine, suggestions, seeded=seeded, today=now),
                Editor(store, suggestions, cast("Any", None), today=now),
                UseCases(store),
                Home(store, owners=frozenset()),
            )


OPENED = "open-"
"""How the requests begin by which an editor was opened: a press of its own."""


@dataclass
class Request:
    """One request of one person, and what it was first answered."""

    caller: Caller
    do: Do
    answer: object = None


@dataclass
class TypedDeliveries:
    """What was delivered so far to one database."""

    file: Path
    chance: random.Random
    sent: list[Request] = field(default_factory=list)
    held_back: list[Request] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)

    async def deliver(self, count: int) -> None:
        """So many deliveries, and then a quarter of the requests once more in another order."""
        done = 0
        while done < count:
            async with Bot.open(self.file) as bot:
                with closing(sqlite3.connect(self.file)) as watcher:
                    while done < count:
                        await self._one(bot, watcher, await self._next(bot))
                        done += 1
                        if self.chance.random() < RESTARTS:
                            self.told["restarts"] += 1
                            break
        async with Bot.open(self.file) as bot:
            with closing(sqlite3.connect(self.file)) as watcher:
                for request in self.chance.sample(self.sent, len(self.sent) // 4):
                    if request.answer is not None:
                        await self._one(bot, watcher, request)
        self._count()

    async def _next(self, bot: Bot) -> Request:
        if self.sent and self.chance.random() < DUPLICATES:
            return self.chance.choice(self.sent[-LATE:])
        if self.held_back and self.chance.random() < DELAYED:
            self.told["late"] += 1
            return self.held_back.pop(self.chance.randrange(len(self.held_back)))
        person, channel = self.chance.choice(PEOPLE), self.chance.choice(CHANNELS)
        caller = Caller("T1", channel, person, f"Ev{len(self.sent)}")
        request = Request(caller, await self._anything(bot, caller))
        self.sent.append(request)
        if len(self.sent) > LATE and self.chance.random() < DELAYED:
            self.held_back.append(request)
            return await self._next(bot)
        return request

    async def _one(self, bot: Bot, watcher: sqlite3.Connection, request: Request) -> None:
        before = _version(watcher)
        try:
            answer = await request.do(bot, request.caller)
        except PersonError:
            assert request.answer is None, f"{request.caller}: refused after it was answered"
            self.told["refused"] += 1
            return
        if request.answer is not None:
            self.told["repeated"] += 1
            assert _kept(answer) == _kept(request.answer), (
                f"{request.caller}: another answer: {answer} for {request.answer}"
            )
            assert _version(watcher) == before, f"{request.caller}: a repeat has written"
            return
        request.answer = answer
        if answer is None:
            self.looked.add(request.caller.request)
        self.told["answered" if answer else "to be looked at"] += 1
        told = getattr(answer, "answer", answer)
        offer = told.offer if isinstance(told, Question) else getattr(told, "offer", None)
        if offer:
            self.offers.append(offer)

    def _count(self) -> None:
        """No request has more than one effect, no answer is without one, and the counters are right."""
        callers = [request.caller.request for request in self.sent]
        made = of_requests(self.file, callers)
        twice = [
            request for request, times in made.items() if times > 1 and not self._many(request)
        ]
        assert twice == []
        assert not (wrong := broken(self.file)), wrong
        with closing(sqlite3.connect(self.file)) as database:
            rows = database.execute("SELECT request FROM receipt")
            kept = {request for (request,) in rows if not request.startswith(OPENED)}
        answered = {each.caller.request for each in self.sent if each.answer is not None}
        assert kept == answered | self.looked

    def _many(self, request: str) -> bool:
        """One step over several sentences is one step to the person."""
        with closing(sqlite3.connect(self.file)) as database:
            sentences = database.execute(
                "SELECT count(*), count(DISTINCT sentence_id) FROM event WHERE request = ?",
                (request,),
            ).fetchone()
        return bool(sentences[0] == sentences[1])

    async def _anything(self, bot: Bot, caller: Caller) -> Do:
        """One of everything that is typed or pressed, by somebody who saw some sentence."""
        kind = self.chance.choices(("label", "team", "edit"), (12, 6, 1))[0]
        if kind == "label":
            command = self._label()
            return lambda bot, caller: bot.labelling.handle(caller, command)
        if kind == "team":
            return self._team()
        try:
            pressed = replace(caller, request=f"{OPENED}{caller.request}")
            opened = await bot.editor.open_sentence(pressed, self._number())
        except PersonError:
            return lambda bot, caller: bot.labelling.handle(caller, said.NextSentence())
        return lambda bot, caller: _save(bot, caller, opened.draft.offer)

    def _number(self) -> int:
        return self.chance.randint(1, len(TEXTS))

    def _offer(self) -> str:
        return self.chance.choice(self.offers[-4:] or ["none"])

    def _label(self) -> said.LabelCommand:
        pick, number = self.chance.choice, self._number()
        text, phrase, name = pick(TEXTS), pick(PHRASES), pick(NAMES)
        at = text.index(phrase)
        return pick(
            (
                said.NextSentence(),
                said.LabelPhrase(name, phrase, sentence=text),
                said.LabelPhrase(name, phrase, sentence=text),
                said.LabelPhrase(name, phrase),
                said.LabelPhrase(name, phrase, everywhere=True),
                MarkedSentence(text, (Span(at, at + len(phrase), name),)),
                said.NoEntities(number),
                said.Finish(number),
                said.Skip(number),
                said.FlagSentence(number, pick(("why", ""))),
                said.Undo(),
                said.Undo(number),
                said.OpenSentence(number),
                said.Choose(self._offer(), pick((0, 1))),
            )
        )

    def _team(self) -> Do:
        pick, number, offer = self.chance.choice, self._number(), self._offer()
        version = Version((Span(16, 23, pick(NAMES)),), ()).key
        old, new = self.chance.sample(NAMES, 2)
        if self.chance.random() < 0.05:
            project = self.chance.randint(1, 2)
            return lambda bot, caller: _choose(bot, caller, project)
        every: tuple[tuple[Any, Any], ...] = (
            (labels.add, AddLabel(new, "what it means")),
            (labels.describe, DescribeLabel(new, pick(("seen", "felt")))),
            (labels.ask, ChangeLabels(old, new, merge=pick((True, False)))),
            (labels.confirm, Confirm(offer)),
            (labels.decline, Decline(offer)),
            (deletions.ask, Delete(Kind.SENTENCE, number)),
            (deletions.ask, Delete(Kind.LABEL, name=old)),
            (deletions.confirm, ConfirmDelete(offer)),
            (history.undo, UndoStep(self.chance.randint(1, 400))),
            (review.take, TakeVersion(number, version)),
            (review.note, NoteDecision("it is a sign")),
            (review.label_myself, ReviewMyself(number)),
            (flags.settle, SettleFlags(number)),
            (projects.make, NewProject(pick(("other", "third")))),
            (projects.use, UseProject(pick(("default", "other")))),
            (projects.change, ChangeSettings(annotations_per_sentence=pick((1, 2, 3)))),
            (roles.give, GiveRole(pick(PEOPLE), pick((Role.REVIEWER, Role.OWNER)))),
        )
        work, command = pick(every)
        return lambda bot, caller: bot.use_cases.carry_out(writes(work), caller, command)


async def _save(bot: Bot, caller: Caller, draft: str) -> object:
    """None where the person has to look once more: nothing is saved then, and what is shown is as things are now."""
    saved = await bot.editor.save(caller, draft, Boxes())
    return saved.outcome if isinstance(saved, Saved) else None


async def _choose(bot: Bot, caller: Caller, project: int) -> str:
    await bot.home.choose(caller, project)
    return "chosen"


def _version(watcher: sqlite3.Connection) -> int:
    """A number that is another one once another connection has written."""
    return int(watcher.execute("PRAGMA data_version").fetchone()[0])


def _kept(answer: object) -> object:
    """What is kept of an answer: what helps with a card is looked up each time."""
    if not isinstance(answer, Card):
        return answer
    return replace(answer, guide=(), precedents=(), suggestion=None, blind=False)
