"""A nerbot that workspaces install by themselves, wired: Bolt's OAuth flow over slack_sdk's stores."""

import time
from typing import Any

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Database
from bot.db.records.tenants import Tenants
from bot.db.served import Served
from bot.settings import Settings
from bot.slack.clients import NotInstalled
from bot.slack.connection import make_client, make_installable_app
from bot.slack.diagnosis import read_manifest, switched_on
from bot.slack.tenants.install_flow import InstallFlow, callbacks
from bot.slack.tenants.installed import InstalledClients
from bot.slack.tenants.pages import InstallPages
from bot.slack.tenants.repository import SealedInstallationStore, state_store
from bot.slack.tenants.tenancy import Tenancy
from bot.slack.tenants.vault import TokenVault

STATE_SECONDS = 600
"""How long somebody may take in Slack between the page and the way back."""
_FORGET_EVERY_SECONDS = 3600.0
_SLACK = "https://slack.com/api/"


def make_installable(
    settings: Settings, session: ClientSession, database: Database, tenants: Tenants
) -> tuple[Tenancy, InstalledClients]:
    """What serves the workspaces that installed it; nobody is looked for yet. Raises SettingsError."""
    assert settings.client_id is not None
    assert settings.client_secret is not None
    secret = settings.client_secret.get_secret_value()
    vault = TokenVault([key.get_secret_value() for key in settings.token_keys or ()])
    store, serves = SealedInstallationStore(settings.client_id, database, vault), Served()

    def make(token: str | None, *, retried: bool = False) -> AsyncWebClient:
        return make_client(settings, session, token, retried=retried)

    rotator = AsyncTokenRotator(
        client_id=settings.client_id, client_secret=secret, client=make(None)
    )
    clients = InstalledClients(store, tenants, serves, rotator, make)
    oauth = AsyncOAuthSettings(
        client_id=settings.client_id,
        client_secret=secret,
        scopes=read_manifest(**switched_on(settings))["oauth_config"]["scopes"]["bot"],
        user_scopes=[],
        redirect_uri=settings.redirect_uri,
        authorization_url=_authorization_url(settings.api_url),
        installation_store=store,
        state_store=state_store(database, seconds=STATE_SECONDS),
        state_expiration_seconds=STATE_SECONDS,
        callback_options=callbacks(clients.installed),
    )
    flow = InstallFlow(settings=oauth)
    app = make_installable_app(settings, make(None, retried=True), _Authorize(clients), flow)
    forgotten = 0.0

    async def look() -> None:
        nonlocal forgotten
        await clients.look()
        if time.monotonic() > forgotten + _FORGET_EVERY_SECONDS:
            await tenants.forget_states()
            forgotten = time.monotonic()

    tenancy = Tenancy(
        clients,
        serves,
        app,
        routes=InstallPages(flow).routes(),
        look=look,
        left=clients.left,
        organization_left=clients.organization_left,
    )
    return tenancy, clients


def _authorization_url(api_url: str) -> str:
    """Where people allow it: at Slack, or at the simulator the Web API is of."""
    if api_url == _SLACK:
        return "https://slack.com/oauth/v2/authorize"
    return api_url.removesuffix("api/") + "oauth/v2/authorize"


class _Authorize(AsyncAuthorize):
    """Whose token answers a request. Bolt's own asks Slack each time; ours reads it from memory."""

    def __init__(self, clients: InstalledClients) -> None:
        self._clients = clients

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_: Any,
    ) -> AuthorizeResult | None:
        if not team_id:
            return None
        try:
            client = await self._clients.of(team_id)
        except NotInstalled:
            if not context.is_enterprise_install:
                return None
            try:
                client = await self._clients.adopt(team_id, enterprise_id)
            except NotInstalled:
                return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_user_id=client.me,
            bot_id=client.bot_id,
            bot_token=client.web.token,
            bot_scopes=sorted(client.scopes),
        )
