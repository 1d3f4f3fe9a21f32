"""What a reply in a thread says of entities."""

from collections.abc import Sequence
from typing import Any

from bot.domain.entities import MessageEntity
from bot.slack import action_ids as ids
from bot.slack.text import UPDATE_TEXT, button, cut, escape, label_name, line, plain

MOST_SHOWN = 40
"""Entities that a reply shows: a message takes 50 blocks, and 13,000 characters in all."""
_LONGEST_SHOWN = 120


def entity_block(entity: MessageEntity, *, block_id: str) -> dict[str, Any]:
    """An entity in a reply."""
    text = entity.text if len(entity.text) <= _LONGEST_SHOWN else f"{entity.text[:_LONGEST_SHOWN]}…"
    sure = "labelled by hand" if entity.score is None else f"{entity.score:.0%}"
    block = line(*label_name(entity.label), "  ", plain(text, bold=True), f"  {sure}")
    return {**block.to_dict(), "block_id": block_id}


def more_block(*, block_id: str) -> dict[str, Any]:
    """What a reply says where there is more than it shows."""
    return {**line("There are more entities than are shown here.").to_dict(), "block_id": block_id}


def fix_block(entity: MessageEntity, project_id: int, *, block_id: str) -> dict[str, Any]:
    """[Fix]: the message becomes a card for whoever presses, and what they finish corrects all outputs."""
    value = f"{project_id}:{entity.ts}:{entity.thread_ts or ''}"
    fix = button("Fix", ids.FIX_MESSAGE, value).to_dict()
    return {"type": "actions", "block_id": block_id, "elements": [fix]}


def reply_text(blocks: Sequence[dict[str, Any]]) -> str:
    """What notifications and screen readers say of a reply with these blocks."""
    lines = []
    for block in blocks:
        if block["type"] != "rich_text":
            continue
        elements = [e for section in block["elements"] for e in section["elements"]]
        lines.append("".join(e["text"] for e in elements if e["type"] == "text"))
    return cut(escape("\n".join(lines)), UPDATE_TEXT)
