"""The state of an interactive element: initial, after a choice, and as part of `state.values`.

Source: https://docs.slack.dev/reference/interaction-payloads and the pages of the elements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.block_kit.lookup import find_option
from bot.playground.block_kit.rich_text_editor import rich_text_value
from bot.playground.values import JSON, interactive, options


@dataclass(frozen=True, slots=True)
class Slot:
    """The field of an element's value in payloads, and that of its initial value in the element."""

    payload_field: str
    initial_field: str
    many: bool = False


_OPTION = Slot("selected_option", "initial_option")
_OPTIONS = Slot("selected_options", "initial_options", many=True)
_TEXT = Slot("value", "initial_value")

SLOTS: Mapping[str, Slot] = {
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "checkboxes": _OPTIONS,
    "users_select": Slot("selected_user", "initial_user"),
    "conversations_select": Slot("selected_conversation", "initial_conversation"),
    "channels_select": Slot("selected_channel", "initial_channel"),
    "datepicker": Slot("selected_date", "initial_date"),
    "timepicker": Slot("selected_time", "initial_time"),
    "plain_text_input": _TEXT,
    "number_input": _TEXT,
    "rich_text_input": Slot("rich_text_value", "initial_value"),
}
TYPED = frozenset({"plain_text_input", "number_input", "rich_text_input"})
_FROM_A_LIST = frozenset({"static_select", "multi_static_select", "radio_buttons", "checkboxes"})


def initial_state(element: JSON) -> JSON:
    """The state before anybody changed it: the element's initial value, else null."""
    slot = SLOTS[element["type"]]
    empty: object = [] if slot.many else None
    return {"type": element["type"], slot.payload_field: element.get(slot.initial_field, empty)}


def changed_state(element: JSON, value: Any) -> JSON:
    """The state once `value` was typed or chosen; options are named by their value or text."""
    kind = element["type"]
    slot = SLOTS[kind]
    if slot.many:
        chosen = [value] if isinstance(value, str | dict) else value or []
        return {"type": kind, slot.payload_field: [_option(element, v) for v in chosen]}
    if slot is _OPTION:
        return {"type": kind, slot.payload_field: _option(element, value) if value else None}
    if kind == "rich_text_input":
        return {"type": kind, slot.payload_field: rich_text_value(value)}
    return {"type": kind, slot.payload_field: str(value) if value not in {None, ""} else None}


def action_fields(element: JSON, value: Any) -> JSON:
    """What an entry of `actions` says about a press or a choice, apart from the ids."""
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": find_option(element, value)}
    return changed_state(element, value) if kind in SLOTS else {"type": kind}


def state_values(blocks: Iterable[JSON], kept: Mapping[str, JSON]) -> JSON:
    """`state.values` of blocks: what was typed is kept where block_id, action_id and type match."""
    values: JSON = {}
    for block, element in interactive(blocks):
        if element["type"] not in SLOTS:
            continue
        ids = block["block_id"], element["action_id"]
        old = kept.get(ids[0], {}).get(ids[1])
        fits = old is not None and _still_valid(element, old)
        values.setdefault(ids[0], {})[ids[1]] = old if fits else initial_state(element)
    return values


def dispatches(block: JSON, element: JSON, *, on: str = "on_enter_pressed") -> bool:
    """Whether a change sends block_actions at once: outside input blocks always, inside if set so."""
    if block["type"] != "input":
        return True
    if not block.get("dispatch_action"):
        return False
    if element["type"] not in TYPED:
        return True
    config = element.get("dispatch_action_config") or {}
    return on in config.get("trigger_actions_on", ["on_enter_pressed"])


def _option(element: JSON, value: object) -> JSON:
    if isinstance(value, dict) and element["type"] not in _FROM_A_LIST:
        return value
    return find_option(element, str(value))


def _still_valid(element: JSON, old: JSON) -> bool:
    if old["type"] != element["type"]:
        return False
    if element["type"] not in _FROM_A_LIST:
        return True
    chosen = old.get("selected_options") or [old.get("selected_option")]
    available = {o["value"] for o in options(element)}
    return all(o is None or o["value"] in available for o in chosen)
