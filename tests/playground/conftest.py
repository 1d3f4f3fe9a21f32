"""A small Slack with short waits, and a real Bolt app to stand on its other side."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground, Timing
from tests.playground import kit
from tests.support.browser import open_page

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

Heard = list[dict[str, Any]]
Submitted = list[dict[str, Any]]
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


# Modals


@pytest.fixture
def heard(app: AsyncApp) -> Heard:
    """Every payload the app got, in order; each is acknowledged with nothing unless a test says so."""
    payloads: Heard = []

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
async def live(app: AsyncApp, heard: Heard, connected: Connected) -> AsyncIterator[None]:
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


# The page


@pytest.fixture
def submitted(app: AsyncApp) -> Submitted:
    """The `state.values` of every submission; "taken" is a name that the app refuses."""
    values: Submitted = []

    @app.view("m")
    async def take(ack: AsyncAck, view: dict[str, Any]) -> None:
        values.append(view["state"]["values"])
        if values[-1].get("name", {}).get("a", {}).get("value") == "taken":
            await ack(response_action="errors", errors={"name": "This one is taken."})
        else:
            await ack()

    return values


@pytest.fixture
async def page(
    slack: Playground, app: AsyncApp, submitted: Submitted, connected: Connected
) -> AsyncIterator[Page]:
    async with connected(app), open_page(slack.page_url) as page:
        await expect(page.get_by_test_id("message")).to_have_count(1)
        yield page
    assert not slack.problems


async def show(page: Page, slack: Playground, client: AsyncWebClient, *blocks: kit.JSON) -> Locator:
    trigger = slack.triggers.issue(slack.workspace.person("ada").id)
    await client.views_open(trigger_id=trigger, view=kit.modal(*blocks))
    modal = page.get_by_test_id("modal")
    await expect(modal).to_be_visible()
    return modal


async def submit(modal: Locator) -> None:
    await modal.get_by_test_id("modal-submit").click()
    await expect(modal).to_be_hidden()
