"""Webhooks as owners see them in Slack: which there are, how they do, and a test."""

from collections.abc import Callable
from datetime import datetime

from bot.db.database import Store
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.errors import NotFound
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.webhooks.repository import Webhooks
from bot.webhooks.sender import WebhookSender, made_test
from bot.webhooks.values import ShowWebhooks, Tested, TestWebhook, WebhooksShown


class WebhookService:
    """The use cases of /nerbot webhooks; receivers are added on the machine nerbot runs on."""

    def __init__(
        self,
        store: Store,
        sender: WebhookSender,
        *,
        clock: Callable[[], datetime],
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._owners = owners

    async def show(self, caller: Caller, _command: ShowWebhooks) -> WebhooksShown:
        """The receivers of the channel's project."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)
            context = RequestContext(tx, project, caller, self._owners)
            await context.require(Role.OWNER, "see webhooks")
            return WebhooksShown(project.name, await Webhooks(tx).of(project.id))

    async def test(self, caller: Caller, command: TestWebhook) -> Tested:
        """Send a test to a receiver, and say what it answered."""
        async with self._store.writing(caller.workspace) as tx:
            context = RequestContext(tx, await Access(tx).ensure(caller), caller, self._owners)
            await context.require(Role.OWNER, "test webhooks")
            receiver = await Webhooks(tx).get(command.webhook_id)
            if receiver is None or not await Access(tx).sees(caller, receiver.project_id):
                raise NotFound("There is no such webhook any more. See /nerbot webhooks")
        sent = made_test(receiver, self._clock())
        return Tested(receiver.url, await self._sender.send(receiver, sent))
