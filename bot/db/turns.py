"""Who writes when in a workspace. SQLite has one writer in any case; on PostgreSQL advisory locks say it.

Most requests write alone in their workspace: what they read stays true until they have written. A request that does
little, and always the same, writes *beside* others of its kind: it waits for the same person's requests and for who
works on the same sentence, and puts off what has to be in order in the whole workspace (the numbers of events, the
sums of a project) to its end, where it takes two statements and the COMMIT instead of all of them.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.row_security import setting_of, showing
from bot.errors import NerbotError


class Contended(NerbotError):
    """What is asked cannot be done beside others. Nothing of it is kept; it is done again, alone."""


def _number(name: str) -> Any:
    return bindparam(name, type_=BigInteger)


# What opens its rows (see `row_security`) goes with them, so that it is no statement of its own.
_SHOWING = showing(bindparam("shown", type_=String))
_ALONE = select(func.pg_advisory_xact_lock(_number("workspace")), _SHOWING)
# From left to right: whoever waits for the person's turn keeps nobody else out who writes beside.
_BESIDE = select(
    func.pg_advisory_xact_lock_shared(_number("workspace")),
    func.pg_advisory_xact_lock(_number("person")),
    _SHOWING,
)
_SENTENCE = select(func.pg_advisory_xact_lock(_number("sentence")))


async def write_alone(connection: AsyncConnection, workspace: str) -> None:
    """Wait until nobody else writes in the workspace; until the transaction ends nobody will."""
    if _is_server(connection):
        shown = setting_of((workspace,))
        await connection.execute(_ALONE, {"workspace": turn(workspace), "shown": shown})


async def write_beside(connection: AsyncConnection, workspace: str, person: str) -> None:
    """Wait until nobody writes alone in the workspace, nor another request of this person beside."""
    if _is_server(connection):
        numbers = {"workspace": turn(workspace), "person": turn(workspace, "person", person)}
        shown = setting_of((workspace,))
        await connection.execute(_BESIDE, {**numbers, "shown": shown})


def _is_server(connection: AsyncConnection) -> bool:
    return bool(connection.dialect.name == "postgresql")


def turn(*names: str) -> int:
    """The number of a workspace, or of something in it, among PostgreSQL's advisory locks: 64 bits of a hash,
    signed."""
    digest = hashlib.sha256(b"nerbot workspace " + "\0".join(names).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


@dataclass(frozen=True, slots=True)
class Finished:
    """That one more person has finished a sentence."""

    project_id: int
    sentence_id: int
    person: str
    waits_for_them: bool
    """Whether it could still have come to this person."""


@dataclass(slots=True)
class PutOff:
    """What a transaction that writes beside others writes at its end."""

    events: list[dict[str, Any]] = field(default_factory=list)
    """Values of the rows, without their ids and times."""
    sums: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    """By project, kind and name: how much more."""
    finished: Finished | None = None
    """Written last of all but the events: whoever finishes a sentence of the same project waits for it."""
    sentence: int | None = None
    """The one sentence it may change."""

    async def work_on(self, connection: AsyncConnection, workspace: str, sentence_id: int) -> None:
        """Wait until nobody else is at a sentence. One at a time: two who wait for each other's would wait for ever."""
        if self.sentence == sentence_id:
            return
        if self.sentence is not None:
            raise Contended
        self.sentence = sentence_id
        number = turn(workspace, "sentence", str(sentence_id))
        await connection.execute(_SENTENCE, {"sentence": number})
