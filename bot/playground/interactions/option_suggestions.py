"""Options that the app offers while somebody types into an external_select: block_suggestion.

Source: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload.
"""

from bot.playground.block_kit.defaults import completed
from bot.playground.block_kit.elements import OPTION, OPTION_GROUP
from bot.playground.block_kit.schema import items
from bot.playground.values import JSON, SlackError, options

LEAST_TYPED = 3


def asks(element: JSON, typed: str) -> bool:
    """Whether so much typed text makes Slack ask the app."""
    return len(typed) >= int(element.get("min_query_length", LEAST_TYPED))


def suggestion(block: JSON, element: JSON, typed: str, about: JSON) -> JSON:
    """The payload, from what a block_actions payload of the same place would tell."""
    told = {k: v for k, v in about.items() if k not in {"actions", "trigger_id", "response_url"}}
    ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
    return {**told, "type": "block_suggestion", **ids, "value": typed}


def offered(body: JSON | None) -> list[JSON]:
    """The options of the app's answer; SlackError where Slack would show none for its faults."""
    body = body or {}
    faults: list[str] = []
    if body.get("option_groups"):
        items(OPTION_GROUP, limit=100)(faults, "/option_groups", body["option_groups"])
    else:
        items(OPTION, limit=100, least=0)(faults, "/options", body.get("options"))
    if faults:
        raise SlackError("invalid_options", messages=tuple(faults))
    return [completed(option) for option in options(body)]
