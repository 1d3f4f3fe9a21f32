"""Block Kit in short, for the tests of the Slack simulator."""

from collections.abc import Sequence
from typing import Any

JSON = dict[str, Any]


def plain(words: str) -> JSON:
    return {"type": "plain_text", "text": words}


def option(value: str) -> JSON:
    return {"text": plain(value.capitalize()), "value": value}


def payload_option(value: str) -> JSON:
    """An option as in payloads: with the flag that Slack adds to the text."""
    return {"text": {**plain(value.capitalize()), "emoji": True}, "value": value}


def payload_options(*values: str) -> list[JSON]:
    return [payload_option(value) for value in values]


def options(*values: str) -> list[JSON]:
    return [option(value) for value in values]


def button(words: str, action_id: str, **more: object) -> JSON:
    return {"type": "button", "text": plain(words), "action_id": action_id, **more}


def actions(*elements: JSON, block_id: str = "actions") -> JSON:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def section(words: str, **more: object) -> JSON:
    return {"type": "section", "text": plain(words), **more}


def field(block_id: str, element: JSON, **more: object) -> JSON:
    """An input block whose label is its block_id, capitalised, and whose action_id is `a`."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id.capitalize()),
        "element": {"action_id": "a", **element},
        **more,
    }


def text_input(**more: object) -> JSON:
    return {"type": "plain_text_input", **more}


def modal(*blocks: JSON, title: str = "A modal", **more: object) -> JSON:
    return {
        "type": "modal",
        "callback_id": "m",
        "title": plain(title),
        "submit": plain("Save"),
        "blocks": list(blocks),
        **more,
    }


def rich(*runs: JSON) -> JSON:
    section = {"type": "rich_text_section", "elements": list(runs)}
    return {"type": "rich_text", "elements": [section]}


def run(text: str, **style: bool) -> JSON:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


LETTERS: Sequence[str] = ("alpha", "beta", "gamma")
FILLED: dict[str, JSON] = {
    "text": {"type": "plain_text_input", "initial_value": "hello", "max_length": 40},
    "rich": {"type": "rich_text_input", "initial_value": rich(run("chest pain", bold=True))},
    "number": {"type": "number_input", "is_decimal_allowed": False, "initial_value": "3"},
    "select": {
        "type": "static_select",
        "options": options(*LETTERS),
        "initial_option": option("beta"),
    },
    "several": {
        "type": "multi_static_select",
        "options": options(*LETTERS),
        "initial_options": options("alpha", "gamma"),
    },
    "radio": {
        "type": "radio_buttons",
        "options": options(*LETTERS),
        "initial_option": option("alpha"),
    },
    "boxes": {
        "type": "checkboxes",
        "options": options(*LETTERS),
        "initial_options": options("beta"),
    },
    "date": {"type": "datepicker", "initial_date": "2026-11-25"},
    "time": {"type": "timepicker", "initial_time": "19:30"},
    "person": {"type": "users_select"},
    "channel": {"type": "channels_select"},
    "talk": {"type": "conversations_select"},
}
"""One of each element that an input block takes, by the block_id of its field."""


def emptied(element: JSON) -> JSON:
    return {name: value for name, value in element.items() if not name.startswith("initial_")}


EMPTY = {block_id: emptied(element) for block_id, element in FILLED.items()}
UNTOUCHED = {
    "text": {"value": None},
    "rich": {"rich_text_value": None},
    "number": {"value": None},
    "select": {"selected_option": None},
    "several": {"selected_options": []},
    "radio": {"selected_option": None},
    "boxes": {"selected_options": []},
    "date": {"selected_date": None},
    "time": {"selected_time": None},
    "person": {"selected_user": None},
    "channel": {"selected_channel": None},
    "talk": {"selected_conversation": None},
}
"""The value of each of them before anybody changed it."""
