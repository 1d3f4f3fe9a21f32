"""The messages of watched channels: which there are, and which are still to be read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from bot.db.repository import Repository, by_key, here, in_project, inserts
from bot.db.tables.sentences import sentence
from bot.db.tables.watching import watch, watched_message, watched_sentence
from bot.domain.entities import digest_of
from bot.watching.values import (
    ChannelMessage,
    MessageState,
    ReadSentence,
    WaitingMessage,
    Watch,
)

CLAIM = timedelta(seconds=30)
"""How long one process may read a message before another one does."""

_message = watched_message.c
_GET = by_key(
    select(_message.id, _message.revision, _message.state).where(
        here(watched_message),
        _message.watch_id == bindparam("the_watch"),
        _message.ts == bindparam("the_ts"),
    )
)
_ADD = inserts(watched_message, lambda insert: insert.returning(_message.id))
_AGAIN = by_key(
    update(watched_message)
    .where(here(watched_message), _message.id == bindparam("the_id"))
    .values(
        revision=bindparam("new_revision"),
        state=bindparam("new_state"),
        claimed_until=None,
        attempts=0,
    )
)
_SENTENCE = inserts(watched_sentence, lambda insert: insert)
_FINISH = by_key(
    update(watched_message)
    .where(here(watched_message), _message.id == bindparam("the_id"))
    .values(
        state=bindparam("new_state"),
        model=bindparam("by_model"),
        entities=bindparam("had_entities"),
        text=bindparam("kept_text"),
        claimed_until=None,
        attempts=0,
        read_at=bindparam("now"),
    )
)
_FORGET_SENTENCES = by_key(
    delete(watched_sentence).where(
        here(watched_sentence), watched_sentence.c.message_id == bindparam("the_message")
    )
)
_NOW = by_key(
    select(_message.revision, _message.state).where(
        here(watched_message), _message.id == bindparam("the_id")
    )
)
_IS_WAITING = _message.state == MessageState.WAITING.value


class Messages(Repository):
    """The messages of watched channels."""

    __slots__ = ()

    async def receive(self, found: Watch, message: ChannelMessage) -> int | None:
        """Note what Slack tells of a message: its id where that is news, so that it is read or is gone; None where it
        is known already, or older than what is watched."""
        row = (await self.execute(_GET, the_watch=found.id, the_ts=message.ts)).first()
        if row is None:
            if message.ts < found.since:
                return None
            return await self._add(found, message)
        # What is gone stays so: the message itself may be delivered late.
        if row.state == MessageState.GONE.value:
            return None
        if not message.is_gone and message.revision <= row.revision:
            return None
        state = MessageState.GONE if message.is_gone else MessageState.WAITING
        revision = max(message.revision, row.revision)
        await self.execute(_AGAIN, the_id=row.id, new_revision=revision, new_state=state.value)
        return int(row.id)

    async def _add(self, found: Watch, message: ChannelMessage) -> int:
        state = MessageState.WAITING if message.lines else MessageState.EMPTY
        added = await self.execute(
            _ADD,
            found.project_id,
            watch_id=found.id,
            ts=message.ts,
            thread_ts=message.thread_ts,
            author=message.author,
            revision=message.revision,
            state=(MessageState.GONE if message.is_gone else state).value,
            created_at=self.clock(),
        )
        return int(added.scalar_one())

    async def claim(self, *, most: int) -> tuple[WaitingMessage, ...]:
        """Take some that wait for this process alone, the newest first: who writes now is not kept waiting by what is
        read of last month."""
        now = self.clock()
        due = (
            select(_message.id)
            .where(here(watched_message), _IS_WAITING)
            .where(or_(_message.claimed_until.is_(None), _message.claimed_until < now))
            .order_by(_message.ts.desc())
            .limit(most)
        )
        ids = list((await self.execute(due)).scalars())
        if not ids:
            return ()
        await self.execute(
            update(watched_message)
            .where(here(watched_message), _message.id.in_(ids))
            .values(claimed_until=now + CLAIM)
        )
        columns = [_message[n] for n in WaitingMessage.__dataclass_fields__ if n != "channel"]
        rows = await self.execute(
            select(*columns, watch.c.channel)
            .join(
                watch, (watch.c.workspace == _message.workspace) & (watch.c.id == _message.watch_id)
            )
            .where(here(watched_message), _message.id.in_(ids))
            .order_by(_message.ts.desc())
        )
        return tuple(
            WaitingMessage(**{n: getattr(row, n) for n in WaitingMessage.__dataclass_fields__})
            for row in rows
        )

    async def free(self, ids: Sequence[int], *, until: datetime | None = None) -> None:
        """Read them again: at once, or not before a moment."""
        values: dict[str, Any] = {"claimed_until": until}
        if until is not None:
            values["attempts"] = _message.attempts + 1
        await self.execute(
            update(watched_message)
            .where(here(watched_message), _message.id.in_(list(ids)), _IS_WAITING)
            .values(**values)
        )

    async def read_again(self, ids: Sequence[int]) -> None:
        """Let messages that were read wait again."""
        await self.execute(
            update(watched_message)
            .where(
                here(watched_message),
                _message.id.in_(list(ids)),
                _message.state == MessageState.READ.value,
            )
            .values(state=MessageState.WAITING.value, claimed_until=None, attempts=0)
        )
        await self.execute(
            update(watched_sentence)
            .where(here(watched_sentence), watched_sentence.c.message_id.in_(list(ids)))
            .values(sentence_id=None)
        )

    async def waiting(self) -> int:
        """How many are to be read."""
        wanted = select(func.count()).where(here(watched_message), _IS_WAITING)
        return int((await self.execute(wanted)).scalar_one())

    async def oldest_waiting(self, watch_id: int) -> str | None:
        """The oldest of a channel that is to be read."""
        wanted = select(func.min(_message.ts)).where(
            here(watched_message), _message.watch_id == watch_id, _IS_WAITING
        )
        found: str | None = (await self.execute(wanted)).scalar()
        return found

    async def free_all(self) -> None:
        """What another process had begun to read is read now: it ended."""
        await self.execute(
            update(watched_message)
            .where(here(watched_message), _IS_WAITING, _message.claimed_until.is_not(None))
            .values(claimed_until=None)
        )

    async def finish(
        self,
        message: WaitingMessage,
        sentences: Sequence[ReadSentence],
        *,
        said: Mapping[str, int],
        model: int | None,
        entities: int,
        text: str | None,
    ) -> None:
        """Note that a message was read, by what its sentences are known again, and how many entities it has had;
        `said` are the project's sentences by which people say what is in some of them."""
        state = MessageState.READ if sentences else MessageState.EMPTY
        await self.execute(
            _FINISH,
            the_id=message.id,
            new_state=state.value,
            by_model=model,
            had_entities=entities,
            kept_text=text,
            now=self.clock(),
        )
        await self.execute(_FORGET_SENTENCES, the_message=message.id)
        for each in sentences:
            await self.execute(
                _SENTENCE,
                message.project_id,
                message_id=message.id,
                number=each.number,
                digest=digest_of(each.text),
                sentence_id=said.get(each.text),
            )

    async def is_current(self, message: WaitingMessage) -> bool:
        """Whether a message still waits in the revision that was read."""
        row = (await self.execute(_NOW, the_id=message.id)).first()
        return (
            row is not None
            and row.revision == message.revision
            and row.state == MessageState.WAITING.value
        )

    async def with_sentence(
        self, project_id: int, text: str, *, most: int
    ) -> tuple[tuple[int, int], ...]:
        """Where a sentence is in messages that were read: the message and its number there, the newest first."""
        wanted = (
            select(watched_sentence.c.message_id, watched_sentence.c.number)
            .where(in_project(watched_sentence), watched_sentence.c.digest == digest_of(text))
            .order_by(watched_sentence.c.message_id.desc())
            .limit(most)
        )
        rows = await self.execute(wanted, project_id)
        return tuple((row.message_id, row.number) for row in rows)

    async def note_said(self, project_id: int, text: str, sentence_id: int | None) -> None:
        """Note by which sentence of the project people say what is in this one."""
        await self.execute(
            update(watched_sentence)
            .where(in_project(watched_sentence), watched_sentence.c.digest == digest_of(text))
            .values(sentence_id=sentence_id),
            project_id,
        )

    async def unsaid(self, *, most: int) -> tuple[int, ...]:
        """Messages in which people said what is in a sentence that the project has no more."""
        said = watched_sentence.c.sentence_id
        there = exists().where(
            here(sentence),
            sentence.c.project_id == watched_sentence.c.project_id,
            sentence.c.id == said,
        )
        wanted = select(watched_sentence.c.message_id).where(
            here(watched_sentence), said.is_not(None), ~there
        )
        return tuple((await self.execute(wanted.limit(most))).scalars())

    async def counted(self) -> dict[str, int]:
        """How many there are in each state."""
        wanted = select(_message.state, func.count().label("number")).where(here(watched_message))
        rows = await self.execute(wanted.group_by(_message.state))
        return {row.state: int(row.number) for row in rows}
