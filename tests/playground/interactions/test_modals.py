"""Modals: what the app receives, and what its answers do."""

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import Received, answering, open_modal

NAME = kit.field("name", kit.text_input(min_length=2, max_length=5))


@pytest.mark.usefixtures("live")
async def test_a_submission_sends_the_view_and_an_empty_ack_closes_it(
    slack: Playground, app: AsyncApp, received: Received
) -> None:
    answering(app)
    opened = await open_modal(slack, kit.modal(NAME, private_metadata='{"channel": "C1"}'))
    await slack.type_into("ada", "Name", "abc")
    answer = await slack.submit("ada")
    payload = received[-1]
    assert (answer.ok, answer.view, slack.view("ada")) == (True, None, None)
    assert payload["view"]["private_metadata"] == '{"channel": "C1"}'
    assert payload["view"]["root_view_id"] == payload["view"]["id"] == opened["id"]
    assert payload["view"]["hash"] == opened["hash"]
    assert "trigger_id" in payload
    assert not {"channel", "message", "response_url", "container"} & payload.keys()


@pytest.mark.usefixtures("live")
async def test_errors_are_shown_at_their_fields_and_keep_the_modal_open(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="errors", errors={"name": "Taken already."})
    await open_modal(slack, kit.modal(NAME))
    await slack.type_into("ada", "name", "abc")
    answer = await slack.submit("ada")
    assert (answer.ok, answer.errors) == (True, {"name": "Taken already."})
    assert slack.view("ada") is not None


@pytest.mark.usefixtures("live")
async def test_errors_at_a_block_that_is_not_an_input_are_a_failure_in_slack(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="errors", errors={"nowhere": "x"})
    await open_modal(slack, kit.modal(kit.section("hello")))
    assert (await slack.submit("ada")).error == "invalid_errors"
    assert slack.problems[-1].what == "invalid_errors"


@pytest.mark.usefixtures("live")
async def test_an_answer_can_update_the_modal_and_keeps_what_was_typed(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="update", view=kit.modal(kit.section("now"), NAME, title="Two"))
    opened = await open_modal(slack, kit.modal(NAME))
    await slack.type_into("ada", "name", "abc")
    await slack.submit("ada")
    view = slack.view("ada")
    assert view is not None
    assert (view["id"], view["title"]["text"]) == (opened["id"], "Two")
    assert view["hash"] != opened["hash"]
    assert view["state"]["values"]["name"]["a"]["value"] == "abc"


@pytest.mark.usefixtures("live")
async def test_an_answer_can_push_a_modal_over_the_first_and_clear_both(
    slack: Playground, app: AsyncApp
) -> None:
    second = kit.modal(kit.section("second"), title="Second", callback_id="n")
    answering(app, response_action="push", view=second)

    @app.view("n")
    async def clear(ack: AsyncAck) -> None:
        await ack(response_action="clear")

    opened = await open_modal(slack, kit.modal(kit.section("first")))
    pushed = (await slack.submit("ada")).view
    assert pushed is not None
    assert pushed["root_view_id"] == pushed["previous_view_id"] == opened["id"]
    await slack.submit("ada")
    assert slack.view("ada") is None


@pytest.mark.usefixtures("live")
async def test_an_empty_answer_closes_the_top_modal_only(slack: Playground, app: AsyncApp) -> None:
    answering(app)
    opened = await open_modal(slack, kit.modal(kit.section("first")))
    ada = slack.workspace.person("ada").id
    slack.views.push(ada, kit.modal(kit.section("second")))
    await slack.submit("ada")
    view = slack.view("ada")
    assert view is not None
    assert view["id"] == opened["id"]


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("ack", [0.3])
async def test_a_submission_that_is_not_acknowledged_fails_and_leaves_the_modal_open(
    slack: Playground,
) -> None:
    await open_modal(slack, kit.modal(kit.section("x"), callback_id="unknown"))
    answer = await slack.submit("ada")
    assert answer.error is not None
    assert slack.view("ada") is not None


