"""What an interactive element holds: at first, after a choice, and as `state.values` tells it.

Source: https://docs.slack.dev/reference/interaction-payloads and the pages of the elements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.block_kit.lookup import find_option
from bot.playground.block_kit.rich_text_editor import typed
from bot.playground.values import JSON, interactive, options


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an element's value stands: in the payload, and in the element as its first value."""

    held: str
    initial: str
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


def at_first(element: JSON) -> JSON:
    """What a stateful element holds before anybody touched it: its initial value, else null."""
    slot = SLOTS[element["type"]]
    empty: object = [] if slot.many else None
    return {"type": element["type"], slot.held: element.get(slot.initial, empty)}


def filled(element: JSON, value: Any) -> JSON:
    """What it holds once `value` was typed or chosen; options are named by their value or words."""
    kind = element["type"]
    slot = SLOTS[kind]
    if slot.many:
        chosen = [value] if isinstance(value, str | dict) else value or []
        return {"type": kind, slot.held: [_option(element, v) for v in chosen]}
    if slot is _OPTION:
        return {"type": kind, slot.held: _option(element, value) if value else None}
    if kind == "rich_text_input":
        return {"type": kind, slot.held: typed(value)}
    return {"type": kind, slot.held: str(value) if value not in {None, ""} else None}


def picked(element: JSON, value: Any) -> JSON:
    """What `actions` tells of a press or a choice beside the ids."""
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": find_option(element, value)}
    return filled(element, value) if kind in SLOTS else {"type": kind}


def held(blocks: Iterable[JSON], kept: Mapping[str, JSON]) -> JSON:
    """`state.values` of blocks: what was typed stays where block_id, action_id and type stay."""
    values: JSON = {}
    for block, element in interactive(blocks):
        if element["type"] not in SLOTS:
            continue
        ids = block["block_id"], element["action_id"]
        old = kept.get(ids[0], {}).get(ids[1])
        fits = old is not None and _still_there(element, old)
        values.setdefault(ids[0], {})[ids[1]] = old if fits else at_first(element)
    return values


def dispatches(block: JSON, element: JSON, *, on: str = "on_enter_pressed") -> bool:
    """Whether a change sends block_actions at once: outside inputs always, inside if asked for."""
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


def _still_there(element: JSON, old: JSON) -> bool:
    if old["type"] != element["type"]:
        return False
    if element["type"] not in _FROM_A_LIST:
        return True
    chosen = old.get("selected_options") or [old.get("selected_option")]
    offered = {o["value"] for o in options(element)}
    return all(o is None or o["value"] in offered for o in chosen)
