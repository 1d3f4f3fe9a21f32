"""The rich_text block: runs of styled text, lists, quotes, preformatted text.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from bot.playground.block_kit.schema import (
    Checker,
    Shape,
    anything,
    boolean,
    choice,
    integer,
    items,
    one_of,
    string,
)

_style = Shape(
    {},
    dict.fromkeys(
        (
            "bold", "italic", "strike", "code", "underline",
            "highlight", "client_highlight", "unlink",
        ),
        boolean,
    ),
)  # fmt: skip
_styled: dict[str, Checker] = {"style": _style}

RUNS: dict[str, Checker] = {
    "text": Shape({"text": string()}, _styled),
    "link": Shape({"url": string()}, {**_styled, "text": string(empty=True), "unsafe": boolean}),
    "emoji": Shape(
        {"name": string()}, {**_styled, "unicode": string(), "skin_tone": integer, "url": string()}
    ),
    "user": Shape({"user_id": string()}, _styled),
    "channel": Shape({"channel_id": string()}, _styled),
    "usergroup": Shape({"usergroup_id": string()}, _styled),
    "broadcast": Shape({"range": choice("here", "channel", "everyone")}, _styled),
    "date": Shape(
        {"timestamp": integer, "format": string()}, {"url": string(), "fallback": string()}
    ),
    "color": Shape({"value": string()}, _styled),
}
_runs = items(one_of(RUNS), least=0)
_section = Shape({"elements": _runs})

RICH_TEXT = Shape(
    {
        "elements": items(
            one_of(
                {
                    "rich_text_section": _section,
                    "rich_text_quote": Shape({"elements": _runs}, {"border": integer}),
                    "rich_text_preformatted": Shape(
                        {"elements": _runs}, {"border": integer, "language": string()}
                    ),
                    "rich_text_list": Shape(
                        {
                            "style": choice("bullet", "ordered"),
                            "elements": items(one_of({"rich_text_section": _section})),
                        },
                        {"indent": integer, "offset": integer, "border": integer},
                    ),
                }
            ),
        )
    },
    {"block_id": string(255), "padding": anything},
)
