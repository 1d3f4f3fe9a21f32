"""Sends a model's package to whoever asked for it, by direct message."""

from pathlib import Path

from bot.domain.project import Caller, Project
from bot.engine.packaging import Wheels
from bot.models.views.packages import (
    engine_view,
    not_packaged_view,
    not_sent_view,
    package_view,
    too_large_view,
)
from bot.slack.messenger import LARGEST_FILE, Messenger, Post
from bot.slack.text import View


class ModelAnnouncer:
    """Sends the files of a model, and says what became of them."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def send_wheels(
        self, caller: Caller, project: Project, version: int, wheels: Wheels
    ) -> None:
        """The model's wheel, then the engine's; a model that Slack does not take is told of."""
        size = wheels.model.stat().st_size
        if size > LARGEST_FILE:
            await self._post(caller, too_large_view(project.name, version, size, LARGEST_FILE))
            return
        for path, view in (
            (wheels.model, package_view(version, wheels.name, wheels.model.name)),
            (wheels.engine, engine_view(wheels.engine.name, wheels.model.name)),
        ):
            if not await self._sent(caller, path, view):
                await self._post(caller, not_sent_view(version))
                return

    async def tell_problem(self, caller: Caller, version: int, words: str) -> None:
        """Say why there is no package."""
        await self._post(caller, not_packaged_view(version, words))

    async def _sent(self, caller: Caller, path: Path, view: View) -> bool:
        return await self._messenger.send_file(caller.workspace, caller.person, path, view)

    async def _post(self, caller: Caller, view: View) -> None:
        key = f"package {caller.request}"
        await self._messenger.post(Post(caller.workspace, key, caller.person, view))
