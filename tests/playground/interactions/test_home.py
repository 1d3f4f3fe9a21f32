"""Home: its event, publishing it, pressing in it."""

from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import MANIFEST, Connected

Received = list[dict[str, Any]]


def home(words: str, *blocks: kit.JSON) -> kit.JSON:
    return {"type": "home", "blocks": [kit.section(words, block_id="words"), *blocks]}


@pytest.fixture
def received(app: AsyncApp) -> Received:
    """The events and presses that the app received; it publishes a Home for whoever opens it."""
    bodies: Received = []

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any], client: AsyncWebClient) -> None:
        bodies.append(body["event"])
        user = body["event"]["user"]
        view = home(f"Hello {user}", kit.actions(kit.button("Go", "go")))
        await client.views_publish(user_id=user, view=view)

    @app.action("go")
    async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    return bodies


async def test_opening_home_sends_an_event_that_has_the_view_the_second_time(
    slack: Playground, app: AsyncApp, received: Received, connected: Connected
) -> None:
    async with connected(app):
        assert await slack.open_home("ada")
        await slack.until(lambda: slack.home("ada"))
        await slack.open_home("ada", tab="messages")
    view = slack.home("ada")
    ada = slack.workspace.person("ada").id
    assert view is not None
    assert (received[0]["user"], received[0]["tab"]) == (ada, "home")
    assert received[0]["channel"] == slack.workspace.direct_message(ada).id
    assert "view" not in received[0]
    assert (received[1]["tab"], received[1]["view"]["id"]) == ("messages", view["id"])
    assert slack.home("grace") is None


async def test_a_press_in_home_sends_its_view_and_can_open_a_modal(
    slack: Playground,
    app: AsyncApp,
    received: Received,
    connected: Connected,
    client: AsyncWebClient,
) -> None:
    async with connected(app):
        await slack.open_home("ada")
        await slack.until(lambda: slack.home("ada"))
        await slack.press("ada", "Go")
    payload = received[-1]
    assert payload["container"] == {"type": "view", "view_id": payload["view"]["id"]}
    assert payload["view"]["type"] == "home"
    assert not {"channel", "message", "response_url"} & payload.keys()
    await client.views_open(trigger_id=payload["trigger_id"], view=kit.modal())
    assert slack.view("ada") is not None


async def test_publishing_again_keeps_the_view_and_what_was_chosen_in_it(
    slack: Playground, client: AsyncWebClient
) -> None:
    ada = slack.workspace.person("ada").id
    goal = kit.field("goal", kit.EMPTY["select"])
    await client.views_publish(user_id=ada, view=home("one", goal))
    first = slack.home("ada")
    await slack.choose("ada", "goal", "beta")
    await client.views_publish(user_id=ada, view=home("two", goal))
    second = slack.home("ada")
    assert first is not None
    assert second is not None
    assert (first["id"], first["hash"] == second["hash"]) == (second["id"], False)
    assert second["state"]["values"]["goal"]["a"]["selected_option"] == kit.payload_option("beta")


@pytest.fixture
def without_event(manifest: Path) -> Path:
    manifest.write_text(MANIFEST.replace("[app_home_opened]", "[]"), "utf-8")
    return manifest


@pytest.fixture
def read_only(manifest: Path) -> Path:
    more = "home_tab_enabled: true, messages_tab_read_only_enabled: true"
    manifest.write_text(MANIFEST.replace("home_tab_enabled: true", more), "utf-8")
    return manifest


async def test_nobody_writes_to_an_app_whose_manifest_turns_that_off(
    tmp_path: Path, read_only: Path
) -> None:
    async with Playground.open(data=tmp_path / "other", manifest=read_only) as slack:
        with pytest.raises(LookupError, match="turns off"):
            slack.say("ada", "dm", "hello")


@pytest.fixture
def without_home(manifest: Path) -> Path:
    disabled = MANIFEST.replace("home_tab_enabled: true", "home_tab_enabled: false")
    manifest.write_text(disabled, "utf-8")
    return manifest


async def test_an_app_that_is_not_subscribed_to_the_event_receives_nothing(
    tmp_path: Path, without_event: Path
) -> None:
    async with Playground.open(data=tmp_path / "other", manifest=without_event) as slack:
        assert not await slack.open_home("ada")
        assert not slack.problems


async def test_without_home_in_the_manifest_there_is_none(
    tmp_path: Path, without_home: Path
) -> None:
    async with Playground.open(data=tmp_path / "other", manifest=without_home) as slack:
        with pytest.raises(LookupError, match="does not enable"):
            await slack.open_home("ada")
