"""What outputs in Slack keep of what they made there, and what they do where Slack refuses."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from bot.db.database import Store
from bot.domain.entities import EntityChange
from bot.outputs.ports import OutputFailed
from bot.outputs.repository import Outputs
from bot.outputs.values import Output
from bot.slack.calls import CallFailed

A_ROUND = 20
"""How many changes are written to Slack at a time: it takes about one call a second."""

log = logging.getLogger(__name__)


class SlackPlaces:
    """The places of one output, each a small JSON object; no text of anybody is in them."""

    def __init__(self, store: Store, output: Output) -> None:
        self._store = store
        self._output = output

    async def get(self, about: str) -> dict[str, Any] | None:
        """What was kept; None where nothing was."""
        async with self._store.reading(self._output.workspace) as tx:
            kept = await Outputs(tx).place(self._output.id, about)
        found: dict[str, Any] | None = None if kept is None else json.loads(kept)
        return found

    async def keep(self, about: str, **values: Any) -> None:
        """Keep it, in place of what was there."""
        async with self._store.writing(self._output.workspace) as tx:
            await Outputs(tx).keep_place(self._output, about, json.dumps(values))

    async def drop(self, about: str) -> None:
        """Keep nothing of it any more."""
        async with self._store.writing(self._output.workspace) as tx:
            await Outputs(tx).drop_place(self._output.id, about)


def by_message(changes: Iterable[EntityChange]) -> Iterator[tuple[str, list[EntityChange]]]:
    """The changes of each message, in their order, and by what the message is kept."""

    def about(change: EntityChange) -> str:
        return f"{change.entity.channel} {change.entity.ts}"

    for key, own in groupby(sorted(changes, key=about), key=about):
        yield key, sorted(own, key=lambda change: change.id)


def latest(changes: Sequence[EntityChange], *, after: int) -> dict[str, EntityChange]:
    """The newest change of each entity, by its key, of those after a place."""
    return {change.entity.key: change for change in changes if change.id > after}


def passed_over(output: Output, error: CallFailed, *fine: str) -> None:
    """Note what cannot be written because its channel, message or row is not there for nerbot; raises OutputFailed for
    what is wrong with all of the output. `fine` are refusals that say that it is done already."""
    if error.code in fine:
        return
    if error.code == "missing_scope":
        raise OutputFailed(
            "Slack refuses it (missing_scope). Install the app again with what nerbot manifest prints."
        ) from error
    if not error.fault.is_about_the_place:
        raise OutputFailed(f"Slack refuses it ({error.code})") from error
    log.warning("output %d passes something over: %s", output.id, error.code)
