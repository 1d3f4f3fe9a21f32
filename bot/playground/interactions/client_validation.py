"""What Slack's own client checks in a modal's fields before it sends anything."""

from bot.playground.block_kit.element_state import SLOTS
from bot.playground.values import JSON, words

MISSING = "Please complete this required field."


def client_errors(view: JSON) -> dict[str, str]:
    """Error texts by block_id for inputs that are missing, too short, too long or not a number."""
    values = view["state"]["values"]
    found = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            state = values[block["block_id"]][block["element"]["action_id"]]
            error = _error(block, block["element"], state)
            if error:
                found[block["block_id"]] = error
    return found


def silent_failure(view: JSON) -> str | None:
    """Why Slack would lose this submission without telling the app; None if it would not.

    A pushed view whose rich_text_input still has its initial value is never delivered.
    Source: https://github.com/slackapi/deno-slack-sdk/issues/503.
    """
    values = view["state"]["values"]
    for block in view["blocks"] if view["previous_view_id"] else ():
        element = block.get("element") or {}
        initial = element.get("initial_value")
        if element.get("type") == "rich_text_input" and initial:
            value = values[block["block_id"]][element["action_id"]]["rich_text_value"]
            if value == initial:
                return "a pushed view with the initial_value of a rich_text_input is never sent"
    return None


def _error(block: JSON, element: JSON, state: JSON) -> str | None:
    value = state[SLOTS[element["type"]].payload_field]
    written = "".join(words(value, emoji=True)) if element["type"] == "rich_text_input" else value
    if not written:
        return None if block.get("optional") else MISSING
    if element["type"] == "plain_text_input":
        return _length(element, written)
    return _number(element, written) if element["type"] == "number_input" else None


def _length(element: JSON, written: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(written) < least:
        return f"Please enter at least {least} characters."
    if len(written) > most:
        return f"Please enter at most {most} characters."
    return None


def _number(element: JSON, written: str) -> str | None:
    try:
        number = float(written) if element["is_decimal_allowed"] else int(written)
    except ValueError:
        return "Please enter a number."
    low, high = element.get("min_value"), element.get("max_value")
    if (low and number < float(low)) or (high and number > float(high)):
        return "Please enter a number within the bounds."
    return None
