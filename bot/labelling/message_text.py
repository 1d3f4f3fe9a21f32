"""The message somebody chose to label, as they saw it on the screen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.errors import TextRefused
from bot.labelling.values.messages import QuotedMessage
from bot.slack.payloads import Payload
from bot.slack.text_normalization import canonical_form, clean, decode
from ner_engine.annotation import MAX_TEXT

_BY_HAND = "Type it yourself where it is worth it: /label SYMPTOM chest pain in: the whole sentence"
_LINES = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})


def read_message(body: Payload, permalink: str | None = None) -> QuotedMessage:
    """The lines of a message shortcut's message; raises TextRefused with the next step where there is none to label."""
    message: Mapping[str, Any] = body.get("message") or {}
    if message.get("bot_id") or message.get("subtype") == "bot_message":
        raise TextRefused(f"This message is by an app; nerbot labels what people write. {_BY_HAND}")
    text = "\n".join(_lines_of(message)).strip()
    if not text:
        raise TextRefused(
            "This message has no text to label: pictures and files are not read. Choose one with a sentence in it, "
            "or type one: /label SYMPTOM chest pain in: the whole sentence"
        )
    if len(text) > MAX_TEXT:
        raise TextRefused(
            f"This message has {len(text):,} characters; up to {MAX_TEXT:,} can be taken from one. Take the part you "
            "mean: /label SYMPTOM chest pain in: the whole sentence"
        )
    forms = [clean(line) for line in text.splitlines() if canonical_form(line).text]
    lines = tuple(form.text for form in forms)
    if not lines:
        raise TextRefused("This message has no words to label. Choose one with a sentence in it.")
    return QuotedMessage(lines, permalink, any(form.cleaned for form in forms))


def _lines_of(message: Mapping[str, Any]) -> list[str]:
    """What Slack's composer kept as rich text, free of its markup; else the text with Slack's escapes undone."""
    rich = [b for b in message.get("blocks") or () if b.get("type") == "rich_text"]
    lines = [line for block in rich for line in _rich_lines(block.get("elements") or ())]
    return lines if any(map(str.strip, lines)) else [decode(str(message.get("text") or ""))]


def _rich_lines(elements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for element in elements:
        if element.get("type") in _LINES:
            yield "".join(map(_run, element.get("elements") or ()))
        elif element.get("type") == "rich_text_list":
            yield from _rich_lines(element.get("elements") or ())


def _run(run: Mapping[str, Any]) -> str:
    """One run of a line. Names of people and channels are not sent with it, their ids are."""
    match run.get("type"):
        case "text":
            return str(run.get("text") or "")
        case "link":
            return str(run.get("text") or run.get("url") or "")
        case "emoji":
            return f":{run.get('name')}:"
        case "user" | "channel" | "usergroup":
            kind = str(run.get("type"))
            sign = "#" if kind == "channel" else "@"
            return sign + str(run.get(f"{kind}_id") or "")
        case "broadcast":
            return f"@{run.get('range')}"
        case "date":
            return str(run.get("fallback") or "")
    return ""
