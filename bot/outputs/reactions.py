"""Outputs that are emoji under the message that something was found in."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.db.database import Store
from bot.domain.entities import ChangeKind, EntityChange
from bot.outputs.ports import OutputFailed
from bot.outputs.slack_places import A_ROUND, SlackPlaces, by_message, passed_over
from bot.outputs.values import Output
from bot.slack.calls import CallFailed, PatientCalls

EMOJI = "label"
"""What is shown where nothing else is set."""


class ReactionWriter:
    """Adds an emoji where something is found, and takes it away when nothing that stands for it is left."""

    round: ClassVar[int] = A_ROUND

    def __init__(self, store: Store, calls: PatientCalls) -> None:
        self._store = store
        self._calls = calls

    async def write(self, output: Output, changes: Sequence[EntityChange]) -> None:
        """Let each message have the emoji of what is found in it; raises OutputFailed."""
        places = SlackPlaces(self._store, output)
        for about, own in by_message(changes):
            kept = await places.get(about) or {}
            shown = _after(kept, own, output.settings)
            await self._show(output, own[0], before=kept, now=shown)
            if shown:
                await places.keep(about, **shown)
            else:
                await places.drop(about)

    async def _show(
        self,
        output: Output,
        change: EntityChange,
        *,
        before: Mapping[str, list[str]],
        now: Mapping[str, list[str]],
    ) -> None:
        for emoji in sorted({*before} ^ {*now}):
            is_new = emoji in now
            method = "reactions.add" if is_new else "reactions.remove"
            asked = {
                "channel": change.entity.channel,
                "timestamp": change.entity.ts,
                "name": emoji,
            }
            try:
                await self._calls.call(output.workspace, method, asked)
            except CallFailed as error:
                if error.code == "invalid_name":
                    raise OutputFailed(f"Slack has no emoji :{emoji}:") from error
                if error.fault.passes:
                    raise OutputFailed(f"Slack is not answering ({error.code})") from error
                passed_over(output, error, "already_reacted" if is_new else "no_reaction")


def _after(
    kept: Mapping[str, list[str]], changes: Sequence[EntityChange], settings: Mapping[str, str]
) -> dict[str, list[str]]:
    """The keys of the entities that each emoji stands for, after the changes."""
    shown = {emoji: list(keys) for emoji, keys in kept.items()}
    for change in changes:
        entity = change.entity
        for keys in shown.values():
            if entity.key in keys:
                keys.remove(entity.key)
        if change.kind is not ChangeKind.RETRACTED:
            emoji = settings.get(entity.label, settings.get("emoji", EMOJI))
            shown.setdefault(emoji, []).append(entity.key)
    return {emoji: keys for emoji, keys in shown.items() if keys}
