"""A real Bolt app over real Socket Mode: commands, buttons, reconnecting."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground.conftest import Connected
from tests.support.patience import patient

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Finished"}, "action_id": "fin"}
CARD = [{"type": "actions", "elements": [BUTTON]}]
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "M"}, "blocks": []}


def answering(app: AsyncApp, **answer: object) -> None:
    @app.command("/label")
    async def label(ack: AsyncAck) -> None:
        await ack(**answer)  # type: ignore[arg-type]


async def test_an_ack_with_text_is_shown_to_the_person_alone(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    answering(app, text="saved")
    async with connected(app):
        answer = await slack.command("ada", "#triage", "/label", "SYMPTOM chest pain")
    assert (answer.text, answer.ok) == ("saved", True)
    assert slack.messages("#triage", viewer="ada")[-1] == answer.message
    assert answer.message not in slack.messages("#triage", viewer="grace")


async def test_an_ack_for_the_channel_is_posted_to_all(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    answering(app, text="shared", response_type="in_channel")
    async with connected(app):
        answer = await slack.command("ada", "#triage", "/label")
    assert answer.message in slack.messages("#triage", viewer="grace")


async def test_an_empty_ack_shows_nothing(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    answering(app)
    async with connected(app):
        answer = await slack.command("ada", "#triage", "/label")
    assert (answer.ok, answer.message) == (True, None)


async def test_a_commands_text_is_escaped_as_the_manifest_says(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    received: list[str] = []

    async def receive(ack: AsyncAck, command: dict[str, Any]) -> None:
        received.append(command["text"])
        await ack()

    app.command("/label")(receive)
    app.command("/raw")(receive)
    async with connected(app):
        await slack.command("ada", "#triage", "/label", "@grace < #random")
        await slack.command("ada", "#triage", "/raw", "@grace < #random")
    grace, random = slack.workspace.person("grace").id, slack.workspace.channel("random").id
    assert received == [f"<@{grace}|grace> &lt; <#{random}|random>", "@grace &lt; #random"]


@pytest.mark.parametrize("ack", [0.3])
async def test_no_ack_in_time_is_an_operation_timeout(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    too_late = asyncio.Event()

    @app.command("/label")
    async def label(ack: AsyncAck) -> None:
        await too_late.wait()
        await ack("late")

    async with connected(app):
        answer = await slack.command("ada", "#triage", "/label")
        too_late.set()
        await slack.until(lambda: "late_ack" in {p.what for p in slack.problems})
    assert answer.text == '/label failed with the error "operation_timeout"'
    assert answer.message in slack.messages("#triage", viewer="ada")
    assert answer.message not in slack.messages("#triage", viewer="grace")


async def test_without_a_connection_the_dispatch_fails(slack: Playground) -> None:
    answer = await slack.command("ada", "#triage", "/label")
    assert answer.error == "dispatch_failed"


async def test_bad_blocks_in_an_ack_are_refused_and_reported(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    answering(app, text="x", blocks=[{"type": "section"}])
    async with connected(app):
        answer = await slack.command("ada", "#triage", "/label")
    assert answer.error == "invalid_command_response"
    assert "missing required field: text" in slack.problems[-1].detail


async def test_an_unknown_command_and_one_in_a_thread_are_refused_by_slack(
    slack: Playground,
) -> None:
    unknown = await slack.command("ada", "#triage", "/foo")
    threaded = await slack.command("ada", "#triage", "/label", thread_ts="1.2")
    assert unknown.text.startswith("/foo is not a valid command.")
    assert "not supported in threads" in threaded.text
    assert not slack.problems


async def test_a_button_replaces_its_ephemeral_message_by_response_url(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    bodies: list[dict[str, Any]] = []
    answering(app, text="card", blocks=CARD)

    @app.action("fin")
    async def finish(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()
        await respond(text="done", replace_original=True, response_type="in_channel")

    async with connected(app):
        card = (await slack.command("ada", "#triage", "/label")).message
        assert card is not None
        pressed = await slack.click("ada", card, "Finished")
        await slack.until(lambda: (m := slack.now(card)) and m.text == "done")
    changed = slack.now(card)
    assert pressed.ok
    assert changed is not None
    assert changed.only_for == slack.workspace.person("ada").id
    assert bodies[0]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[0]


async def test_slack_ignores_a_body_in_a_buttons_ack(
    slack: Playground, app: AsyncApp, connected: Connected, client: AsyncWebClient
) -> None:
    @app.action("fin")
    async def finish(ack: AsyncAck) -> None:
        await ack(text="lost")

    posted = await client.chat_postMessage(channel="#triage", text="card", blocks=CARD)
    async with connected(app):
        await slack.click("ada", slack.messages("#triage")[-1], "fin")
    assert slack.messages("#triage")[-1].ts == posted["ts"]
    assert slack.problems[-1].what == "ignored_ack_body"


async def test_after_a_command_replace_original_posts_a_new_message(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    @app.command("/label")
    async def label(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack("first")
        await respond(text="second", replace_original=True)

    def texts() -> set[str]:
        return {m.text for m in slack.messages("#triage", viewer="ada")}

    async with connected(app):
        await slack.command("ada", "#triage", "/label")
        # Bolt sends an ack up to 10 ms after ack(): the second may overtake it, in Slack too.
        await slack.until(lambda: texts() >= {"first", "second"})


async def test_the_sixth_use_of_a_response_url_is_refused(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    statuses: list[int] = []

    @app.command("/label")
    async def label(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        statuses.extend([(await respond(f"{i}")).status_code for i in range(6)])

    async with connected(app):
        await slack.command("ada", "#triage", "/label")
        await slack.until(lambda: len(statuses) == 6)
    assert statuses == [200] * 5 + [404]
    assert slack.problems[-1].what == "used_url"


async def test_a_modal_opens_once_for_a_trigger_and_stacks_three_high(
    slack: Playground, client: AsyncWebClient
) -> None:
    ada = slack.workspace.person("ada").id
    first = slack.triggers.issue(ada)
    opened = await client.views_open(trigger_id=first, view=MODAL)
    inside = opened["view"]["id"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=first, view=MODAL)
    for _ in range(2):
        await client.views_push(trigger_id=slack.triggers.issue(ada, view_id=inside), view=MODAL)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=slack.triggers.issue(ada, view_id=inside), view=MODAL)
    view = slack.view("ada")
    assert view is not None
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash="old", view=MODAL)


async def test_the_same_delivery_can_be_repeated(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    triggers: list[str] = []

    @app.command("/label")
    async def label(ack: AsyncAck, command: dict[str, Any]) -> None:
        triggers.append(command["trigger_id"])
        await ack("saved")

    async with connected(app):
        first = await slack.command("ada", "#triage", "/label")
        again = await slack.deliver_again(first)
    assert again.text == first.text
    assert triggers[0] == triggers[1]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_the_app_reconnects_after_a_disconnect(
    slack: Playground, app: AsyncApp, connected: Connected, reason: Any
) -> None:
    answering(app, text="still here")
    opened = "apps.connections.open"
    async with connected(app):
        await slack.disconnect(reason)
        await slack.until(lambda: [c.method for c in slack.calls].count(opened) == 2)
        await slack.until(lambda: slack.sockets.connected == 1)
        answer = await slack.command("ada", "#triage", "/label")
    assert answer.text == "still here"


async def test_a_ticket_opens_one_connection_and_ten_may_be_open(slack: Playground) -> None:
    web = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    ticket = (await web.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(ticket) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(ticket)
        urls = [
            (await web.apps_connections_open(app_token=slack.app_token))["url"] for _ in "x" * 10
        ]
        sockets = [await session.ws_connect(url) for url in urls]
        hellos = [await s.receive_json() for s in sockets]
        for other in sockets:
            await other.close()
    assert [h["type"] for h in hellos] == ["hello"] * 9 + ["disconnect"]


@pytest.mark.parametrize("ack", [patient(0.1)])  # far longer than it takes, but waited for twice
async def test_events_are_retried_with_the_number_of_the_retry(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    tries: list[list[str]] = []
    over = asyncio.Event()

    @app.middleware
    async def fail_twice(req: Any, next: Any) -> None:  # noqa: A002 - Bolt's name
        tries.append(req.headers.get("x-slack-retry-num", []))
        if len(tries) > 2:
            await next()
        else:
            await over.wait()

    @app.event("app_home_opened")
    async def opened() -> None:
        """Nothing to do."""

    async with connected(app):
        assert await slack.event({"type": "app_home_opened", "user": "U1"})
        over.set()
    assert tries == [["0"], ["1"], ["2"]]
