"""The clients of the workspaces that installed nerbot by themselves."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.records.tenants import Tenant, Tenants
from bot.db.served import Served
from bot.db.transactions import translated
from bot.errors import StoreUnavailable
from bot.slack.clients import Client, NotInstalled
from bot.slack.tenants.repository import SealedInstallationStore

READ_AGAIN_SECONDS = 60.0
"""How long a token is used before it is read again: another process may have renewed it."""
RENEWED_BEFORE_MINUTES = 120
"""A token that Slack lets expire is renewed so long before."""

log = logging.getLogger(__name__)


class Make(Protocol):
    """Makes a client."""

    def __call__(self, token: str | None, *, retried: bool = False) -> AsyncWebClient:
        """With a token, for calls that are tried again or not."""


@dataclass(frozen=True, slots=True)
class _Kept:
    client: Client
    read_at: float


class InstalledClients:
    """Implements `Clients`: each token is read from the database, kept for a minute, and renewed in time."""

    def __init__(
        self,
        store: SealedInstallationStore,
        tenants: Tenants,
        serves: Served,
        rotator: AsyncTokenRotator,
        make: Make,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._tenants = tenants
        self._serves = serves
        self._rotator = rotator
        self._make = make
        self._monotonic = monotonic
        self._known: dict[str, Tenant] = {}
        self._kept: dict[str, _Kept] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.on_new: Callable[[str], Awaitable[None]] | None = None
        """Hears of a workspace that this process serves from now on."""

    async def of(self, workspace: str) -> Client:
        """The client of a workspace. Raises NotInstalled, TokenUnreadable, StoreUnavailable."""
        kept = self._kept.get(workspace)
        if kept is not None and self._monotonic() - kept.read_at < READ_AGAIN_SECONDS:
            return kept.client
        tenant = self._known.get(workspace)
        if tenant is None:
            raise NotInstalled(workspace)
        async with self._turns[workspace]:
            newer = self._kept.get(workspace)
            if newer is not None and newer is not kept:
                return newer.client
            try:
                client = await self._read(tenant)
            except StoreUnavailable:
                if kept is None:
                    raise
                client = (
                    kept.client
                )  # it held a minute ago, and Slack says so where it does no more
            self._kept[workspace] = _Kept(client, self._monotonic())
        return client

    async def look(self) -> None:
        """Serve what other processes had installed, and no longer what they saw leave. Raises StoreUnavailable."""
        known = {each.workspace: each for each in await self._tenants.all()}
        for gone in self._known.keys() - known.keys():
            self._drop(gone)
        for workspace, tenant in known.items():
            if self._known.get(workspace) != tenant:
                self._kept.pop(workspace, None)
            self._known[workspace] = tenant
            await self._begin(workspace)

    async def installed(self, installation: Installation) -> None:
        """Somebody installed it: the workspace is served from now on, and of an organization each one that asks."""
        if installation.is_enterprise_install or installation.team_id is None:
            self._kept.clear()
            return
        await self._put(Tenant(installation.team_id, installation.enterprise_id))

    async def adopt(self, workspace: str, enterprise_id: str | None) -> Client:
        """The client of a workspace whose organization may have installed nerbot for all. Raises NotInstalled."""
        if (
            enterprise_id is None
            or await self._bot_of(Tenant(workspace, enterprise_id, is_org_wide=True)) is None
        ):
            raise NotInstalled(workspace)
        await self._put(Tenant(workspace, enterprise_id, is_org_wide=True))
        return await self.of(workspace)

    async def left(self, workspace: str) -> None:
        """nerbot was taken out of a workspace: its token is deleted. Raises StoreUnavailable."""
        tenant = self._known.get(workspace)
        self._drop(workspace)
        if tenant is None:
            return
        if not tenant.is_org_wide:
            with translated(connecting=True):
                await self._store.async_delete_all(
                    enterprise_id=tenant.enterprise_id, team_id=workspace
                )
        await self._tenants.remove(workspace)

    async def organization_left(self, enterprise_id: str) -> tuple[str, ...]:
        """nerbot was taken out of an organization: its token is deleted. The workspaces that used it."""
        with translated(connecting=True):
            await self._store.async_delete_all(enterprise_id=enterprise_id, team_id=None)
        return tuple(
            each.workspace
            for each in await self._tenants.all()
            if each.is_org_wide and each.enterprise_id == enterprise_id
        )

    async def _put(self, tenant: Tenant) -> None:
        await self._tenants.put(tenant)
        self._kept.pop(tenant.workspace, None)
        self._known[tenant.workspace] = tenant
        await self._begin(tenant.workspace)

    async def _begin(self, workspace: str) -> None:
        if workspace in self._serves:
            return
        self._serves.add(workspace)
        if self.on_new is not None:
            await self.on_new(workspace)

    def _drop(self, workspace: str) -> None:
        self._serves.remove(workspace)
        self._known.pop(workspace, None)
        self._kept.pop(workspace, None)

    async def _read(self, tenant: Tenant) -> Client:
        bot = await self._bot_of(tenant)
        if bot is None:
            raise NotInstalled(tenant.workspace)
        bot = await self._renewed(tenant, bot)
        return Client(
            tenant.workspace,
            self._make(bot.bot_token, retried=True),
            self._make(bot.bot_token),
            bot.bot_user_id,
            frozenset(bot.bot_scopes),
            bot.bot_id,
        )

    async def _bot_of(self, tenant: Tenant) -> Bot | None:
        with translated(connecting=True):
            return await self._store.async_find_bot(
                enterprise_id=tenant.enterprise_id,
                team_id=tenant.workspace,
                is_enterprise_install=tenant.is_org_wide,
            )

    async def _renewed(self, tenant: Tenant, bot: Bot) -> Bot:
        """The bot with a token that lasts; the one it has where Slack gives no new one just now."""
        try:
            new = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=RENEWED_BEFORE_MINUTES
            )
        except (SlackTokenRotationError, OSError, TimeoutError) as error:
            # A refresh token is of use once: another process may have been faster.
            newest = await self._bot_of(tenant)
            if newest is not None and newest.bot_token != bot.bot_token:
                return newest
            log.warning(
                "the token of %s was not renewed: %s", tenant.workspace, type(error).__name__
            )
            return bot
        if new is None:
            return bot
        with translated(connecting=True):
            await self._store.async_save_bot(new)
        log.info("the token of %s was renewed", tenant.workspace)
        return new
