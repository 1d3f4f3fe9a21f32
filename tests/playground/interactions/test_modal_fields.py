"""Fields of modals: their values, when the app receives them, what Slack's client refuses."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import Received, answering, open_modal

NAME = kit.field("name", kit.text_input(min_length=2, max_length=5))


@pytest.mark.usefixtures("live")
async def test_unchanged_fields_are_sent_as_null_with_their_type(
    slack: Playground, app: AsyncApp, received: Received
) -> None:
    answering(app)
    fields = [kit.field(name, element, optional=True) for name, element in kit.EMPTY.items()]
    await open_modal(slack, kit.modal(*fields))
    await slack.submit("ada")
    values = received[-1]["view"]["state"]["values"]
    submitted = {
        name: {k: v for k, v in fields["a"].items() if k != "type"}
        for name, fields in values.items()
    }
    assert submitted == kit.UNTOUCHED
    assert {n: f["a"]["type"] for n, f in values.items()} == {
        n: e["type"] for n, e in kit.EMPTY.items()
    }


@pytest.mark.usefixtures("live")
async def test_initial_values_are_sent_until_something_else_is_chosen(
    slack: Playground, app: AsyncApp, received: Received
) -> None:
    answering(app)
    fields = [kit.field(name, element, optional=True) for name, element in kit.FILLED.items()]
    await open_modal(slack, kit.modal(*fields))
    await slack.choose("ada", "boxes", "alpha", "Gamma")
    await slack.choose("ada", "select")
    await slack.choose("ada", "person", "grace")
    await slack.type_into("ada", "text", "typed")
    await slack.submit("ada")
    values = {name: fields["a"] for name, fields in received[-1]["view"]["state"]["values"].items()}
    assert values["boxes"]["selected_options"] == kit.payload_options("alpha", "gamma")
    assert values["select"]["selected_option"] is None
    assert values["person"]["selected_user"] == slack.workspace.person("grace").id
    assert values["text"]["value"] == "typed"
    assert values["rich"]["rich_text_value"] == kit.rich(kit.run("chest pain", bold=True))
    assert values["date"]["selected_date"] == "2026-11-25"


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("typed", "words"),
    [(None, "complete this required"), ("a", "at least 2"), ("abcdef", "at most 5")],
)
async def test_what_slacks_client_refuses_is_never_sent(
    slack: Playground, received: Received, typed: str | None, words: str
) -> None:
    await open_modal(slack, kit.modal(NAME))
    await slack.type_into("ada", "name", typed)
    answer = await slack.submit("ada")
    assert answer.error == "not_sent"
    assert words in answer.errors["name"]
    assert received == []


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("dispatching", [True, False])
async def test_a_choice_in_an_input_is_sent_at_once_only_with_dispatch_action(
    slack: Playground, received: Received, dispatching: bool
) -> None:
    choice = kit.field("select", kit.EMPTY["select"], dispatch_action=dispatching)
    await open_modal(slack, kit.modal(choice))
    answer = await slack.choose("ada", "select", "beta")
    assert [body["actions"][0]["selected_option"]["value"] for body in received] == [
        "beta"
    ] * dispatching
    assert (answer is not None) == dispatching


@pytest.mark.usefixtures("live")
async def test_typed_text_is_sent_at_enter_or_at_each_character_as_the_field_is_set(
    slack: Playground, received: Received
) -> None:
    each = {"trigger_actions_on": ["on_character_entered"]}
    at_once = kit.field("one", kit.text_input(dispatch_action_config=each), dispatch_action=True)
    at_enter = kit.field("two", kit.text_input(), dispatch_action=True)
    await open_modal(slack, kit.modal(at_once, at_enter))
    await slack.type_into("ada", "one", "x")
    await slack.type_into("ada", "two", "y")
    await slack.press_enter("ada", "two")
    assert [body["actions"][0]["value"] for body in received] == ["x", "y"]


@pytest.mark.usefixtures("live")
async def test_a_live_update_keeps_what_was_typed_where_the_ids_stay(
    slack: Playground, client: AsyncWebClient
) -> None:
    select = kit.field("select", kit.EMPTY["select"])
    opened = await open_modal(slack, kit.modal(NAME, select))
    await slack.type_into("ada", "name", "abc")
    await slack.choose("ada", "select", "gamma")
    fewer = kit.field("select", {**kit.EMPTY["select"], "options": kit.payload_options("alpha")})
    await client.views_update(view_id=opened["id"], view=kit.modal(NAME, fewer))
    view = slack.view("ada")
    assert view is not None
    assert view["state"]["values"]["name"]["a"]["value"] == "abc"
    assert view["state"]["values"]["select"]["a"]["selected_option"] is None


@pytest.mark.usefixtures("live")
async def test_a_pushed_rich_text_with_an_initial_value_is_lost_as_in_slack(
    slack: Playground, app: AsyncApp, received: Received
) -> None:
    answering(app)
    await open_modal(slack, kit.modal())
    ada = slack.workspace.person("ada").id
    slack.views.push(ada, kit.modal(kit.field("rich", kit.FILLED["rich"])))
    assert (await slack.submit("ada")).error == "submission_lost"
    await slack.type_into("ada", "rich", "something else")
    assert (await slack.submit("ada")).ok
    assert len(received) == 1


@pytest.mark.usefixtures("live")
async def test_a_conversation_chosen_where_the_app_asks_comes_with_a_response_url(
    slack: Playground, app: AsyncApp, received: Received
) -> None:
    answering(app)
    talk = {**kit.EMPTY["talk"], "response_url_enabled": True}
    await open_modal(slack, kit.modal(kit.field("talk", talk)))
    await slack.choose("ada", "talk", "#triage")
    await slack.submit("ada")
    (url,) = received[-1]["response_urls"]
    assert url["channel_id"] == slack.workspace.channel("triage").id
    assert url["response_url"].startswith(slack.base_url)


@pytest.mark.usefixtures("live")
async def test_an_external_menu_asks_the_app_for_options_as_one_types(
    slack: Playground, app: AsyncApp, received: Received
) -> None:
    @app.options("a")
    async def suggest(ack: AsyncAck, payload: dict[str, Any]) -> None:
        await ack(options=kit.options(*(w for w in kit.LETTERS if payload["value"] in w)))

    answering(app)
    await open_modal(slack, kit.modal(kit.field("letter", {"type": "external_select"})))
    assert await slack.suggest("ada", "letter", "al") == []
    assert await slack.suggest("ada", "letter", "alp") == ["Alpha"]
    await slack.choose("ada", "letter", "Alpha")
    await slack.submit("ada")
    assert (received[0]["type"], received[0]["value"]) == ("block_suggestion", "alp")
    assert not {"trigger_id", "actions"} & received[0].keys()
    assert received[1]["view"]["state"]["values"]["letter"]["a"][
        "selected_option"
    ] == kit.payload_option("alpha")
    assert not slack.problems
