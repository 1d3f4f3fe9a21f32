"""What Slack refuses in messages and views, with its own error texts. Pure functions, no state."""

import json
from collections.abc import Iterable
from typing import Any

from bot.playground.block_kit.blocks import BLOCKS, MESSAGES_ONLY
from bot.playground.block_kit.schema import (
    Checker,
    Shape,
    boolean,
    fault,
    items,
    one_of,
    string,
    text,
)
from bot.playground.values import JSON, SlackError, words

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_IN_ALL = 12_000
TABLE_TEXT_IN_ALL = 10_000
TEXT_CUT_AT = 40_000
UPDATE_TEXT = 4_000
VIEW_BYTES = 250_000
BLOCKS_IN_ALL = 13_000
PER_CONTAINER = 10

_message_blocks = items(one_of(BLOCKS), limit=MESSAGE_BLOCKS, least=0)
_in_views = {kind: shape for kind, shape in BLOCKS.items() if kind not in MESSAGES_ONLY}
_view_blocks = items(one_of(_in_views), limit=VIEW_BLOCKS, least=0)
_plain = text(24, "plain_text")
_view_fields: dict[str, Checker] = {
    "private_metadata": string(3000, empty=True),
    "callback_id": string(255, empty=True),
    "external_id": string(255, empty=True),
}
_VIEWS: dict[str, Checker] = {
    "modal": Shape(
        {"title": _plain, "blocks": _view_blocks},
        {
            **_view_fields,
            "close": _plain,
            "submit": _plain,
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": Shape({"blocks": _view_blocks}, _view_fields),
}
_view = one_of(_VIEWS)


def block_faults(blocks: object, *, at: str = "/blocks") -> list[str]:
    """Slack's errors about the blocks of a message; empty if there are none."""
    faults: list[str] = []
    _message_blocks(faults, at, blocks)
    if not faults and isinstance(blocks, list):
        _check_together(faults, at, blocks)
    return faults


def view_faults(view: object) -> list[str]:
    """Slack's errors about a modal or a Home view."""
    faults: list[str] = []
    _view(faults, "/view", view)
    if not faults and isinstance(view, dict):
        _check_together(faults, "/view/blocks", view["blocks"])
        inputs = any(b["type"] == "input" for b in view["blocks"])
        if view["type"] == "modal" and inputs and not view.get("submit"):
            fault(faults, "/view", "missing required field: submit")
        focused = [e for _, e in _elements(view["blocks"]) if e.get("focus_on_load")]
        if len(focused) > 1:
            fault(faults, "/view/blocks", "only one element can have focus_on_load")
    return faults


def refuse_bad_blocks(blocks: object) -> list[JSON]:
    """The blocks if Slack accepts them; else SlackError("invalid_blocks") with its reasons."""
    if not isinstance(blocks, list) or not all(isinstance(b, dict) for b in blocks):
        raise SlackError("invalid_blocks_format")
    faults = block_faults(blocks)
    if faults:
        raise SlackError("invalid_blocks", messages=tuple(faults))
    return blocks


def refuse_long_blocks(blocks: list[JSON]) -> list[JSON]:
    """The blocks if chat.* accepts that much; else SlackError("msg_blocks_too_long").

    Slack counts about 13,000 characters of text plus an unpublished amount for each
    container: this counts a little more than what was measured. A response_url has no such limit.
    Source: https://github.com/slackapi/bolt-js/issues/2509 and 2867.
    """
    counted = [b for b in blocks if b["type"] != "table"]
    length = sum(len(w) for w in words(blocks, emoji=True)) + PER_CONTAINER * _containers(counted)
    if length > BLOCKS_IN_ALL:
        raise SlackError("msg_blocks_too_long")
    return blocks


def _containers(node: object) -> int:
    if isinstance(node, list):
        return sum(_containers(item) for item in node)
    return 1 + _containers(list(node.values())) if isinstance(node, dict) else 0


def refuse_bad_view(view: object) -> JSON:
    """The view if Slack accepts it; else SlackError("invalid_arguments") with its reasons."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=("[ERROR] missing required field: view",))
    faults = view_faults(view)
    if faults:
        raise SlackError("invalid_arguments", messages=tuple(faults))
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return view


def ack_faults(body: object) -> list[str]:
    """Slack's errors about the body of a slash command's ack; empty if there are none."""
    if not isinstance(body, dict):
        return ["[ERROR] must be an object [json-pointer:]"]
    faults = block_faults(body["blocks"]) if body.get("blocks") is not None else []
    if body.get("response_type") not in {None, "ephemeral", "in_channel"}:
        fault(faults, "/response_type", "must be a valid enum value: ephemeral, in_channel")
    if not isinstance(body.get("text", ""), str):
        fault(faults, "/text", "must be a string")
    return faults


def _check_together(faults: list[str], at: str, blocks: list[JSON]) -> None:
    for pointer, block_id in _repeated(
        (f"{at}/{i}", b.get("block_id")) for i, b in enumerate(blocks)
    ):
        fault(faults, pointer, f"block_id already exists: {block_id}")
    for index, block in enumerate(blocks):
        elements = block.get("elements", []) if block["type"] == "actions" else []
        ids = ((f"{at}/{index}/elements/{i}", e.get("action_id")) for i, e in enumerate(elements))
        for pointer, action_id in _repeated(ids):
            fault(faults, pointer, f"action_id already exists: {action_id}")
    tables = [b for b in blocks if b["type"] == "table"]
    if len(tables) > 1:
        fault(faults, at, "only_one_table_allowed")
    if sum(len(w) for b in tables for w in words(_rows(b), emoji=True)) > TABLE_TEXT_IN_ALL:
        fault(faults, at, f"tables must be less than {TABLE_TEXT_IN_ALL + 1} characters in all")
    if sum(len(b["text"]) for b in blocks if b["type"] == "markdown") > MARKDOWN_IN_ALL:
        fault(faults, at, f"markdown must be less than {MARKDOWN_IN_ALL + 1} characters in all")


def _elements(blocks: list[JSON]) -> list[tuple[JSON, JSON]]:
    slots = ("accessory", "element")
    return [
        (block, element)
        for block in blocks
        for element in [*block.get("elements", ()), *(block.get(slot) for slot in slots)]
        if isinstance(element, dict)
    ]


def _rows(table: JSON) -> list[Any]:
    return [cell for row in table["rows"] for cell in row]


def _repeated(ids: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    seen: set[str] = set()
    again = []
    for pointer, name in ids:
        if name is not None and name in seen:
            again.append((pointer, name))
        elif name is not None:
            seen.add(name)
    return again
