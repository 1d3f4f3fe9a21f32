"""The method of the Web API that checks blocks without posting them."""

import re
from collections.abc import Mapping

from bot.playground.block_kit.validation import block_faults, view_faults
from bot.playground.values import JSON, SlackError
from bot.playground.web_api.dispatcher import Method

_PAYLOADS = ("blocks", "message", "view")
_POINTER = re.compile(r" ?\[json-pointer:([^\]\[]{0,500})\]")


def block_methods() -> Mapping[str, Method]:
    """Every method by its name. Source: https://docs.slack.dev/reference/methods/blocks.validate"""
    return {"blocks.validate": Method(validate_blocks)}


def validate_blocks(args: JSON) -> JSON:
    """Say what is wrong with blocks, a message or a view; exactly one of them is asked about."""
    given = [name for name in _PAYLOADS if args.get(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments")
    (name,) = given
    payload = args[name]
    if name == "message":
        payload = payload.get("blocks") if isinstance(payload, dict) else None
    faults = view_faults(payload) if name == "view" else block_faults(payload)
    if faults:
        raise SlackError(f"invalid_{name}", errors=[_error(each) for each in faults])
    return {}


def _error(fault: str) -> JSON:
    pointer = _POINTER.search(fault)
    message = _POINTER.sub("", fault).removeprefix("[ERROR] ")
    return {
        "pointer": pointer[1] if pointer else "",
        "code": "failed_constraint",
        "message": message,
    }
