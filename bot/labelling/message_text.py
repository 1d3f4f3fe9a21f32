"""The message somebody chose to label, as they saw it on the screen: also a forwarded one, and one by an app."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.errors import TextRefused
from bot.labelling.values.messages import MAX_TAKEN, LeftOut, QuotedMessage, WhyLeftOut
from bot.slack.marks import without_line_marks, without_marks
from bot.slack.payloads import Payload
from bot.slack.text_normalization import canonical_form, decode
from ner_engine.sentences import unwrapped

_NOTHING = (
    "This message has no text to label: pictures and files are not read. Choose one with a sentence in it, "
    "or type one: /label SYMPTOM chest pain in: the whole sentence"
)
_OURS = (
    "This message is by nerbot itself, which does not learn from its own answers. "
    "Choose one that somebody else wrote."
)
_LINES = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
_ATTACHED = ("pretext", "title", "text")


def read_message(body: Payload, permalink: str | None = None) -> QuotedMessage:
    """The lines of a message shortcut's message; raises TextRefused with the next step where there is none to label."""
    message: Mapping[str, Any] = body.get("message") or {}
    if _is_ours(message, body.get("api_app_id")):
        raise TextRefused(_OURS)
    raw = [without_line_marks(line) for text in _texts_of(message) for line in text.split("\n")]
    taken, over = _within(unwrapped(raw))
    lines: list[str] = []
    left_out = [LeftOut(WhyLeftOut.BEHIND, over)] if over else []
    is_cleaned, refused = False, _NOTHING
    for line in taken:
        try:
            form = canonical_form(line)
        except TextRefused as error:
            refused = str(error)
            left_out.append(LeftOut(WhyLeftOut.UNREADABLE, len(line)))
            continue
        is_cleaned = is_cleaned or form.cleaned
        if form.text:
            lines.append(form.text)
    if not lines:
        raise TextRefused(refused)
    return QuotedMessage(tuple(lines), permalink, is_cleaned, tuple(left_out))


def _is_ours(message: Mapping[str, Any], app: object) -> bool:
    by = message.get("app_id") or (message.get("bot_profile") or {}).get("app_id")
    return bool(app) and by == app


def _within(lines: Sequence[str]) -> tuple[list[str], int]:
    """The lines that are taken, the last of them as far as it goes, and how many characters are not."""
    taken: list[str] = []
    room = MAX_TAKEN
    for line in lines:
        if room > 0:
            taken.append(line if len(line) <= room else line[:room].rpartition(" ")[0])
        room -= len(line)
    return taken, max(0, -room)


def _texts_of(message: Mapping[str, Any]) -> Iterator[str]:
    """The message's own texts, and those of what is attached to it: forwarded messages, tickets, alerts."""
    own = list(_of_blocks(message.get("blocks")))
    if not any(map(str.strip, own)):
        own = [_shown(message.get("text"))]
    yield from own
    said = any(map(str.strip, own))
    for attached in message.get("attachments") or ():
        # A preview of a link is somebody else's text: it is taken where the message says nothing itself.
        is_preview = attached.get("from_url") and not (
            attached.get("is_share") or attached.get("is_msg_unfurl")
        )
        if not (said and is_preview):
            yield from ("", *_of_attachment(attached))


def _of_attachment(attached: Mapping[str, Any]) -> Iterator[str]:
    nested = [part.get("message") or {} for part in attached.get("message_blocks") or ()]
    found = [text for part in nested for text in _of_blocks(part.get("blocks"))]
    found = found or list(_of_blocks(attached.get("blocks")))
    if not any(map(str.strip, found)):
        found = [_shown(attached.get(name)) for name in _ATTACHED]
        for field in attached.get("fields") or ():
            found += [_shown(field.get("title")), _shown(field.get("value"))]
    if not any(map(str.strip, found)):
        found = [_shown(attached.get("fallback"))]
    yield from found


def _of_blocks(blocks: Sequence[Mapping[str, Any]] | None) -> Iterator[str]:
    """The texts of blocks, a paragraph or a line each; buttons, pictures and files have none."""
    for block in blocks or ():
        match block.get("type"):
            case "rich_text":
                yield from _rich_lines(block.get("elements") or ())
            case "section":
                yield from map(_text_object, [block.get("text"), *(block.get("fields") or ())])
            case "context":
                yield from map(_text_object, block.get("elements") or ())
            case "header" | "markdown" | "video":
                yield _text_object(block.get("text") or block.get("description"))
            case "table":
                for row in block.get("rows") or ():
                    yield from map(_cell, row)
        yield ""


def _text_object(element: object) -> str:
    if isinstance(element, str):
        return without_marks(element)
    if not isinstance(element, Mapping) or element.get("type") not in {"plain_text", "mrkdwn"}:
        return ""
    if element["type"] == "plain_text":
        return decode(str(element.get("text") or ""))
    return _shown(element.get("text"))


def _cell(cell: Mapping[str, Any]) -> str:
    if cell.get("type") == "rich_text":
        return "\n".join(_rich_lines(cell.get("elements") or ()))
    return str(cell.get("text") or "")


def _shown(text: object) -> str:
    """A text in Slack's markup, as people see it."""
    return without_marks(decode(str(text or "")))


def _rich_lines(elements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for element in elements:
        if element.get("type") in _LINES:
            yield "".join(map(_run, element.get("elements") or ()))
            yield ""
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
