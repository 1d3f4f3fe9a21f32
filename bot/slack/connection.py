"""How the bot reaches Slack, and how Slack reaches the bot."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from aiohttp import ClientSession, ClientTimeout, TraceConfig, TraceRequestEndParams, WSMessage, web
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError
from bot.operations.doors import HEADER_SECONDS, Limits, listen
from bot.operations.health import Health
from bot.operations.link import LinkWatch
from bot.operations.metrics import ACKS, kind_of
from bot.operations.skew import ClockSkew
from bot.settings import Settings
from bot.slack.clients import Client
from bot.slack.faults import PassingFaults, fault_of
from bot.slack.http_server import READ_WITHIN_SECONDS, HttpServer, to_bolt

log = logging.getLogger(__name__)

CALL_SECONDS = 30
"""How long Slack may take to answer a call."""
NOT_INSTALLED = "nerbot is not installed in this workspace. Ask whoever runs nerbot for the page where it is installed."
SHUTDOWN_SECONDS = 3.0
"""How long requests that are being answered may take when the bot stops."""


def open_session(settings: Settings, skew: ClockSkew) -> ClientSession:
    """The connections to Slack; a call that is not answered ends, and each answer says what time it is there."""
    trace = TraceConfig()

    async def hear(_session: object, _context: object, end: TraceRequestEndParams) -> None:
        skew.heard(end.response.headers.get("Date"))

    trace.on_request_end.append(hear)
    timeout = ClientTimeout(total=CALL_SECONDS * settings.patience)
    return ClientSession(timeout=timeout, trace_configs=[trace])


_NAME = "nerbot"
"""Bolt would look for one in the sources of all that is being called."""


class MeasuredApp(AsyncApp):
    """Bolt's app, which notes how long each ack took."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer a request."""
        kind = kind_of(req.body.get("command"), req.body.get("type"))
        with ACKS.labels(kind).time():
            return await super().async_dispatch(req)


def make_client(
    settings: Settings, session: ClientSession, token: str | None, *, retried: bool = False
) -> AsyncWebClient:
    """The Web API with a token; what passes is tried again at once if it is to be `retried`."""
    handlers: list[AsyncRetryHandler] = [PassingFaults()] if retried else []
    return AsyncWebClient(
        token=token, base_url=settings.api_url, session=session, retry_handlers=handlers
    )


async def open_client(settings: Settings, session: ClientSession) -> Client:
    """The client with the token that is set, in the workspace it belongs to. Raises SettingsError."""
    assert settings.bot_token is not None, "cli fills it in for the Slack simulator"
    token = settings.bot_token.get_secret_value()
    web = make_client(settings, session, token, retried=True)
    ourselves = await who_we_are(web)
    return Client(
        ourselves.workspace,
        web,
        make_client(settings, session, token),
        ourselves.user,
        ourselves.scopes,
    )


class Ourselves(NamedTuple):
    """What our token says of us."""

    workspace: str
    user: str
    scopes: frozenset[str]
    """What the workspace granted: optional scopes may be missing."""


