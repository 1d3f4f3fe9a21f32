"""Options that the app suggests while somebody types into an external_select: block_suggestion.

Source: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload.
"""

from bot.playground.block_kit.defaults import with_defaults
from bot.playground.block_kit.elements import OPTION, OPTION_GROUP
from bot.playground.block_kit.schema import items
from bot.playground.values import JSON, SlackError, options

LEAST_TYPED = 3


def asks_app(element: JSON, typed: str) -> bool:
    """Whether the typed text is long enough for Slack to ask the app."""
    return len(typed) >= int(element.get("min_query_length", LEAST_TYPED))


def block_suggestion(block: JSON, element: JSON, typed: str, block_actions: JSON) -> JSON:
    """The payload, made from a block_actions payload for the same view."""
    common = {
        k: v for k, v in block_actions.items() if k not in {"actions", "trigger_id", "response_url"}
    }
    ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
    return {**common, "type": "block_suggestion", **ids, "value": typed}


def suggested_options(body: JSON | None) -> list[JSON]:
    """The options of the app's answer; SlackError where Slack would refuse them."""
    body = body or {}
    faults: list[str] = []
    if body.get("option_groups"):
        items(OPTION_GROUP, limit=100)(faults, "/option_groups", body["option_groups"])
    else:
        items(OPTION, limit=100, least=0)(faults, "/options", body.get("options"))
    if faults:
        raise SlackError("invalid_options", messages=tuple(faults))
    return [with_defaults(option) for option in options(body)]
