"""Tells whoever asked that an export or an undo is done."""

from pathlib import Path

from bot.domain.project import Caller, Project
from bot.exchange.exporting import ExportReport
from bot.exchange.values import FileShown, FileState, Undone
from bot.exchange.views.answers import exported_view, not_sent_view, nothing_view, undone_view
from bot.exchange.views.files import file_view, subject_of
from bot.slack.messenger import FollowedMessage, Messenger, Post
from bot.slack.text import View

_LAST = frozenset(
    {
        FileState.DONE,
        FileState.CANCELLED,
        FileState.FAILED,
        FileState.UNDOING,
        FileState.UNDONE,
    }
)
"""After these nothing is told of how far it is."""


class ExchangeAnnouncer:
    """Sends files and says what was done, by direct message."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def send_file(
        self, caller: Caller, project: Project, report: ExportReport, path: Path
    ) -> None:
        """Send an export to whoever asked for it; one without a sentence is a word, not a file."""
        if not report.sentences:
            await self._post(caller, "export", nothing_view(project.name, report.form))
            return
        view = exported_view(project.name, report.form, report)
        if not await self._messenger.send_file(caller.workspace, caller.person, path, view):
            await self._post(caller, "export", not_sent_view(project.name))

    async def tell_undone(self, caller: Caller, undone: Undone) -> None:
        """Say what an undo did."""
        await self._post(caller, "undo", undone_view(undone))

    async def tell_file(self, workspace: str, shown: FileShown) -> None:
        """Let the one message that follows the import of a file say how far it is."""
        wanted = shown.wanted
        await self._messenger.follow(
            FollowedMessage(
                workspace,
                key=f"file import {wanted.id}",
                channel=wanted.person,
                view=file_view(shown),
                person=wanted.person,
                subject=subject_of(wanted),
                final=wanted.state in _LAST,
            )
        )

    async def _post(self, caller: Caller, what: str, view: View) -> None:
        key = f"{what} {caller.request}"
        await self._messenger.post(Post(caller.workspace, key, caller.person, view))
