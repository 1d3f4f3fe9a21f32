"""The shapes and limits of Block Kit's interactive elements.

Source: https://docs.slack.dev/reference/block-kit/block-elements. Each limit is
written where it applies.
"""

from collections.abc import Mapping

from bot.playground.block_kit.rich_text import RICH_TEXT
from bot.playground.block_kit.schema import (
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
from bot.playground.values import JSON, options

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
OPTION = Shape(
    {"text": text(75, "plain_text"), "value": string(150)},
    {"description": text(75, "plain_text"), "url": string(3000)},
)
_rich_option = Shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OPTION_GROUP = Shape({"label": text(75, "plain_text"), "options": items(OPTION, limit=100)})
_placeholder = text(150, "plain_text")
_focusable: dict[str, Checker] = {**_ids, "focus_on_load": boolean}
_common: dict[str, Checker] = {**_focusable, "confirm": _confirm, "placeholder": _placeholder}
_lists: dict[str, Checker] = {
    "options": items(OPTION, limit=100),
    "option_groups": items(OPTION_GROUP, limit=100),
}
_dispatch = Shape({"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"))})
_text_input: dict[str, Checker] = {
    **_focusable, "placeholder": _placeholder, "dispatch_action_config": _dispatch,
}  # fmt: skip
_several: dict[str, Checker] = {"max_selected_items": integer}
_conversation: dict[str, Checker] = {"response_url_enabled": boolean}


def _listed(faults: list[str], at: str, value: JSON) -> None:
    """Options are a list or groups, and the initial choice is one of them."""
    if bool(value.get("options")) == bool(value.get("option_groups")):
        fault(faults, at, "exactly one of options and option_groups is required")
    _chosen(faults, at, value)


def _chosen(faults: list[str], at: str, value: JSON) -> None:
    available = {(o.get("value"), str(o.get("text", {}).get("text"))) for o in options(value)}
    single = [value["initial_option"]] if value.get("initial_option") else []
    for option in [*single, *(value.get("initial_options") or ())]:
        known = isinstance(option, dict) and isinstance(option.get("text"), dict)
        if not known or (option.get("value"), str(option["text"].get("text"))) not in available:
            fault(faults, at, "initial option(s) must match one of the options")


def _lengths(faults: list[str], at: str, value: JSON) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if not isinstance(least, int) or not isinstance(most, int):
        return
    if not 0 <= least <= 3000:
        fault(faults, f"{at}/min_length", "must be between 0 and 3000")
    if not 1 <= most <= 3000:
        fault(faults, f"{at}/max_length", "must be between 1 and 3000")
    if least > most:
        fault(faults, f"{at}/min_length", "must not be more than max_length")


def _no_mentions(faults: list[str], at: str, value: JSON) -> None:
    """Slack opens such a modal and then loses its submission: refused here, so that it is noticed.

    Source: https://github.com/slackapi/bolt-python/issues/1003, bolt-js/issues/2187.
    """
    if _mentions(value.get("initial_value")):
        fault(faults, f"{at}/initial_value", "user and channel elements cannot be submitted")


def _mentions(node: object) -> bool:
    if isinstance(node, list):
        return any(_mentions(item) for item in node)
    if not isinstance(node, dict):
        return False
    named = node.get("type") in {"user", "channel", "usergroup", "broadcast"}
    return named or _mentions(node.get("elements"))


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
    "static_select": Shape({}, {**_common, **_lists, "initial_option": OPTION}, _listed),
    "multi_static_select": Shape(
        {}, {**_common, **_lists, **_several, "initial_options": items(OPTION)}, _listed
    ),
    "external_select": Shape(
        {}, {**_common, "initial_option": OPTION, "min_query_length": integer}
    ),
    "overflow": Shape({"options": items(OPTION, limit=5)}, {**_ids, "confirm": _confirm}),
    "checkboxes": Shape(
        {"options": items(_rich_option, limit=10)},
        {**_focusable, "confirm": _confirm, "initial_options": items(_rich_option)},
        _chosen,
    ),
    "radio_buttons": Shape(
        {"options": items(_rich_option, limit=10)},
        {**_focusable, "confirm": _confirm, "initial_option": _rich_option},
        _chosen,
    ),
    "users_select": Shape({}, {**_common, "initial_user": string()}),
    "channels_select": Shape({}, {**_common, **_conversation, "initial_channel": string()}),
    "conversations_select": Shape(
        {},
        {
            **_common,
            **_conversation,
            "initial_conversation": string(),
            "default_to_current_conversation": boolean,
            "filter": anything,
        },
    ),
    "datepicker": Shape({}, {**_common, "initial_date": string()}),
    "timepicker": Shape({}, {**_common, "initial_time": string(), "timezone": string()}),
    "plain_text_input": Shape(
        {},
        {
            **_text_input,
            "initial_value": string(3000, empty=True),
            "multiline": boolean,
            "min_length": integer,
            "max_length": integer,
        },
        _lengths,
    ),
    "rich_text_input": Shape(
        {}, {**_text_input, "initial_value": one_of({"rich_text": RICH_TEXT})}, _no_mentions
    ),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        {**_text_input, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "image": Shape(
        {"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything}
    ),
}  # fmt: skip

_MENUS = (
    "static_select", "multi_static_select", "external_select", "users_select",
    "channels_select", "conversations_select",
)  # fmt: skip
_PICKS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")


def _some(*names: str) -> Mapping[str, Checker]:
    return {name: ELEMENTS[name] for name in names}


IN_SECTIONS = _some("button", "image", "overflow", *_MENUS, *_PICKS)
IN_ACTIONS = _some("button", "overflow", *_MENUS, *_PICKS)
IN_INPUTS = _some(*_MENUS, *_PICKS, "plain_text_input", "rich_text_input", "number_input")
