"""What is to be said is kept for the outbox's sender; what is to be shown now is shown now."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.db.database import Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.slack.clients import Clients
from bot.slack.faults import fault_of
from bot.slack.messenger import Draw, FollowedMessage, Picture, Post
from bot.slack.outbox import OutboxSender
from bot.slack.telling.files import send_file
from bot.slack.telling.pictures import upload
from bot.slack.text import View

PATIENCE_SECONDS = 8.0
"""How long Slack may take for what is shown at once."""

log = logging.getLogger(__name__)


class SlackMessenger:
    """Implements `Messenger`."""

    def __init__(
        self,
        store: Store,
        sender: OutboxSender,
        clients: Clients,
        *,
        draw: Draw | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clients = clients
        self._draw = draw
        self._patience = patience

    async def post(self, post: Post) -> None:
        """Say something once; the same key says nothing a second time."""
        message = post.view.to_message()
        await self._keep(post.workspace, OutboxMessage(post.key, post.channel, message, once=True))

    async def follow(self, message: FollowedMessage) -> None:
        """Say the newest state of something."""
        content = message.view.to_message()
        if message.pictures:
            content["pictures"] = [picture.to_dict() for picture in message.pictures]
        new = OutboxMessage(
            message.key,
            message.channel,
            content,
            person=message.person,
            subject=message.subject,
            final=message.final,
            generation=message.generation,
            place=message.place,
            once=message.once,
        )
        await self._keep(message.workspace, new)

    async def _keep(self, workspace: str, new: OutboxMessage) -> None:
        async with self._store.writing(workspace) as tx:
            await Outbox(tx).put(new, not_before=self._sender.not_before(workspace, new))
        self._sender.wake()

    async def upload(self, workspace: str, channel: str, pictures: Sequence[Picture]) -> bool:
        """Show pictures in a channel now; False where they could not be shown."""
        if self._draw is None:
            return False
        try:
            drawn = await self._draw([picture.to_json() for picture in pictures])
            client = (await self._clients.of(workspace)).web
            await upload(client, channel, pictures, drawn)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers: the one who asked is told that it failed
            log.warning("could not show %s: %s", pictures[0].name, fault_of(error).code)
            return False
        return True

    async def send_file(self, workspace: str, person: str, path: Path, view: View) -> bool:
        """Say something to a person by direct message, with a file; False where it could not be sent."""
        try:
            client = (await self._clients.of(workspace)).web
            said = await client.chat_postMessage(channel=person, **view.to_message())
            await send_file(client, str(said["channel"]), path)
        except Exception as error:  # noqa: BLE001 - whatever Slack answers: the one who asked is told that it failed
            log.warning("a file could not be sent: %s", fault_of(error).code)
            return False
        return True

    async def publish_home(self, workspace: str, person: str, view: dict[str, Any]) -> bool:
        """Let a person's Home show this now; False where it does not."""
        try:
            async with asyncio.timeout(self._patience):
                client = (await self._clients.of(workspace)).web
                await client.views_publish(user_id=person, view=view)
        except Exception as error:  # noqa: BLE001 - opening Home shows it again
            log.warning("Home was not published: %s", fault_of(error).code)
            return False
        return True