async def who_we_are(client: AsyncWebClient) -> Ourselves:
    """The workspace's and our own id, which also shows that the token holds. Raises SettingsError."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise SettingsError(
            f"SLACK_BOT_TOKEN: Slack refuses it ({error.response.get('error')})"
        ) from error
    except OSError as error:
        raise SettingsError(
            f"SLACK_API_URL: Slack cannot be reached there ({type(error).__name__})"
        ) from error
    headers = {str(name).lower(): value for name, value in answer.headers.items()}
    scopes = str(headers.get("x-oauth-scopes") or "")
    granted = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
    return Ourselves(str(answer["team_id"]), str(answer["user_id"]), granted)


def make_app(settings: Settings, client: AsyncWebClient) -> AsyncApp:
    """The Bolt app, with no listeners yet."""
    # Our listeners end in time: waiting for them saves Bolt's 10 ms of polling for each ack.
    return MeasuredApp(
        name=_NAME,
        client=client,
        signing_secret=_secret(settings),
        process_before_response=True,
    )


def make_installable_app(
    settings: Settings,
    client: AsyncWebClient,
    authorize: Callable[..., Awaitable[AuthorizeResult | None]],
    flow: AsyncOAuthFlow,
) -> AsyncApp:
    """The Bolt app of several workspaces; `authorize` says with which token a request is answered."""
    return MeasuredApp(
        name=_NAME,
        client=client,
        signing_secret=_secret(settings),
        process_before_response=True,
        authorize=authorize,  # type: ignore[arg-type] # None says that it is not installed
        oauth_flow=flow,
        user_facing_authorize_error_message=NOT_INSTALLED,
    )


def _secret(settings: Settings) -> str:
    """Bolt asks for one in every mode; where none is set nothing comes in over HTTP."""
    return (
        settings.signing_secret.get_secret_value()
        if settings.signing_secret
        else secrets.token_hex()
    )


class Connection:
    """How Slack reaches the app, and how that is ended for good."""

    def __init__(self) -> None:
        self.address: str | None = None
        """Where the HTTP server listens; None in Socket Mode."""
        self.link: LinkWatch | None = None
        """Tells whether Slack is there; None in HTTP mode."""
        self._socket: Any = None

    async def watch(self, client: Any, stack: AsyncExitStack) -> None:
        """The link is this Socket Mode client, which gives up where Slack refuses our token."""
        self._socket = client
        link = LinkWatch(client.is_connected, lambda: client.current_session)

        async def issue_or_give_up() -> str:
            if (
                client.closed
            ):  # another of the SDK's tasks was refused, and this one waited for its turn
                raise asyncio.CancelledError
            try:
                answer = await client.web_client.apps_connections_open(app_token=client.app_token)
            except SlackApiError as error:
                fault = fault_of(error)
                if fault.is_about_our_token:
                    await self._refused(link, fault.code)
                    # Ends the SDK's tasks; any other exception would be lines of its own.
                    raise asyncio.CancelledError from error
                if fault.after is None:
                    raise  # the SDK says so and tries again when it looks next
                await asyncio.sleep(fault.after)
                return await issue_or_give_up()
            return str(answer["url"])

        client.issue_new_wss_url = issue_or_give_up

        async def hear(message: WSMessage) -> None:
            if _is_goodbye(message.data):
                link.announced()

        client.on_message_listeners.append(hear)
        self.link = await stack.enter_async_context(link)

    async def _refused(self, link: LinkWatch, code: str) -> None:
        log.error(
            "Slack refuses SLACK_APP_TOKEN (%s); nerbot stops connecting until it is started again",
            code,
        )
        self._give_up()
        link.refused(f"Slack refuses SLACK_APP_TOKEN ({code}); start nerbot with one that holds")
        await self._socket.disconnect()

    def _give_up(self) -> None:
        self._socket.closed = True
        self._socket.auto_reconnect_enabled = self._socket.default_auto_reconnect_enabled = False

    async def end(self) -> None:
        """No longer listen to Slack, nor connect again. The HTTP server goes on refusing."""
        if self._socket is not None:
            self._give_up()
            await self._socket.disconnect()


async def connect(
    settings: Settings,
    app: AsyncApp,
    health: Health,
    stack: AsyncExitStack,
    *,
    resources: Sequence[web.AbstractResource] = (),
    pages: Sequence[web.RouteDef] = (),
) -> Connection:
    """Let Slack reach the app until the stack is closed, and whoever else at other `resources` and `pages` of the port.
    Raises SettingsError."""
    connection = Connection()
    if settings.mode == "http":
        read_within = READ_WITHIN_SECONDS * settings.patience
        server = HttpServer(to_bolt(app), signing_secret=_secret(settings), read_within=read_within)
        routes = [*server.routes(), *health.routes(), *pages]
        connection.address = await serve(
            settings, routes, settings.port, "NERBOT_PORT", stack, resources=resources
        )
        return connection
    assert settings.app_token is not None
    handler = AsyncSocketModeHandler(app, settings.app_token.get_secret_value())
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    except SlackApiError as error:
        raise SettingsError(
            f"SLACK_APP_TOKEN: Slack refuses it ({error.response.get('error')})"
        ) from error
    stack.push_async_callback(handler.close_async)
    await connection.watch(handler.client, stack)
    return connection


def _is_goodbye(said: object) -> bool:
    """Slack ends each connection after some hours, and says so; anything else that ends one is a loss."""
    if not isinstance(said, str) or '"disconnect"' not in said:
        return False
    try:
        parsed = json.loads(said)
    except ValueError:
        return False
    return isinstance(parsed, dict) and parsed.get("type") == "disconnect"


async def serve(
    settings: Settings,
    routes: Sequence[web.RouteDef],
    port: int,
    named: str,
    stack: AsyncExitStack,
    *,
    resources: Sequence[web.AbstractResource] = (),
) -> str:
    """Listen on a port until the stack is closed: the address. Raises SettingsError that names the setting."""
    limits = Limits(
        settings.connections,
        settings.connections_per_address,
        HEADER_SECONDS * settings.patience,
    )
    grace = SHUTDOWN_SECONDS * settings.patience
    try:
        runner, address = await listen(
            routes, settings.host, port, limits=limits, grace=grace, resources=resources
        )
    except OSError as error:
        raise SettingsError(
            f"{named}: cannot listen on {settings.host}:{port} ({error.strerror})"
        ) from error
    stack.push_async_callback(runner.cleanup)
    return address
