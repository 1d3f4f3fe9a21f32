"""Slack's rich text editor: the value it submits for what is typed into a rich_text_input.

Web addresses and emoji become elements of their own, but not in code: so an app that counts
characters over the runs meets them here and not only in Slack.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import emoji

from bot.playground.values import JSON

_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?'\")\]}]")
_LOWEST_EMOJI = "\u203c"


def rich_text_value(value: object) -> JSON | None:
    """The rich_text value submitted for plain text or for styled runs; None if empty."""
    if isinstance(value, str) and value:
        value = {"elements": [{"type": "rich_text_section", "elements": [_run(value)]}]}
    if not isinstance(value, Mapping):
        return None
    return {**value, "type": "rich_text", "elements": [_edited(e) for e in value["elements"]]}


def _edited(part: JSON) -> JSON:
    if part["type"] == "rich_text_preformatted":
        return part
    if part["type"] == "rich_text_list":
        return {**part, "elements": [_edited(item) for item in part["elements"]]}
    return {**part, "elements": [r for run in part["elements"] for r in _runs(run)]}


def _runs(run: JSON) -> Iterator[JSON]:
    style = {"style": run["style"]} if run.get("style") else {}
    if run["type"] == "emoji" and run.get("unicode"):
        yield {**run, "name": _name("".join(chr(int(p, 16)) for p in run["unicode"].split("-")))}
    elif run["type"] != "text" or run.get("style", {}).get("code"):
        yield run
    else:
        last = 0
        for start, end, element in _specials(run["text"]):
            if start > last:
                yield {**_run(run["text"][last:start]), **style}
            yield {**element, **style}
            last = end
        if last < len(run["text"]):
            yield {**_run(run["text"][last:]), **style}


def _specials(text: str) -> list[tuple[int, int, JSON]]:
    found: list[tuple[int, int, JSON]] = [
        (m.start(), m.end(), {"type": "link", "url": m.group()}) for m in _ADDRESS.finditer(text)
    ]
    covered = [(start, end) for start, end, _ in found]
    for match in emoji.emoji_list(text):
        start, end, symbol = match["match_start"], match["match_end"], str(match["emoji"])
        if symbol[0] >= _LOWEST_EMOJI and not any(s <= start < e for s, e in covered):
            found.append((start, end, _emoji(symbol)))
    return sorted(found, key=lambda special: special[0])


def _run(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _emoji(symbol: str) -> JSON:
    points = "-".join(f"{ord(point):x}" for point in symbol)
    return {"type": "emoji", "name": _name(symbol), "unicode": points}


def _name(symbol: str) -> str:
    return emoji.demojize(symbol, language="alias").strip(":")
