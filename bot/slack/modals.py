"""Modals that say something and ask for nothing."""

from typing import Any

from bot.slack.text import View, shortened

TITLE = 24
BLOCKS = 100


def words_modal(title: str, view: View) -> dict[str, Any]:
    """What a message would say, in a modal."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(title, TITLE), "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "blocks": [block.to_dict() for block in view.blocks[:BLOCKS]],
    }
