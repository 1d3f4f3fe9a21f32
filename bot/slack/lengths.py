"""How long a text may be that somebody sends: looked at before anything reads it, at one place for all of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.slack.payloads import MAX_LINES, Payload
from bot.slack.text_normalization import too_long
from ner_engine.annotation import MAX_TEXT

MAX_TYPED = 10 * MAX_TEXT
"""Characters behind a command, in a field of a modal, and of a run of a message, with Slack's escapes."""
MAX_ASKED = 2 * MAX_LINES * MAX_TEXT
"""Characters behind `/ner`, which takes several sentences."""
MAX_MESSAGE = 8 * MAX_TYPED
"""Characters of a message in all its forms: Slack takes 40,000, and sends them as text and in blocks."""


async def refuse_what_is_too_long(
    body: Payload, ack: AsyncAck, respond: AsyncRespond, next_: Any
) -> BoltResponse | None:
    """Bolt's middleware: a text that nothing of ours could use is refused in words, and nobody reads it."""
    if body.get("command"):
        length = len(str(body.get("text") or ""))
        most = MAX_ASKED if body["command"] == "/ner" else MAX_TYPED
        if length > most:
            return await ack(text=too_long(length))
    elif body.get("type") == "view_submission":
        if (found := _too_long_field(body)) is not None:
            block, length = found
            return await ack(response_action="errors", errors={block: too_long(length)})
    elif body.get("message") and (length := sum(map(len, _texts(body["message"])))) > MAX_MESSAGE:
        answer = await ack()
        if body.get("response_url"):
            await respond(text=too_long(length), response_type="ephemeral", replace_original=False)
        return answer
    await next_()
    return None


def _too_long_field(body: Payload) -> tuple[str, int] | None:
    """The first block of a modal with more than may be in one, and how much it is."""
    values = ((body.get("view") or {}).get("state") or {}).get("values") or {}
    for block, elements in values.items():
        length = max(map(len, _texts(elements)), default=0)
        if length > MAX_TYPED:
            return str(block), length
    return None


def _texts(value: object) -> Iterator[str]:
    """All texts in a piece of JSON, however deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case Mapping() as mapping:
                waiting += mapping.values()
            case list() as items:
                waiting += items
