"""A small Slack with short waits, and a real Bolt app to stand on its other side."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground, Timing

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

Connected = Callable[[AsyncApp], AbstractAsyncContextManager[AsyncSocketModeHandler]]


class Clock:
    """A clock that goes only when told."""

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
async def slack(tmp_path: Path, manifest: Path, clock: Clock) -> AsyncIterator[Playground]:
    timing = Timing(ack=0.3, event_retries=(0.0, 0.01, 0.02), now=clock)
    async with Playground.open(
        data=tmp_path / "data", manifest=manifest, timing=timing
    ) as playground:
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
