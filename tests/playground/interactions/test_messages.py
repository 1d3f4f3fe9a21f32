"""What people do in messages: boxes and menus, threads, shortcuts."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import Connected

Received = list[dict[str, Any]]
BOXES = kit.actions(
    {**kit.FILLED["boxes"], "action_id": "boxes"},
    {**kit.EMPTY["radio"], "action_id": "radio"},
    {**kit.EMPTY["several"], "action_id": "several"},
    kit.button("Done", "done"),
)


@pytest.fixture
def received(app: AsyncApp) -> Received:
    """Every interaction, in order."""
    bodies: Received = []

    async def receive(ack: AsyncAck, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    for action_id in ("boxes", "radio", "several", "done"):
        app.action(action_id)(receive)
    app.shortcut("label_message")(receive)
    app.shortcut("workbench")(receive)
    return bodies


async def test_each_press_in_a_message_sends_what_was_chosen_in_it(
    slack: Playground,
    app: AsyncApp,
    received: Received,
    connected: Connected,
    client: AsyncWebClient,
) -> None:
    await client.chat_postMessage(channel="#triage", text="boxes", blocks=[BOXES])
    message = slack.messages("#triage")[-1]
    async with connected(app):
        await slack.click("ada", message, "boxes", option=["alpha", "gamma"])
        await slack.click("ada", message, "radio", option="beta")
        await slack.click("ada", message, "Done")
        await slack.click("grace", message, "Done")
    assert received[0]["actions"][0]["selected_options"] == kit.payload_options("alpha", "gamma")
    ada, grace = (
        received[2]["state"]["values"]["actions"],
        received[3]["state"]["values"]["actions"],
    )
    assert ada["boxes"]["selected_options"] == kit.payload_options("alpha", "gamma")
    assert ada["radio"]["selected_option"] == kit.payload_option("beta")
    assert ada["several"]["selected_options"] == []
    assert "done" not in ada
    assert grace["boxes"]["selected_options"] == kit.payload_options("beta")
    assert grace["radio"]["selected_option"] is None


async def test_a_message_shortcut_sends_somebody_elses_message_and_its_channel(
    slack: Playground, app: AsyncApp, received: Received, connected: Connected
) -> None:
    said = slack.say("grace", "#triage", "chest pain & fever")
    answered = slack.reply("linus", said, "yes")
    async with connected(app):
        await slack.shortcut("ada", "label_message", said)
        await slack.shortcut("ada", "label_message", answered)
    first, second = received
    assert (first["type"], first["callback_id"]) == ("message_action", "label_message")
    assert first["message"]["text"] == "chest pain &amp; fever"
    assert first["message"]["user"] == slack.workspace.person("grace").id
    assert (first["message_ts"], first["channel"]["name"]) == (said.ts, "triage")
    assert {"trigger_id", "response_url"} <= first.keys()
    assert (first["message"]["thread_ts"], first["message"]["reply_count"]) == (said.ts, 1)
    assert second["message"]["thread_ts"] == said.ts


async def test_a_global_shortcut_sends_neither_channel_nor_response_url(
    slack: Playground, app: AsyncApp, received: Received, connected: Connected
) -> None:
    async with connected(app):
        answer = await slack.shortcut("ada", "workbench")
    (payload,) = received
    assert answer.ok
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "workbench")
    assert not {"channel", "response_url", "message", "view"} & payload.keys()
    assert "trigger_id" in payload


async def test_a_message_shortcut_cannot_be_used_globally(slack: Playground) -> None:
    with pytest.raises(LookupError, match="no global shortcut label_message"):
        await slack.shortcut("ada", "label_message")


async def test_an_ephemeral_message_has_no_shortcuts(
    slack: Playground, client: AsyncWebClient
) -> None:
    ada = slack.workspace.person("ada").id
    await client.chat_postEphemeral(channel="#triage", user=ada, text="psst")
    with pytest.raises(LookupError, match="no shortcuts on this message"):
        await slack.shortcut("ada", "label_message", slack.messages("#triage", viewer="ada")[-1])


async def test_a_button_in_a_thread_is_answered_in_the_thread(
    slack: Playground, app: AsyncApp, connected: Connected, client: AsyncWebClient
) -> None:
    @app.action("answer")
    async def answer(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        await respond(text=body["container"]["thread_ts"], replace_original=False)

    said = slack.say("grace", "#triage", "hello")
    card = [kit.actions(kit.button("Answer", "answer"))]
    await client.chat_postMessage(channel="#triage", thread_ts=said.ts, text="card", blocks=card)
    async with connected(app):
        await slack.click("ada", slack.messages("#triage")[-1], "Answer")
        await slack.until(lambda: slack.messages("#triage", viewer="ada")[-1].text == said.ts)
    assert slack.messages("#triage", viewer="ada")[-1].thread_ts == said.ts


async def test_a_command_in_a_thread_is_refused_in_that_thread_to_its_sender(
    slack: Playground,
) -> None:
    said = slack.say("grace", "#triage", "hello")
    slack.say("grace", "#triage", "something else")
    answered = slack.reply("linus", said, "hi")
    refused = await slack.command("ada", "#triage", "/label", thread_ts=said.ts)
    assert refused.error == "not_supported_in_threads"
    assert slack.thread(answered, viewer="ada") == [said, answered, refused.message]
    assert slack.thread(said, viewer="grace") == [said, answered]


async def test_the_app_writes_to_a_person_in_a_conversation_of_their_own(
    slack: Playground, client: AsyncWebClient
) -> None:
    for name in ("ada", "grace"):
        await client.chat_postMessage(channel=slack.workspace.person(name).id, text=f"for {name}")
    assert [m.text for m in slack.messages("dm", viewer="ada")] == ["for ada"]
    assert [m.text for m in slack.messages("dm", viewer="grace")] == ["for grace"]


async def test_a_field_in_a_message_is_sent_at_enter_and_with_each_press(
    slack: Playground,
    app: AsyncApp,
    received: Received,
    connected: Connected,
    client: AsyncWebClient,
) -> None:
    note = kit.field("note", kit.text_input(), dispatch_action=True)
    await client.chat_postMessage(channel="#triage", text="x", blocks=[note, BOXES])
    message = slack.messages("#triage")[-1]

    @app.action("a")
    async def entered(ack: AsyncAck, body: dict[str, Any]) -> None:
        received.append(body)
        await ack()

    async with connected(app):
        assert await slack.type_into("ada", "note", "typed", message=message) is None
        await slack.press_enter("ada", "note", message=message)
        await slack.choose("ada", "boxes", "Alpha", message=message)
    assert received[0]["actions"][0]["value"] == "typed"
    assert received[1]["state"]["values"]["note"]["a"]["value"] == "typed"
    assert received[1]["actions"][0]["selected_options"] == kit.payload_options("alpha")
