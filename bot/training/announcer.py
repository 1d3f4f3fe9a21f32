"""Shows runs in Slack: each has one message that follows it, and one at its end, with its pictures."""

import logging
from collections.abc import Callable

from cachetools import LRUCache

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.domain.models import RunEnd
from bot.domain.runs import ACTIVE_STATES, Run, RunState
from bot.slack.messenger import FollowedMessage, Messenger, Place
from bot.slack.outbox import OutboxSender
from bot.training.commands import Whereabouts
from bot.training.views.ended import ended_view, waits_for_end
from bot.training.views.pictures import run_pictures
from bot.training.views.run import run_view

SETTLED_SECONDS = 1.0
_REMEMBERED = 100

log = logging.getLogger(__name__)


class RunAnnouncer:
    """Implements `RunMessages`; `on_shown` hears of which person, in which workspace, a run was shown."""

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        sender: OutboxSender,
        *,
        settled_within: float = SETTLED_SECONDS,
        on_shown: Callable[[str, str], None] | None = None,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._sender = sender
        self._settled_within = settled_within
        self._on_shown = on_shown
        self._logged: LRUCache[int, RunState] = LRUCache(_REMEMBERED)
        sender.on_placed.append(self._placed)

    async def show_run(self, workspace: str, run: Run, end: RunEnd | None = None) -> None:
        """Let the run's message say how it is now; a new state is a line of the log, too."""
        if self._logged.get(run.id) is not run.state:
            self._logged[run.id] = run.state
            log.info("training %d of project %d: %s", run.id, run.project_id, run.state.value)
        key = await self._key(workspace, run)
        known = run.message_channel is not None and run.message is not None
        await self._messenger.follow(
            FollowedMessage(
                workspace,
                key=key,
                channel=run.channel,
                view=run_view(run, end),
                person=run.person,
                subject="this training",
                place=Place(str(run.message_channel), str(run.message)) if known else None,
                final=run.state not in ACTIVE_STATES,
                generation=run.attempt,
            )
        )
        if waits_for_end(run):
            await self.tell_end(workspace, run)
        if self._on_shown is not None:
            self._on_shown(workspace, run.person)

    async def tell_end(self, workspace: str, run: Run) -> None:
        """Say once how a run ended, in a message that notifies whoever waits for it, with the pictures of what it
        found out."""
        await self._messenger.follow(
            FollowedMessage(
                workspace,
                key=f"end of run {run.id}",
                channel=run.channel,
                view=ended_view(run),
                person=run.person,
                subject="this training",
                final=True,
                once=True,
                pictures=run_pictures(run),
            )
        )

    async def whereabouts(
        self, workspace: str, run: Run, *, within: float | None = None
    ) -> Whereabouts:
        """Where the message of a run is, as far as that is known in a moment."""
        key = await self._key(workspace, run)
        moment = self._settled_within if within is None else within
        kept = await self._sender.settled(workspace, key, within=moment)
        if kept is not None and kept.dead_at is not None:
            return Whereabouts.NOWHERE
        if kept is None or kept.place is None:
            return Whereabouts.LATER
        return Whereabouts.CHANNEL if kept.refused is None else Whereabouts.PERSON

    async def _key(self, workspace: str, run: Run) -> str:
        """Of a run that is tried again: that of the first, whose message goes on."""
        if run.retry_of is None:
            return f"run {run.id}"
        async with self._store.reading(workspace) as tx:
            return f"run {await Runs(tx).first_of(run)}"

    async def _placed(self, workspace: str, key: str, place: Place) -> None:
        kind, _, number = key.partition(" ")
        if kind == "run" and number.isdecimal():
            async with self._store.writing(workspace) as tx:
                await Runs(tx).follow(int(number), channel=place.channel, message=place.timestamp)
