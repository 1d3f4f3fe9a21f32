"""A Slack simulator with short time limits, and a real Bolt app connected to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground, Timing
from tests.support.patience import patient

MANIFEST = """\
display_information: {name: toy}
features:
  bot_user: {display_name: toybot}
  app_home: {home_tab_enabled: true}
  slash_commands:
    - {command: /label, description: Label, usage_hint: SYMPTOM chest pain, should_escape: true}
    - {command: /raw, description: Raw, should_escape: false}
  shortcuts:
    - {name: Label this message, callback_id: label_message, type: message, description: It}
    - {name: Open the workbench, callback_id: workbench, type: global, description: It}
oauth_config: {scopes: {bot: [commands, "chat:write"]}}
settings:
  interactivity: {is_enabled: true}
  event_subscriptions: {bot_events: [app_home_opened]}
"""

Received = list[dict[str, Any]]
Connected = Callable[[AsyncApp], AbstractAsyncContextManager[AsyncSocketModeHandler]]


class Clock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yml"
    path.write_text(MANIFEST, "utf-8")
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ack() -> float:
    """Seconds in which the app has to answer; a test that lets it be late says fewer."""
    return patient(3)


def open_simulator(
    tmp_path: Path, manifest: Path, clock: Clock, ack: float
) -> AbstractAsyncContextManager[Playground]:
    timing = Timing(ack=ack, event_retries=(0.0, 0.01, 0.02), now=clock, until=patient(5))
    return Playground.open(data=tmp_path / "data", manifest=manifest, timing=timing)


@pytest.fixture
async def slack(
    tmp_path: Path, manifest: Path, clock: Clock, ack: float
) -> AsyncIterator[Playground]:
    async with open_simulator(tmp_path, manifest, clock, ack) as playground:
        yield playground


@pytest.fixture
def client(slack: Playground) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret="unused in Socket Mode")


@pytest.fixture
def connected(slack: Playground) -> Connected:
    @asynccontextmanager
    async def connect(app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
        web = AsyncWebClient(base_url=slack.api_url)
        handler = AsyncSocketModeHandler(app, slack.app_token, web_client=web)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.until(lambda: slack.connected)
        try:
            yield handler
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]

    return connect


# Modals


@pytest.fixture
def received(app: AsyncApp) -> Received:
    """Every payload the app received, in order; each gets an empty ack unless a test sets another."""
    payloads: Received = []

    @app.middleware
    async def listen(body: dict[str, Any], next: Any) -> None:  # noqa: A002 - Bolt's name
        payloads.append(body)
        await next()

    @app.action("go")
    @app.action("a")
    async def act(ack: AsyncAck) -> None:
        await ack()

    @app.view_closed("m")
    async def closed(ack: AsyncAck) -> None:
        await ack()

    return payloads


@pytest.fixture
async def live(app: AsyncApp, received: Received, connected: Connected) -> AsyncIterator[None]:
    async with connected(app):
        yield


async def open_modal(
    slack: Playground, view: dict[str, Any], person: str = "ada"
) -> dict[str, Any]:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    trigger = slack.triggers.issue(slack.workspace.person(person).id)
    opened = await client.views_open(trigger_id=trigger, view=view)
    return dict(opened["view"])


def answering(app: AsyncApp, **ack_with: object) -> None:
    @app.view("m")
    async def submitted(ack: AsyncAck) -> None:
        await ack(**ack_with)  # type: ignore[arg-type]
