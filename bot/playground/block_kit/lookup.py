"""Finding a button, a field or an option by what a person would call it."""

from collections.abc import Callable, Iterable

from bot.playground.values import JSON, interactive, options

Actions = list[tuple[JSON, JSON]]


def find_action(blocks: Iterable[JSON], what: str) -> tuple[JSON, JSON]:
    """The (block, element) whose action_id, value, text, block_id or label is `what`."""
    actions = interactive(blocks)
    by: tuple[Callable[[JSON, JSON], object], ...] = (
        lambda _, e: e["action_id"],
        lambda _, e: e.get("value"),
        lambda _, e: e.get("text", {}).get("text"),
        lambda b, _: b["block_id"],
        lambda b, _: b.get("label", {}).get("text"),
    )
    for key in by:
        found = [(b, e) for b, e in actions if key(b, e) == what]
        if len(found) > 1:
            raise LookupError(f"{what!r} names {len(found)} things here")
        if found:
            return found[0]
    raise LookupError(f"nothing here is called {what!r}; there are {names(actions)}")


def find_by_ids(blocks: Iterable[JSON], block_id: str, action_id: str) -> tuple[JSON, JSON]:
    """The (block, element) with just these ids."""
    for block, element in interactive(blocks):
        if (block["block_id"], element["action_id"]) == (block_id, action_id):
            return block, element
    raise LookupError("this element is gone")


def find_option(element: JSON, what: str) -> JSON:
    """The option of a menu whose value or text is `what`."""
    for option in options(element):
        if what in {option["value"], option["text"]["text"]}:
            return option
    raise LookupError(f"no option is called {what!r}")


def names(actions: Actions) -> list[str]:
    """What a person could name: the texts of buttons, the labels of fields, else action_ids."""
    return [
        e.get("text", {}).get("text") or b.get("label", {}).get("text") or e["action_id"]
        for b, e in actions
    ]
