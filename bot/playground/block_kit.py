"""Block Kit's shapes and limits, as far as this app and its next issues use them.

Source: https://docs.slack.dev/reference/block-kit. Each number stands with the thing it limits.
"""

from collections.abc import Mapping

from bot.playground.rich_text import RICH_TEXT
from bot.playground.schema import (
    Checker,
    Shape,
    anything,
    boolean,
    choice,
    fault,
    integer,
    items,
    one_of,
    string,
    text,
)
from bot.playground.values import JSON

_ids: dict[str, Checker] = {"action_id": string(255)}
_confirm = Shape(
    {
        "title": text(100, "plain_text"),
        "text": text(300),
        "confirm": text(30, "plain_text"),
        "deny": text(30, "plain_text"),
    },
    {"style": choice("primary", "danger")},
)
_option = Shape(
    {"text": text(75, "plain_text"), "value": string(150)},
    {"description": text(75, "plain_text"), "url": string(3000)},
)
_rich_option = Shape({"text": text(75), "value": string(150)}, {"description": text(75)})
_group = Shape({"label": text(75, "plain_text"), "options": items(_option, limit=100)})
_placeholder = text(150, "plain_text")
_common: dict[str, Checker] = {
    **_ids, "confirm": _confirm, "focus_on_load": boolean, "placeholder": _placeholder,
}  # fmt: skip


def _options_or_groups(faults: list[str], at: str, value: JSON) -> None:
    if bool(value.get("options")) == bool(value.get("option_groups")):
        fault(faults, at, "exactly one of options and option_groups is required")


_lists: dict[str, Checker] = {
    "options": items(_option, limit=100),
    "option_groups": items(_group, limit=100),
}
_text_input: dict[str, Checker] = {
    **_ids,
    "placeholder": _placeholder,
    "focus_on_load": boolean,
    "dispatch_action_config": anything,
}

ELEMENTS: dict[str, Checker] = {
    "button": Shape(
        {"text": text(75, "plain_text")},
        {
            **_ids,
            "value": string(2000),
            "url": string(3000),
            "style": choice("primary", "danger"),
            "confirm": _confirm,
            "accessibility_label": string(75),
        },
    ),
    "static_select": Shape(
        {}, {**_common, **_lists, "initial_option": _option}, _options_or_groups
    ),
    "multi_static_select": Shape(
        {},
        {**_common, **_lists, "initial_options": items(_option), "max_selected_items": integer},
        _options_or_groups,
    ),
    "overflow": Shape({"options": items(_option, limit=5)}, {**_ids, "confirm": _confirm}),
    "checkboxes": Shape(
        {"options": items(_rich_option, limit=10)},
        {**_ids, "confirm": _confirm, "focus_on_load": boolean,
         "initial_options": items(_rich_option)},
    ),
    "radio_buttons": Shape(
        {"options": items(_rich_option, limit=10)},
        {**_ids, "confirm": _confirm, "focus_on_load": boolean, "initial_option": _rich_option},
    ),
    "users_select": Shape({}, {**_common, "initial_user": string()}),
    "datepicker": Shape({}, {**_common, "initial_date": string()}),
    "timepicker": Shape({}, {**_common, "initial_time": string(), "timezone": string()}),
    "plain_text_input": Shape(
        {},
        {**_text_input, "initial_value": string(3000, empty=True), "multiline": boolean,
         "min_length": integer, "max_length": integer},
    ),
    "rich_text_input": Shape(
        {}, {**_text_input, "initial_value": one_of({"rich_text": RICH_TEXT})}
    ),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        {**_text_input, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "image": Shape(
        {"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything}
    ),
}  # fmt: skip


def _some(*names: str) -> Mapping[str, Checker]:
    return {name: ELEMENTS[name] for name in names}


_MENUS = ("static_select", "multi_static_select", "overflow", "users_select")
_PICKS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
_INPUTS = ("plain_text_input", "rich_text_input", "number_input")


def _section(faults: list[str], at: str, value: JSON) -> None:
    if not value.get("text") and not value.get("fields"):
        fault(faults, at, "missing required field: text")


def _image(faults: list[str], at: str, value: JSON) -> None:
    if bool(value.get("image_url")) == bool(value.get("slack_file")):
        fault(faults, at, "exactly one of image_url and slack_file is required")


_cell = one_of(
    {
        "raw_text": Shape({"text": string()}),
        "raw_number": Shape({"value": anything}, {"text": string()}),
        "rich_text": RICH_TEXT,
    }
)
_column = Shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _maybe(checker: Checker) -> Checker:
    def check(faults: list[str], at: str, value: object) -> None:
        if value is not None:
            checker(faults, at, value)

    return check


def _blocks(shapes: dict[str, tuple[dict[str, Checker], dict[str, Checker]]]) -> dict[str, Shape]:
    return {
        kind: Shape(required, {**optional, "block_id": string(255)}, _TOGETHER.get(kind))
        for kind, (required, optional) in shapes.items()
    }


_TOGETHER = {"section": _section, "image": _image}

BLOCKS: dict[str, Checker] = {
    "rich_text": RICH_TEXT,
    **_blocks(
        {
            "section": (
                {},
                {
                    "text": text(3000),
                    "fields": items(text(2000), limit=10),
                    "accessory": one_of(_some("button", "image", *_MENUS, *_PICKS)),
                    "expand": boolean,
                },
            ),
            "header": ({"text": text(150, "plain_text")}, {}),
            "divider": ({}, {}),
            "context": (
                {
                    "elements": items(
                        one_of(
                            {
                                "image": ELEMENTS["image"],
                                "plain_text": text(3000),
                                "mrkdwn": text(3000),
                            }
                        ),
                        limit=10,
                    )
                },
                {},
            ),
            "actions": (
                {"elements": items(one_of(_some("button", *_MENUS, *_PICKS)), limit=25)},
                {},
            ),
            "image": (
                {"alt_text": string(2000)},
                {
                    "image_url": string(3000),
                    "slack_file": anything,
                    "title": text(2000, "plain_text"),
                },
            ),
            "markdown": ({"text": string(12000)}, {}),
            "table": (
                {"rows": items(items(_cell, limit=20), limit=100)},
                {"column_settings": items(_maybe(_column), limit=20, least=0)},
            ),
            "input": (
                {
                    "label": text(2000, "plain_text"),
                    "element": one_of(_some(*_MENUS, *_PICKS, *_INPUTS)),
                },
                {"hint": text(2000, "plain_text"), "optional": boolean, "dispatch_action": boolean},
            ),
        }
    ),
}
