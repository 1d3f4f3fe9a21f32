"""What Slack adds to blocks that an app sent: ids where none were given, flags of text objects."""

import secrets
from collections.abc import Iterable
from typing import Any

from bot.playground.values import JSON

_ADDED = {"plain_text": ("emoji", True), "mrkdwn": ("verbatim", False)}


def blocks_with_defaults(blocks: Iterable[JSON]) -> tuple[JSON, ...]:
    """The blocks as Slack sends them back, each with a block_id, its elements with an action_id.

    An option in a payload is thus not equal to the one that was sent: apps compare values.
    """
    return tuple(_with_ids(with_defaults(block)) for block in blocks)


def with_defaults(node: Any) -> Any:
    """A copy in which every text object has the flag that Slack adds to it."""
    if isinstance(node, list | tuple):
        return [with_defaults(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {name: with_defaults(part) for name, part in node.items()}
    if node.get("type") in _ADDED and "text" in node:
        name, flag = _ADDED[node["type"]]
        copy.setdefault(name, flag)
    return copy


def _with_ids(block: JSON) -> JSON:
    block.setdefault("block_id", secrets.token_urlsafe(4))
    if block["type"] == "actions":
        block["elements"] = [_with_action_id(e) for e in block["elements"]]
    for slot in ("accessory", "element"):
        if isinstance(block.get(slot), dict) and block[slot]["type"] != "image":
            block[slot] = _with_action_id(block[slot])
    return block


def _with_action_id(element: JSON) -> JSON:
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}
