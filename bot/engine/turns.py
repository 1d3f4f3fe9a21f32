"""Who is next at the model: people take turns, a few sentences each, however many one of them asked about."""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import Busy
from bot.operations.metrics import QUEUE
from ner_engine.annotation import Prediction

TURN_TEXTS = 4
"""The engine reads texts one by one: larger turns save nothing, and let all who waited go at the same moment."""
MOST_EACH, MOST_IN_ALL = 200, 1_000
"""Sentences that may wait: of one person, and of all of them."""
_FIRST_GUESS_SECONDS = 0.05
_WEIGHT = 0.1

Found = list[Prediction]


@dataclass(slots=True, eq=False)
class Turn:
    """A few texts of one person for one model."""

    model: Path
    texts: Sequence[str]
    answer: asyncio.Future[Found] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Turns:
    """Round robin between people; what is nobody's in particular is a person of its own."""

    def __init__(self, *, most_each: int = MOST_EACH, most_in_all: int = MOST_IN_ALL) -> None:
        self._most_each = most_each
        self._most_in_all = most_in_all
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()
        self._seconds = _FIRST_GUESS_SECONDS

    def __len__(self) -> int:
        return sum(map(self._texts_of, self._waiting))

    def _texts_of(self, person: str) -> int:
        return sum(len(turn.texts) for turn in self._waiting.get(person, ()))

    def add(self, person: str, model: Path, texts: Sequence[str]) -> list[Turn]:
        """Queue texts, split into turns; raises Busy where too many of a person's or of all wait already.

        What nobody asked for (no person) is our own and has its bounds elsewhere.
        """
        mine, all_of_them = self._texts_of(person), len(self)
        if person and (
            mine + len(texts) > self._most_each or all_of_them + len(texts) > self._most_in_all
        ):
            ahead = all_of_them if mine + len(texts) <= self._most_each else mine
            raise Busy(max(1, math.ceil(ahead * self._seconds)))
        turns = [
            Turn(model, texts[start : start + TURN_TEXTS])
            for start in range(0, len(texts), TURN_TEXTS)
        ]
        self._waiting.setdefault(person, deque()).extend(turns)
        QUEUE.set(len(self))
        return turns

    def take(self) -> list[Turn]:
        """The next turns, all for one model and of at most a turn's texts together; none where nobody waits."""
        batch: list[Turn] = []
        texts = 0
        for person in tuple(self._waiting):
            queue = self._waiting[person]
            while queue and queue[0].answer.done():  # whoever asked has gone
                queue.popleft()
            if queue and (not batch or queue[0].model == batch[0].model):
                if batch and texts + len(queue[0].texts) > TURN_TEXTS:
                    break
                turn = queue.popleft()
                batch.append(turn)
                texts += len(turn.texts)
                self._waiting.move_to_end(person)
            if not queue:
                del self._waiting[person]
        QUEUE.set(len(self))
        return batch

    def took(self, texts: int, seconds: float) -> None:
        """How long some texts took, for what is said to whoever is asked to wait."""
        self._seconds += _WEIGHT * (seconds / max(texts, 1) - self._seconds)

    def give_up(self) -> None:
        """Nobody is answered any more."""
        for queue in self._waiting.values():
            for turn in queue:
                turn.answer.cancel()
        self._waiting.clear()
