"""Finding a button or an option by what a person would call it."""

from collections.abc import Callable

from bot.playground.values import JSON, Message


def find_action(message: Message, what: str) -> tuple[JSON, JSON]:
    """The (block, element) of a message whose words, action_id or value are `what`."""
    by: tuple[Callable[[JSON], object], ...] = (
        lambda e: e["action_id"],
        lambda e: e.get("value"),
        lambda e: e.get("text", {}).get("text"),
    )
    for key in by:
        found = [(b, e) for b, e in message.actions if key(e) == what]
        if len(found) > 1:
            raise LookupError(f"{what!r} names {len(found)} things in this message")
        if found:
            return found[0]
    raise LookupError(f"nothing here is called {what!r}; there are {message.buttons}")


def find_option(element: JSON, what: str) -> JSON:
    """The option of a menu whose value or words are `what`."""
    groups = element.get("option_groups") or [element]
    options: list[JSON] = [o for group in groups for o in group["options"]]
    for option in options:
        if what in {option["value"], option["text"]["text"]}:
            return option
    raise LookupError(f"no option is called {what!r}")
