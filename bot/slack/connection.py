"""How the bot reaches Slack, and how Slack reaches the bot."""

import logging
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack.faults import PassingFaults, fault_of
from bot.slack.http_server import READ_WITHIN_SECONDS, HttpServer, to_bolt

log = logging.getLogger(__name__)

CALL_SECONDS = 30
"""How long Slack may take to answer a call."""
SHUTDOWN_SECONDS = 3.0
"""How long requests that are being answered may take when the bot stops."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Slack's Web API with our token, for two kinds of calls."""

    web: AsyncWebClient
    """For calls somebody waits for: what passes is tried again at once, a few times."""
    once: AsyncWebClient
    """For the outbox, which tries again by itself and for longer."""


def open_session(settings: Settings) -> ClientSession:
    """The connections to Slack; a call that is not answered ends."""
    return ClientSession(timeout=ClientTimeout(total=CALL_SECONDS * settings.patience))


def make_clients(settings: Settings, session: ClientSession) -> Clients:
    """The Web API with our token."""
    assert settings.bot_token is not None, "cli fills it in for the Slack simulator"
    token = settings.bot_token.get_secret_value()

    def make(handlers: list[AsyncRetryHandler]) -> AsyncWebClient:
        return AsyncWebClient(
            token=token, base_url=settings.api_url, session=session, retry_handlers=handlers
        )

    return Clients(web=make([PassingFaults()]), once=make([]))


async def who_we_are(client: AsyncWebClient) -> tuple[str, str]:
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
    return str(answer["team_id"]), str(answer["user_id"])


def make_app(settings: Settings, client: AsyncWebClient) -> AsyncApp:
    """The Bolt app, with no listeners yet."""
    # Our listeners end in time by themselves: waiting for them saves Bolt's 10 ms of polling for each ack.
    return AsyncApp(client=client, signing_secret=_secret(settings), process_before_response=True)


def _secret(settings: Settings) -> str:
    """Bolt asks for one in every mode; where none is set nothing comes in over HTTP."""
    return (
        settings.signing_secret.get_secret_value()
        if settings.signing_secret
        else secrets.token_hex()
    )


class Link:
    """How Slack reaches the app, and how that is ended for good."""

    def __init__(self) -> None:
        self.address: str | None = None
        """Where the HTTP server listens; None in Socket Mode."""
        self._socket: Any = None

    def over(self, client: Any) -> None:
        """The link is this Socket Mode client, which gives up where Slack refuses our token."""
        self._socket, issue = client, client.issue_new_wss_url

        async def issue_or_give_up() -> str:
            try:
                return str(await issue())
            except SlackApiError as error:
                if fault_of(error).is_about_our_token:
                    log.error(  # noqa: TRY400 - a known condition: one line
                        "Slack refuses SLACK_APP_TOKEN (%s); nerbot stops connecting until it is started again",
                        error.response.get("error"),
                    )
                    self._give_up()
                raise

        client.issue_new_wss_url = issue_or_give_up

    def _give_up(self) -> None:
        self._socket.closed = True
        self._socket.auto_reconnect_enabled = self._socket.default_auto_reconnect_enabled = False

    async def end(self) -> None:
        """No longer listen to Slack, nor connect again. The HTTP server goes on refusing."""
        if self._socket is not None:
            self._give_up()
            await self._socket.disconnect()


async def connect(settings: Settings, app: AsyncApp, stack: AsyncExitStack) -> Link:
    """Let Slack reach the app until the stack is closed. Raises SettingsError."""
    link = Link()
    if settings.mode == "http":
        link.address = await _listen(settings, app, stack)
        return link
    assert settings.app_token is not None
    handler = AsyncSocketModeHandler(app, settings.app_token.get_secret_value())
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        link.over(handler.client)
    except SlackApiError as error:
        raise SettingsError(
            f"SLACK_APP_TOKEN: Slack refuses it ({error.response.get('error')})"
        ) from error
    stack.push_async_callback(handler.close_async)
    return link


async def _listen(settings: Settings, app: AsyncApp, stack: AsyncExitStack) -> str:
    read_within = READ_WITHIN_SECONDS * settings.patience
    server = HttpServer(to_bolt(app), signing_secret=_secret(settings), read_within=read_within)
    site = web.Application(client_max_size=0)
    site.add_routes([*server.routes(), web.get("/healthz", _ok), web.get("/readyz", _ok)])
    grace = SHUTDOWN_SECONDS * settings.patience
    runner = web.AppRunner(site, access_log=None, handle_signals=False, shutdown_timeout=grace)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise SettingsError(
            f"NERBOT_PORT: cannot listen on {settings.host}:{settings.port} ({error.strerror})"
        ) from error
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


async def _ok(_request: web.Request) -> web.Response:
    return web.Response(text="ok")
