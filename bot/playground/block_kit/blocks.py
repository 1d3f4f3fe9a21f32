"""Block Kit's shapes and limits, as far as this app uses them.

Source: https://docs.slack.dev/reference/block-kit. Each limit is written where it applies.
"""

from bot.playground.block_kit.elements import ELEMENTS, IN_ACTIONS, IN_INPUTS, IN_SECTIONS
from bot.playground.block_kit.rich_text import RICH_TEXT
from bot.playground.block_kit.schema import (
    Checker,
    Shape,
    anything,
    boolean,
    choice,
    fault,
    items,
    one_of,
    string,
    text,
)
from bot.playground.values import JSON


def _section(faults: list[str], at: str, value: JSON) -> None:
    if not value.get("text") and not value.get("fields"):
        fault(faults, at, "missing required field: text")


def _image(faults: list[str], at: str, value: JSON) -> None:
    if bool(value.get("image_url")) == bool(value.get("slack_file")):
        fault(faults, at, "exactly one of image_url and slack_file is required")


_cell = one_of(
    {
        "raw_text": Shape({"text": string()}),
        "raw_number": Shape({"value": anything}, {"text": string()}),
        "rich_text": RICH_TEXT,
    }
)
_column = Shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _nullable(checker: Checker) -> Checker:
    def check(faults: list[str], at: str, value: object) -> None:
        if value is not None:
            checker(faults, at, value)

    return check


def _blocks(shapes: dict[str, tuple[dict[str, Checker], dict[str, Checker]]]) -> dict[str, Shape]:
    return {
        kind: Shape(required, {**optional, "block_id": string(255)}, _EXTRA_CHECKS.get(kind))
        for kind, (required, optional) in shapes.items()
    }


_EXTRA_CHECKS = {"section": _section, "image": _image}

MESSAGES_ONLY = frozenset({"markdown", "table"})
BLOCKS: dict[str, Checker] = {
    "rich_text": RICH_TEXT,
    **_blocks(
        {
            "section": (
                {},
                {
                    "text": text(3000),
                    "fields": items(text(2000), limit=10),
                    "accessory": one_of(IN_SECTIONS),
                    "expand": boolean,
                },
            ),
            "header": ({"text": text(150, "plain_text")}, {}),
            "divider": ({}, {}),
            "context": (
                {
                    "elements": items(
                        one_of(
                            {
                                "image": ELEMENTS["image"],
                                "plain_text": text(3000),
                                "mrkdwn": text(3000),
                            }
                        ),
                        limit=10,
                    )
                },
                {},
            ),
            "actions": (
                {"elements": items(one_of(IN_ACTIONS), limit=25)},
                {},
            ),
            "image": (
                {"alt_text": string(2000)},
                {
                    "image_url": string(3000),
                    "slack_file": anything,
                    "title": text(2000, "plain_text"),
                },
            ),
            "markdown": ({"text": string(12000)}, {}),
            "table": (
                {"rows": items(items(_cell, limit=20), limit=100)},
                {"column_settings": items(_nullable(_column), limit=20, least=0)},
            ),
            "input": (
                {
                    "label": text(2000, "plain_text"),
                    "element": one_of(IN_INPUTS),
                },
                {"hint": text(2000, "plain_text"), "optional": boolean, "dispatch_action": boolean},
            ),
        }
    ),
}
