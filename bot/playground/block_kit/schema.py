"""Small checkers for shapes of JSON, whose errors are worded as Slack's.

A checker takes the list of faults so far, the JSON pointer of the value and the value. They
compose, so that `blocks.py` reads like Slack's reference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.playground.values import JSON

Checker = Callable[[list[str], str, object], None]


def fault(faults: list[str], pointer: str, words: str) -> None:
    """Add a fault as Slack words it in `response_metadata.messages`."""
    faults.append(f"[ERROR] {words} [json-pointer:{pointer}]")


def string(limit: int | None = None, *, empty: bool = False) -> Checker:
    """A string of at most `limit` characters, not empty unless allowed."""

    def check(faults: list[str], at: str, value: object) -> None:
        if not isinstance(value, str):
            fault(faults, at, "must be a string")
        elif limit is not None and len(value) > limit:
            fault(faults, at, f"must be less than {limit + 1} characters")
        elif not value and not empty:
            fault(faults, at, "must be more than 0 characters")

    return check


def choice(*values: str) -> Checker:
    """One of these strings."""

    def check(faults: list[str], at: str, value: object) -> None:
        if value not in values:
            fault(faults, at, f"must be a valid enum value: {', '.join(values)}")

    return check


def boolean(faults: list[str], at: str, value: object) -> None:
    """True or false."""
    if not isinstance(value, bool):
        fault(faults, at, "must be a boolean")


def integer(faults: list[str], at: str, value: object) -> None:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        fault(faults, at, "must be an integer")


def anything(faults: list[str], at: str, value: object) -> None:
    """No rule."""


def items(each: Checker, *, limit: int | None = None, least: int = 1) -> Checker:
    """An array of so many items."""

    def check(faults: list[str], at: str, value: object) -> None:
        if not isinstance(value, list):
            fault(faults, at, "must be an array")
            return
        if limit is not None and len(value) > limit:
            fault(faults, at, f"no more than {limit} items allowed")
        if len(value) < least:
            fault(faults, at, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            each(faults, f"{at}/{index}", item)

    return check


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its required and optional fields, and a check over all of them."""

    required: Mapping[str, Checker] = field(default_factory=dict)
    optional: Mapping[str, Checker] = field(default_factory=dict)
    extra_check: Callable[[list[str], str, JSON], None] | None = None

    def __call__(self, faults: list[str], at: str, value: object) -> None:
        """Add what is missing, unknown or wrong in the object."""
        if not isinstance(value, dict):
            fault(faults, at, "must be an object")
            return
        for name in self.required:
            if value.get(name) is None:
                fault(faults, at, f"missing required field: {name}")
        for name, part in value.items():
            checker = self.required.get(name) or self.optional.get(name)
            if checker is None and name != "type":
                fault(faults, at, f"invalid additional property: {name}")
            elif checker is not None and part is not None:
                checker(faults, f"{at}/{name}", part)
        if self.extra_check:
            self.extra_check(faults, at, value)


def one_of(kinds: Mapping[str, Checker]) -> Checker:
    """An object whose `type` picks its shape."""

    def check(faults: list[str], at: str, value: object) -> None:
        if not isinstance(value, dict):
            fault(faults, at, "must be an object")
        elif "type" not in value:
            fault(faults, at, "missing required field: type")
        elif value["type"] not in kinds:
            fault(faults, f"{at}/type", f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](faults, at, value)

    return check


def text(limit: int, *kinds: str, least: int = 1) -> Checker:
    """A text object of one of these types (both, if none is named)."""
    body = string(limit, empty=least == 0)
    shapes: dict[str, Checker] = {
        "plain_text": Shape({"text": body}, {"emoji": boolean}),
        "mrkdwn": Shape({"text": body}, {"verbatim": boolean}),
    }
    return one_of({kind: shapes[kind] for kind in kinds or tuple(shapes)})
