"""What Slack refuses in blocks and views, with its own error texts."""

from typing import Any

import pytest

from bot.playground.block_kit.validation import (
    ack_faults,
    block_faults,
    refuse_bad_blocks,
    refuse_bad_view,
    refuse_long_blocks,
    view_faults,
)
from bot.playground.values import SlackError
from tests.playground.kit import field, text_input

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str = "a", **more: object) -> JSON:
    return {"type": "button", "text": plain("Go"), "action_id": action_id, **more}


def actions(*elements: JSON, **more: object) -> JSON:
    return {"type": "actions", "elements": list(elements), **more}


def option(index: int = 0, **more: object) -> JSON:
    return {"text": plain(f"o{index}"), "value": f"v{index}", **more}


def select(*options: JSON) -> JSON:
    return {"type": "static_select", "action_id": "s", "options": list(options)}


def section(text: str = "x", **more: object) -> JSON:
    return {"type": "section", "text": mrkdwn(text), **more}


def rich(*runs: JSON) -> JSON:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(runs)}],
    }


def cell(text: str) -> JSON:
    return {"type": "raw_text", "text": text}


def table(rows: int, columns: int, text: str = "x") -> JSON:
    return {"type": "table", "rows": [[cell(text)] * columns for _ in range(rows)]}


def modal(*blocks: JSON, **more: object) -> JSON:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


INPUT = {
    "type": "input",
    "label": plain("Text"),
    "element": {"type": "plain_text_input", "action_id": "t"},
}

ACCEPTED = [
    section("x" * 3000),
    section(fields=[mrkdwn("x" * 2000)] * 10, accessory=button()),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider", "block_id": "b" * 255},
    {"type": "context", "elements": [mrkdwn("x")] * 10},
    actions(*(button(str(i)) for i in range(25))),
    actions(button(value="v" * 2000, style="danger")),
    actions(select(*(option(i) for i in range(100)))),
    actions({"type": "overflow", "action_id": "o", "options": [option(i) for i in range(5)]}),
    rich({"type": "text", "text": "chest pain", "style": {"bold": True}}),
    rich({"type": "emoji", "name": "tada"}, {"type": "user", "user_id": "U1"}),
    table(100, 20, "x"),
    {"type": "table", "rows": [[rich({"type": "text", "text": "x"})]], "column_settings": [None]},
    {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "a curve"},
    {"type": "markdown", "text": "x" * 12_000},
]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda b: str(b["type"]))
def test_a_block_at_its_limit_is_accepted(block: JSON) -> None:
    assert block_faults([block]) == []


REFUSED = [
    (section("x" * 3001), "must be less than 3001 characters", "/blocks/0/text/text"),
    (section(""), "must be more than 0 characters", "/blocks/0/text/text"),
    ({"type": "section"}, "missing required field: text", "/blocks/0"),
    (section(fields=[mrkdwn("x")] * 11), "no more than 10 items allowed", "/blocks/0/fields"),
    (section(fields=[mrkdwn("x" * 2001)]), "must be less than 2001", "/blocks/0/fields/0/text"),
    (section(txet="x"), "invalid additional property: txet", "/blocks/0"),
    (section(accessory={"type": "plain_text_input"}), "unsupported type", "/blocks/0/accessory"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151", "/blocks/0/text/text"),
    ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ({"type": "divider", "block_id": "b" * 256}, "must be less than 256", "/blocks/0/block_id"),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10", "/blocks/0/elements"),
    (actions(*(button(str(i)) for i in range(26))), "no more than 25", "/blocks/0/elements"),
    (actions(), "no fewer than 1 items allowed", "/blocks/0/elements"),
    (actions(button("a" * 256)), "must be less than 256", "/blocks/0/elements/0/action_id"),
    (actions(button(text=plain("x" * 76))), "must be less than 76", "/elements/0/text/text"),
    (actions(button(value="v" * 2001)), "must be less than 2001", "/elements/0/value"),
    (actions(button(style="green")), "must be a valid enum value", "/elements/0/style"),
    (actions(button("a"), button("a")), "action_id already exists: a", "/blocks/0/elements/1"),
    (actions(select(*(option(i) for i in range(101)))), "no more than 100", "/0/options"),
    (actions(select(option(text=plain("x" * 76)))), "must be less than 76", "/options/0/text/text"),
    (actions(select(option(value="v" * 151))), "must be less than 151", "/options/0/value"),
    (actions(select(option(description=plain("x" * 76)))), "less than 76", "/description/text"),
    (actions(select()), "exactly one of options and option_groups", "/blocks/0/elements/0"),
    (
        actions({"type": "overflow", "options": [option(i) for i in range(6)]}),
        "no more than 5",
        "/elements/0/options",
    ),
    (
        actions({"type": "checkboxes", "options": [option(i) for i in range(11)]}),
        "no more than 10",
        "/elements/0/options",
    ),
    (rich({"type": "text", "text": ""}), "must be more than 0", "/elements/0/elements/0/text"),
    (rich({"type": "bold", "text": "x"}), "unsupported type: bold", "/elements/0/elements/0/type"),
    (table(101, 1), "no more than 100 items allowed", "/blocks/0/rows"),
    (table(1, 21), "no more than 20 items allowed", "/blocks/0/rows/0"),
    (table(100, 20, "x" * 6), "must be less than 10001 characters in all", "/blocks"),
    ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text", "/blocks/0"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001", "/blocks/0/text"),
    ({"type": "sections"}, "unsupported type: sections", "/blocks/0/type"),
    ({"text": plain("x")}, "missing required field: type", "/blocks/0"),
]


