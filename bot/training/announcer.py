"""Shows runs in Slack: each has one message that follows it, with its pictures in the thread."""

from collections.abc import Callable

from bot.domain.models import RunEnd
from bot.domain.runs import ACTIVE_STATES, Run
from bot.slack.messenger import FollowedMessage, Messenger, Place
from bot.training.views.pictures import run_pictures
from bot.training.views.run import run_view


class RunAnnouncer:
    """Implements `RunMessages`; `on_shown` hears of which person, in which workspace, a run was shown."""

    def __init__(
        self, messenger: Messenger, *, on_shown: Callable[[str, str], None] | None = None
    ) -> None:
        self._messenger = messenger
        self._on_shown = on_shown

    async def show_run(self, workspace: str, run: Run, end: RunEnd | None = None) -> Place | None:
        """Post the run's message, or edit it; the place of one that the run does not know of."""
        shown = await self._messenger.follow(_message(workspace, run, end))
        if self._on_shown is not None:
            self._on_shown(workspace, run.person)
        return shown

    async def show_pictures(self, workspace: str, run: Run) -> None:
        """Put the pictures of what a run found out into its message's thread."""
        pictures = run_pictures(run)
        if pictures and run.message_channel is not None:
            await self._messenger.upload(
                workspace, run.message_channel, pictures, thread=run.message
            )


def _message(workspace: str, run: Run, end: RunEnd | None) -> FollowedMessage:
    known = run.message_channel is not None and run.message is not None
    return FollowedMessage(
        workspace,
        key=f"run {run.id}",
        channel=run.channel,
        view=run_view(run, end),
        person=run.person,
        subject="this training",
        place=Place(str(run.message_channel), str(run.message)) if known else None,
        final=run.state not in ACTIVE_STATES,
    )
