"""Looks at what the live model reads: draws sentences to be checked, and notices that the stream has changed."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from bot.db.database import Store
from bot.db.records.gold import read_gold
from bot.db.transaction import Transaction
from bot.domain.entities import EntityState
from bot.domain.events import NOBODY
from bot.domain.project import Gold
from bot.domain.roles import Role
from bot.health.drift import Drift, Message, unknown_in_training, unknown_share, words_of
from bot.health.repositories.draws import StreamDraws
from bot.health.repositories.drifts import KEPT, StreamDrifts
from bot.health.sampling import stratum_of
from bot.health.values import StreamChange, StreamState
from bot.operations.metrics import STREAM_CHANGES
from bot.projects.context import read_roles
from bot.watching.ports import Observed
from bot.watching.repositories.watches import Watches
from bot.watching.values import ReadSentence
from ner_engine.annotation import Span

_PROJECTS = 16
_WORDS = 3
"""A shorter sentence is not worth labelling."""

TellChange = Callable[[Transaction, int, int, str, StreamChange], Awaitable[None]]
"""Keeps a message about a project's alarm of this number to a person, in the transaction that notes the alarm."""

AskToCheck = Callable[[Transaction, int, int, str, int], Awaitable[None]]
"""Asks a person to check so many sentences of a project's draw of this number, in the transaction that closes it."""


@dataclass(frozen=True, slots=True)
class _Learned:
    """What a model has learned from, as far as a stream is compared with it."""

    model: int
    words: frozenset[str]
    unknown: tuple[float, ...]
    common: str | None


class Observer:
    """Looks at every sentence that the live model read."""

    def __init__(
        self,
        store: Store,
        *,
        workspace: str,
        tell: TellChange,
        ask: AskToCheck,
        owners: frozenset[str] = frozenset(),
        chance: random.Random | None = None,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._tell = tell
        self._ask = ask
        self._owners = owners
        self._chance = chance or random.Random()  # noqa: S311 - a draw, no secret
        self._learned: LRUCache[int, _Learned] = LRUCache(_PROJECTS)

    async def prepare(self, project_id: int, model: int) -> None:
        """Learn what the training sentences of a model have, unless that is known. What was finished since counts,
        too: the next training has it."""
        learned = self._learned.get(project_id)
        if learned is not None and learned.model == model:
            return
        async with self._store.reporting(self._workspace) as tx:
            gold = await read_gold(tx.connection, self._workspace, project_id)
        self._learned[project_id] = await asyncio.to_thread(_learned_of, model, gold)

    async def observe(
        self, tx: Transaction, project_id: int, model: int, observed: Sequence[Observed]
    ) -> None:
        """Take up what was read, in the transaction that keeps it."""
        for each in observed:
            await self._draw(tx, model, each)
        await self._test(tx, project_id, model, observed)

    async def _draw(self, tx: Transaction, model: int, each: Observed) -> None:
        for sentence in each.sentences:
            if sentence.number in each.hidden:
                continue
            mine = [found for found in each.found if found.sentence == sentence.number]
            pairs = [
                (Span(one.start, one.end, one.label), one.state is EntityState.OUT) for one in mine
            ]
            over = await StreamDraws(tx).pass_by(
                each.message.project_id,
                model,
                stratum_of(found=len(pairs), asked=sum(not out for _, out in pairs)),
                sentence.text,
                sentence.tokens,
                pairs,
                chance=self._chance,
            )
            if over is not None:
                await self._have_checked(tx, each.message.project_id, over)

    async def _have_checked(self, tx: Transaction, project_id: int, draw: int) -> None:
        """Ask for what a week has drawn to be checked."""
        waiting = await StreamDraws(tx).waiting(project_id)
        for person in await self._people(tx, project_id) if waiting else ():
            await self._ask(tx, project_id, draw, person, waiting)

    async def _test(
        self, tx: Transaction, project_id: int, model: int, observed: Sequence[Observed]
    ) -> None:
        """Add a sentence of each message to the test, and tell of a change."""
        learned = self._learned.get(project_id)
        picked = [
            (each, self._chance.choice(each.sentences)) for each in observed if each.sentences
        ]
        if learned is None or learned.model != model or not picked:
            return  # a model that stands in for the live one, or nothing to look at
        drifts = StreamDrifts(tx)
        state = await drifts.get(project_id)
        if state is None or state.model != model:
            await drifts.drop(project_id)
            alarms = 0 if state is None else state.alarms
            state = StreamState(model, Drift.against(learned.unknown, learned.common), alarms)
        for each, sentence in picked:
            state.drift.add(
                _message(each, sentence, learned), self._chance, channel=each.message.channel
            )
            worth_it = len(sentence.tokens) >= _WORDS and sentence.number not in each.hidden
            if worth_it and self._is_wanted(tx, state):
                place = state.drift.messages
                await drifts.keep(project_id, place, sentence.text, sentence.tokens)
            if state.drift.has_changed:
                state = await self._notice(tx, project_id, state)
        if not self._is_wanted(tx, state):
            await drifts.drop(project_id)
        await drifts.put(project_id, state)

    def _is_wanted(self, tx: Transaction, state: StreamState) -> bool:
        """Whether sentences are kept: where a change is likely, or was told and nothing followed yet."""
        if state.drift.is_suspicious:
            return True
        told = state.noticed_at
        return told is not None and state.queued_at is None and tx.clock() - told < KEPT

    async def _notice(self, tx: Transaction, project_id: int, state: StreamState) -> StreamState:
        """Tell of a change; from now on the stream as it is now is what the next messages are compared with."""
        change = _change_of(state)
        STREAM_CHANGES.inc()
        alarm = state.alarms + 1
        for person in await self._people(tx, project_id):
            await self._tell(tx, project_id, alarm, person, change)
        return StreamState(
            state.model, Drift(common=state.drift.common), alarm, change, noticed_at=tx.clock()
        )

    async def _people(self, tx: Transaction, project_id: int) -> Sequence[str]:
        """Whoever set the watches up; the owners where nobody is known for them any more."""
        people = {watch.person for watch in await Watches(tx).of(project_id)} - {NOBODY}
        if people:
            return sorted(people)
        roles = await read_roles(tx, self._owners)
        return [person for person, role in roles.items() if role is Role.OWNER]


def _learned_of(model: int, gold: Sequence[Gold]) -> _Learned:
    words = [words_of(each.sentence.text, each.sentence.tokens) for each in gold]
    labels = Counter(span.label for each in gold for span in each.spans)
    common = max(sorted(labels), key=lambda label: labels[label], default=None)
    known = frozenset(word for each in words for word in each)
    return _Learned(model, known, tuple(unknown_in_training(words)), common)


def _message(each: Observed, sentence: ReadSentence, learned: _Learned) -> Message:
    words = words_of(sentence.text, sentence.tokens)
    found = [one for one in each.found if one.sentence == sentence.number]
    return Message(
        unknown_share(words, learned.words) if learned.words else None,
        min((one.score for one in found if one.score is not None), default=None),
        10 * len(found) / max(len(words), 1),
        tuple(one.label for one in found),
    )


def _change_of(state: StreamState) -> StreamChange:
    drift = state.drift
    is_first = state.change is None
    return StreamChange(
        drift.what,
        drift.changed.usual,
        drift.changed.now,
        drift.channel,
        drift.common if drift.what == "labels" else None,
        is_of_training=is_first and drift.what == "vocabulary",
        messages=drift.messages,
    )
