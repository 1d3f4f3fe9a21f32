"""Modals as an app meets them: what it is told, and what becomes of its answers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import Connected

Heard = list[dict[str, Any]]
NAME = kit.field("name", kit.text_input(min_length=2, max_length=5))


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


@pytest.mark.usefixtures("live")
async def test_untouched_fields_are_told_as_null_and_filled_ones_in_their_shape(
    slack: Playground, app: AsyncApp, heard: Heard
) -> None:
    answering(app)
    fields = [kit.field(name, element, optional=True) for name, element in kit.EMPTY.items()]
    await open_modal(slack, kit.modal(*fields))
    await slack.submit("ada")
    values = heard[-1]["view"]["state"]["values"]
    told = {
        name: {k: v for k, v in fields["a"].items() if k != "type"}
        for name, fields in values.items()
    }
    assert told == kit.UNTOUCHED
    assert {n: f["a"]["type"] for n, f in values.items()} == {
        n: e["type"] for n, e in kit.EMPTY.items()
    }


@pytest.mark.usefixtures("live")
async def test_initial_values_are_told_until_something_else_is_chosen(
    slack: Playground, app: AsyncApp, heard: Heard
) -> None:
    answering(app)
    fields = [kit.field(name, element, optional=True) for name, element in kit.FILLED.items()]
    await open_modal(slack, kit.modal(*fields))
    await slack.choose("ada", "boxes", "alpha", "Gamma")
    await slack.choose("ada", "select")
    await slack.choose("ada", "person", "grace")
    await slack.type_into("ada", "text", "typed")
    await slack.submit("ada")
    values = {name: fields["a"] for name, fields in heard[-1]["view"]["state"]["values"].items()}
    assert values["boxes"]["selected_options"] == kit.options("alpha", "gamma")
    assert values["select"]["selected_option"] is None
    assert values["person"]["selected_user"] == slack.workspace.person("grace").id
    assert values["text"]["value"] == "typed"
    assert values["rich"]["rich_text_value"] == kit.rich(kit.run("chest pain", bold=True))
    assert values["date"]["selected_date"] == "2026-11-25"


@pytest.mark.usefixtures("live")
async def test_a_submission_tells_the_view_and_closes_it_when_acknowledged_with_nothing(
    slack: Playground, app: AsyncApp, heard: Heard
) -> None:
    answering(app)
    opened = await open_modal(slack, kit.modal(NAME, private_metadata='{"channel": "C1"}'))
    await slack.type_into("ada", "Name", "abc")
    answer = await slack.submit("ada")
    told = heard[-1]
    assert (answer.ok, answer.view, slack.view("ada")) == (True, None, None)
    assert told["view"]["private_metadata"] == '{"channel": "C1"}'
    assert told["view"]["root_view_id"] == told["view"]["id"] == opened["id"]
    assert told["view"]["hash"] == opened["hash"]
    assert "trigger_id" in told
    assert not {"channel", "message", "response_url", "container"} & told.keys()


@pytest.mark.usefixtures("live")
async def test_errors_stand_at_their_fields_and_keep_the_modal_open(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="errors", errors={"name": "Taken already."})
    await open_modal(slack, kit.modal(NAME))
    await slack.type_into("ada", "name", "abc")
    answer = await slack.submit("ada")
    assert (answer.ok, answer.errors) == (True, {"name": "Taken already."})
    assert slack.view("ada") is not None


@pytest.mark.usefixtures("live")
async def test_errors_at_a_block_that_is_no_input_are_a_failure_in_slack(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="errors", errors={"nowhere": "x"})
    await open_modal(slack, kit.modal(kit.section("hello")))
    assert (await slack.submit("ada")).error == "invalid_errors"
    assert slack.problems[-1].what == "invalid_errors"


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("typed", "words"),
    [(None, "complete this required"), ("a", "at least 2"), ("abcdef", "at most 5")],
)
async def test_what_slacks_client_refuses_is_never_sent(
    slack: Playground, heard: Heard, typed: str | None, words: str
) -> None:
    await open_modal(slack, kit.modal(NAME))
    await slack.type_into("ada", "name", typed)
    answer = await slack.submit("ada")
    assert answer.error == "not_sent"
    assert words in answer.errors["name"]
    assert heard == []


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
async def test_a_modal_that_nobody_answers_for_stays_open_and_says_so(slack: Playground) -> None:
    await open_modal(slack, kit.modal(kit.section("x"), callback_id="unknown"))
    answer = await slack.submit("ada")
    assert answer.error is not None
    assert slack.view("ada") is not None


@pytest.mark.usefixtures("live")
async def test_an_invalid_view_in_an_answer_is_told_and_changes_nothing(
    slack: Playground, app: AsyncApp
) -> None:
    answering(app, response_action="update", view=kit.modal(title="x" * 25))
    await open_modal(slack, kit.modal(kit.section("x")))
    assert (await slack.submit("ada")).error == "invalid_arguments"
    assert "less than 25 characters" in slack.problems[-1].detail


@pytest.mark.usefixtures("live")
async def test_a_press_in_a_modal_tells_the_view_and_no_channel(
    slack: Playground, heard: Heard
) -> None:
    opened = await open_modal(
        slack, kit.modal(NAME, kit.actions(kit.button("Go", "go", value="v")))
    )
    await slack.type_into("ada", "name", "abc")
    answer = await slack.press("ada", "Go")
    told = heard[-1]
    assert answer.ok
    assert told["container"] == {"type": "view", "view_id": opened["id"]}
    assert told["view"]["state"]["values"]["name"]["a"]["value"] == "abc"
    assert (told["actions"][0]["action_id"], told["actions"][0]["value"]) == ("go", "v")
    assert not {"channel", "message", "response_url", "state"} & told.keys()


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
@pytest.mark.parametrize("dispatching", [True, False])
async def test_a_choice_in_an_input_is_told_at_once_only_where_the_block_asks_for_it(
    slack: Playground, heard: Heard, dispatching: bool
) -> None:
    choice = kit.field("select", kit.EMPTY["select"], dispatch_action=dispatching)
    await open_modal(slack, kit.modal(choice))
    answer = await slack.choose("ada", "select", "beta")
    assert [body["actions"][0]["selected_option"]["value"] for body in heard] == [
        "beta"
    ] * dispatching
    assert (answer is not None) == dispatching


@pytest.mark.usefixtures("live")
async def test_typed_text_is_told_at_enter_or_at_each_character_as_the_field_asks(
    slack: Playground, heard: Heard
) -> None:
    each = {"trigger_actions_on": ["on_character_entered"]}
    at_once = kit.field("one", kit.text_input(dispatch_action_config=each), dispatch_action=True)
    at_enter = kit.field("two", kit.text_input(), dispatch_action=True)
    await open_modal(slack, kit.modal(at_once, at_enter))
    await slack.type_into("ada", "one", "x")
    await slack.type_into("ada", "two", "y")
    await slack.press_enter("ada", "two")
    assert [body["actions"][0]["value"] for body in heard] == ["x", "y"]


@pytest.mark.usefixtures("live")
async def test_a_live_update_keeps_what_was_typed_where_the_ids_stay(
    slack: Playground, client: AsyncWebClient
) -> None:
    select = kit.field("select", kit.EMPTY["select"])
    opened = await open_modal(slack, kit.modal(NAME, select))
    await slack.type_into("ada", "name", "abc")
    await slack.choose("ada", "select", "gamma")
    fewer = kit.field("select", {**kit.EMPTY["select"], "options": kit.options("alpha")})
    await client.views_update(view_id=opened["id"], view=kit.modal(NAME, fewer))
    view = slack.view("ada")
    assert view is not None
    assert view["state"]["values"]["name"]["a"]["value"] == "abc"
    assert view["state"]["values"]["select"]["a"]["selected_option"] is None


@pytest.mark.usefixtures("live")
async def test_closing_is_told_to_an_app_that_asked_for_it(slack: Playground, heard: Heard) -> None:
    await open_modal(slack, kit.modal())
    assert await slack.close_view("ada") is None
    opened = await open_modal(slack, kit.modal(notify_on_close=True))
    ada = slack.workspace.person("ada").id
    slack.views.push(ada, kit.modal())
    await slack.close_view("ada", everything=True)
    (told,) = heard
    assert (told["type"], told["is_cleared"], told["view"]["id"]) == (
        "view_closed",
        True,
        opened["id"],
    )
    assert "trigger_id" not in told
    assert slack.view("ada") is None


@pytest.mark.usefixtures("live")
async def test_a_pushed_rich_text_with_an_initial_value_is_lost_as_in_slack(
    slack: Playground, app: AsyncApp, heard: Heard
) -> None:
    answering(app)
    await open_modal(slack, kit.modal())
    ada = slack.workspace.person("ada").id
    slack.views.push(ada, kit.modal(kit.field("rich", kit.FILLED["rich"])))
    assert (await slack.submit("ada")).error == "submission_lost"
    await slack.type_into("ada", "rich", "something else")
    assert (await slack.submit("ada")).ok
    assert len(heard) == 1


async def test_each_person_has_a_stack_of_their_own(slack: Playground) -> None:
    await open_modal(slack, kit.modal(title="Ada's"))
    await open_modal(slack, kit.modal(title="Grace's"), "grace")
    titles = [v["title"]["text"] for p in ("ada", "grace") if (v := slack.view(p))]
    assert titles == ["Ada's", "Grace's"]


async def test_an_external_id_is_used_once(slack: Playground) -> None:
    await open_modal(slack, kit.modal(external_id="e"))
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await open_modal(slack, kit.modal(external_id="e"), "grace")


@pytest.mark.usefixtures("live")
async def test_an_external_menu_asks_the_app_for_options_as_one_types(
    slack: Playground, app: AsyncApp, heard: Heard
) -> None:
    @app.options("a")
    async def offer(ack: AsyncAck, payload: dict[str, Any]) -> None:
        await ack(options=kit.options(*(w for w in kit.LETTERS if payload["value"] in w)))

    answering(app)
    await open_modal(slack, kit.modal(kit.field("letter", {"type": "external_select"})))
    assert await slack.suggest("ada", "letter", "al") == []
    assert await slack.suggest("ada", "letter", "alp") == ["Alpha"]
    await slack.choose("ada", "letter", "Alpha")
    await slack.submit("ada")
    assert (heard[0]["type"], heard[0]["value"]) == ("block_suggestion", "alp")
    assert not {"trigger_id", "actions"} & heard[0].keys()
    assert heard[1]["view"]["state"]["values"]["letter"]["a"]["selected_option"] == kit.option(
        "alpha"
    )
    assert not slack.problems


async def test_a_test_can_read_what_a_person_reads_and_can_press(slack: Playground) -> None:
    boxes = kit.field("boxes", kit.EMPTY["boxes"], hint=kit.plain("Tick some."))
    await open_modal(
        slack, kit.modal(kit.section("Hello"), boxes, kit.actions(kit.button("Go", "go")))
    )
    assert slack.reads("ada").split("\n") == [
        "A modal", "Hello", "Boxes", "Alpha", "Beta", "Gamma", "Tick some.", "Go",
    ]  # fmt: skip
    assert slack.presses("ada") == ["Boxes", "Go"]