@pytest.mark.usefixtures("live")
async def test_an_invalid_view_in_an_answer_is_reported_and_changes_nothing(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="update", view=kit.modal(title="x" * 25))
    await open_modal(slack, kit.modal(kit.section("x")))
    assert (await slack.submit("ada")).error == "invalid_arguments"
    assert "less than 25 characters" in slack.problems[-1].detail


@pytest.mark.usefixtures("live")
async def test_a_press_in_a_modal_sends_the_view_and_no_channel(
    slack: Playground, received: Received
) -> None:
    opened = await open_modal(
        slack, kit.modal(NAME, kit.actions(kit.button("Go", "go", value="v")))
    )
    await slack.type_into("ada", "name", "abc")
    answer = await slack.press("ada", "Go")
    payload = received[-1]
    assert answer.ok
    assert payload["container"] == {"type": "view", "view_id": opened["id"]}
    assert payload["view"]["state"]["values"]["name"]["a"]["value"] == "abc"
    assert (payload["actions"][0]["action_id"], payload["actions"][0]["value"]) == ("go", "v")
    assert not {"channel", "message", "response_url", "state"} & payload.keys()


@pytest.mark.usefixtures("live")
async def test_the_trigger_of_a_press_in_a_modal_pushes_and_that_of_a_command_does_not(
    slack: Playground, client: AsyncWebClient
) -> None:
    await open_modal(slack, kit.modal(kit.actions(kit.button("Go", "go"))))
    pressed = await slack.press("ada", "Go")
    await client.views_push(trigger_id=pressed.request["trigger_id"], view=kit.modal(title="Two"))
    outside = slack.triggers.issue(slack.workspace.person("ada").id)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_push(trigger_id=outside, view=kit.modal())


@pytest.mark.usefixtures("live")
async def test_closing_is_sent_to_an_app_that_asked_for_it(
    slack: Playground, received: Received
) -> None:
    await open_modal(slack, kit.modal())
    assert await slack.close_view("ada") is None
    opened = await open_modal(slack, kit.modal(notify_on_close=True))
    ada = slack.workspace.person("ada").id
    slack.views.push(ada, kit.modal())
    await slack.close_view("ada", everything=True)
    (payload,) = received
    assert (payload["type"], payload["is_cleared"], payload["view"]["id"]) == (
        "view_closed",
        True,
        opened["id"],
    )
    assert "trigger_id" not in payload
    assert slack.view("ada") is None


async def test_each_person_has_a_stack_of_their_own(slack: Playground) -> None:
    await open_modal(slack, kit.modal(title="Ada's"))
    await open_modal(slack, kit.modal(title="Grace's"), "grace")
    titles = [v["title"]["text"] for p in ("ada", "grace") if (v := slack.view(p))]
    assert titles == ["Ada's", "Grace's"]


async def test_an_external_id_is_used_once(slack: Playground) -> None:
    await open_modal(slack, kit.modal(external_id="e"))
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await open_modal(slack, kit.modal(external_id="e"), "grace")


async def test_a_test_can_read_what_a_person_reads_and_can_press(slack: Playground) -> None:
    boxes = kit.field("boxes", kit.EMPTY["boxes"], hint=kit.plain("Tick some."))
    await open_modal(
        slack, kit.modal(kit.section("Hello"), boxes, kit.actions(kit.button("Go", "go")))
    )
    assert slack.reads("ada").split("\n") == [
        "A modal", "Hello", "Boxes", "Alpha", "Beta", "Gamma", "Tick some.", "Go",
    ]  # fmt: skip
    assert slack.presses("ada") == ["Boxes", "Go"]
    with pytest.raises(LookupError, match="is not a button"):
        await slack.press("ada", "Boxes")
    with pytest.raises(LookupError, match="nothing here is called 'Stop'"):
        await slack.press("ada", "Stop")
