"""Outputs that are replies in the thread of the message that something was found in.

The reply itself says what is in it: each entity is a block whose id is the entity's key, so that one is changed without
any text being kept here, and a reply whose answer was lost is found again.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from bot.db.database import Store
from bot.domain.entities import ChangeKind, EntityChange
from bot.outputs.ports import OutputFailed
from bot.outputs.reply_blocks import (
    MOST_SHOWN,
    entity_block,
    fix_block,
    more_block,
    reply_text,
)
from bot.outputs.slack_places import A_ROUND, SlackPlaces, by_message, latest, passed_over
from bot.outputs.values import Output
from bot.slack.calls import CallFailed, PatientCalls

Blocks = dict[str, dict[str, Any]]
"""The blocks of a reply by their ids, in their order."""
_PAGE = 200


class ReplyWriter:
    """Replies once to a message, and edits that reply from then on."""

    round: ClassVar[int] = A_ROUND

    def __init__(self, store: Store, calls: PatientCalls) -> None:
        self._store = store
        self._calls = calls

    async def write(self, output: Output, changes: Sequence[EntityChange]) -> None:
        """Let the reply of each message say what is found in it; raises OutputFailed."""
        places = SlackPlaces(self._store, output)
        for about, own in by_message(changes):
            try:
                await self._reply(output, places, about, own)
            except CallFailed as error:
                if error.fault.passes:
                    raise OutputFailed(f"Slack is not answering ({error.code})") from error
                passed_over(output, error)

    async def _reply(
        self, output: Output, places: SlackPlaces, about: str, changes: Sequence[EntityChange]
    ) -> None:
        kept = await places.get(about)
        if kept is not None and kept.get("gone"):
            return
        entity = changes[0].entity
        newest = latest(changes, after=kept["change"] if kept else 0)
        if not newest or (kept is None and _is_nothing(newest)):
            return
        thread = entity.thread_ts or entity.ts
        shown: Blocks = {}
        if kept is None:
            # Noted before: a reply whose answer is lost is looked for, not posted twice.
            await places.keep(about, ts=None, change=0)
        else:
            names = {f"{output.id}.{change.entity.key}" for change in changes}
            found = await self._find(output, entity.channel, thread, kept["ts"], names)
            if found is None and kept["ts"]:
                # Somebody deleted it: they do not want another one.
                await places.keep(about, gone=True)
                return
            kept["ts"], shown = found or (None, {})
        blocks = _after(output, shown, newest)
        ts = await self._put(output, entity.channel, thread, kept, blocks)
        if ts is None:
            await places.drop(about)
        else:
            await places.keep(about, ts=ts, change=changes[-1].id)

    async def _put(
        self,
        output: Output,
        channel: str,
        thread: str,
        kept: Mapping[str, Any] | None,
        blocks: Blocks,
    ) -> str | None:
        """Post, edit or delete the reply; when it was posted, None where there is none."""
        ts = kept["ts"] if kept else None
        where = {"channel": channel, **({"ts": ts} if ts else {"thread_ts": thread})}
        if not blocks:
            if ts:
                await self._calls.call(output.workspace, "chat.delete", where)
            return None
        message = {"text": reply_text(list(blocks.values())), "blocks": list(blocks.values())}
        method = "chat.update" if ts else "chat.postMessage"
        more = {} if ts else {"unfurl_links": False, "unfurl_media": False}
        answer = await self._calls.call(output.workspace, method, {**where, **message, **more})
        return str(ts or answer["ts"])

    async def _find(
        self, output: Output, channel: str, thread: str, ts: str | None, names: AbstractSet[str]
    ) -> tuple[str, Blocks] | None:
        """The reply as it is in Slack: that of a time or, where its answer was lost, with one of these blocks."""
        window = {"oldest": ts, "latest": ts} if ts else {}
        asked = {"channel": channel, "ts": thread, "inclusive": True, "limit": _PAGE, **window}
        while True:
            answer = await self._calls.call(output.workspace, "conversations.replies", asked)
            for message in answer.get("messages") or ():
                blocks = {str(block.get("block_id")): block for block in message.get("blocks", ())}
                if message["ts"] == ts or (ts is None and names & {*blocks}):
                    return str(message["ts"]), blocks
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor


def _is_nothing(newest: Mapping[str, EntityChange]) -> bool:
    return all(change.kind is ChangeKind.RETRACTED for change in newest.values())


def _after(output: Output, shown: Blocks, newest: Mapping[str, EntityChange]) -> Blocks:
    """The blocks of the reply after the changes; those of an entity that is changed stay where they are."""
    blocks, more_id, fix_id = dict(shown), f"{output.id}.more", f"{output.id}.fix"
    has_more = blocks.pop(more_id, None) is not None
    blocks.pop(fix_id, None)
    for key, change in newest.items():
        block_id = f"{output.id}.{key}"
        if change.kind is ChangeKind.RETRACTED:
            blocks.pop(block_id, None)
        elif block_id in blocks or len(blocks) < MOST_SHOWN:
            blocks[block_id] = entity_block(change.entity, block_id=block_id)
        else:
            has_more = True
    if not blocks:
        return blocks
    entity = next(iter(newest.values())).entity
    fix = {fix_id: fix_block(entity, output.project_id, block_id=fix_id)}
    return blocks | ({more_id: more_block(block_id=more_id)} if has_more else {}) | fix