@pytest.mark.parametrize(("block", "words", "pointer"), REFUSED)
def test_a_block_over_a_limit_is_refused_with_a_pointer_to_the_fault(
    block: JSON, words: str, pointer: str
) -> None:
    faults = block_faults([block])
    assert all(f.startswith("[ERROR] ") for f in faults)
    assert [f for f in faults if words in f and pointer in f.partition("[json-pointer:")[2]]


def test_a_message_has_at_most_fifty_blocks() -> None:
    assert block_faults([section()] * 50) == []
    assert block_faults([section()] * 51) == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_block_ids_are_unique_in_a_message() -> None:
    (fault,) = block_faults([section(block_id="b"), section(block_id="b")])
    assert "block_id already exists: b" in fault


def test_two_blocks_can_have_the_same_action_id() -> None:
    assert block_faults([actions(button("a")), actions(button("a"))]) == []


def test_a_message_has_one_table_at_most() -> None:
    (fault,) = block_faults([table(1, 1), table(1, 1)])
    assert "only_one_table_allowed" in fault


def test_markdown_is_counted_over_the_whole_message() -> None:
    half = {"type": "markdown", "text": "x" * 6001}
    assert block_faults([half]) == []
    assert "12001" in block_faults([half, half])[0]


@pytest.mark.parametrize("blocks", ["[", {}, ["section"], None])
def test_anything_but_a_list_of_objects_has_an_invalid_format(blocks: object) -> None:
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        refuse_bad_blocks(blocks)


def test_an_ack_is_checked_like_a_message() -> None:
    assert ack_faults({"text": "x", "response_type": "in_channel"}) == []
    assert ack_faults({"blocks": [{"type": "section"}]})
    assert ack_faults({"text": "x", "response_type": "everyone"})


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(callback_id="x" * 256), "must be less than 256 characters"),
        (modal(*[section()] * 101), "no more than 100 items allowed"),
        (modal(INPUT), "missing required field: submit"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        ({"type": "home", "title": plain("x"), "blocks": []}, "invalid additional property: title"),
    ],
)
def test_a_view_over_a_limit_is_refused(view: JSON, words: str) -> None:
    assert words in view_faults(view)[0]


REFUSED_IN_VIEWS = [
    (field("t", text_input(min_length=5, max_length=4)), "must not be more than max_length"),
    (field("t", text_input(max_length=3001)), "must be between 1 and 3000"),
    (field("t", text_input(initial_value="x" * 3001)), "must be less than 3001"),
    (
        field("t", text_input(dispatch_action_config={})),
        "missing required field: trigger_actions_on",
    ),
    (field("t", {"type": "overflow", "options": [option()]}), "unsupported type: overflow"),
    (field("t", button()), "unsupported type: button"),
    (field("t", {"type": "colour_input"}), "unsupported type: colour_input"),
    (field("t", {**select(option()), "initial_option": option(2)}), "must match one of"),
    (field("t", text_input(), label=plain("x" * 2001)), "must be less than 2001"),
    (field("t", text_input(), hint=plain("x" * 2001)), "must be less than 2001"),
    (actions(text_input(action_id="a")), "unsupported type: plain_text_input"),
    (actions(button("a"), button("a")), "action_id already exists: a"),
    ({"type": "markdown", "text": "x"}, "unsupported type: markdown"),
    (table(1, 1), "unsupported type: table"),
    (
        field(
            "t",
            {
                "type": "rich_text_input",
                "initial_value": rich({"type": "user", "user_id": "U1"}),
            },
        ),
        "user and channel elements cannot be submitted",
    ),
]


@pytest.mark.parametrize(("block", "words"), REFUSED_IN_VIEWS)
def test_a_block_that_modals_do_not_allow_is_refused(block: JSON, words: str) -> None:
    (fault,) = view_faults(modal(block, submit=plain("Save")))
    assert words in fault


def test_block_ids_are_unique_in_a_view_and_one_field_has_the_focus() -> None:
    twice = modal(field("t", text_input()), field("t", text_input()), submit=plain("Save"))
    assert "block_id already exists: t" in view_faults(twice)[0]
    one, two = (field(name, text_input(focus_on_load=True)) for name in "ab")
    assert "focus_on_load" in view_faults(modal(one, two, submit=plain("Save")))[0]


def test_a_view_has_at_most_a_quarter_of_a_megabyte() -> None:
    with pytest.raises(SlackError, match="view_too_large"):
        refuse_bad_view(modal(*(section("x" * 3000) for _ in range(90))))


def test_all_blocks_of_a_message_hold_about_thirteen_thousand_characters() -> None:
    assert refuse_long_blocks([section("x" * 3000)] * 4)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        refuse_long_blocks([section("x" * 2600)] * 5)


def test_a_modal_with_an_input_and_submit_is_accepted() -> None:
    assert view_faults(modal(INPUT, submit=plain("Save"))) == []
