"""How long a text may be that somebody sends: looked at before anything reads it, at one place for all of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck

from bot.jobs.background import Background
from bot.slack.payloads import MAX_LINES, Payload
from bot.slack.reply_places import reply_place
from bot.slack.telling.answers import Answers
from bot.slack.text import words_view
from bot.slack.text_normalization import too_long
from ner_engine.annotation import MAX_TEXT

MAX_TYPED = 10 * MAX_TEXT
"""Characters behind a command, in a field of a modal, and of a run of a message, with Slack's escapes."""
MAX_ASKED = 2 * MAX_LINES * MAX_TEXT
"""Characters behind `/ner`, which takes several sentences."""
MAX_MESSAGE = 8 * MAX_TYPED
"""Characters of a message in all its forms: Slack takes 40,000, and sends them as text and in blocks."""


class LengthLimit:
    """Bolt's middleware after the border: a text that nothing of ours could use is refused in words, and nobody reads
    it."""

    def __init__(self, answers: Answers, background: Background) -> None:
        self._answers = answers
        self._background = background

    async def check(self, body: Payload, ack: AsyncAck, next_: Any) -> BoltResponse | None:
        """Go on to the listeners, or say how long it is and how long it may be."""
        if body.get("command"):
            length = len(str(body.get("text") or ""))
            most = MAX_ASKED if body["command"] == "/ner" else MAX_TYPED
            if length > most:
                return await ack(text=too_long(length))
        elif body.get("type") == "view_submission":
            if (found := _too_long_field(body)) is not None:
                block, length = found
                return await ack(response_action="errors", errors={block: too_long(length)})
        elif (
            body.get("message") and (length := sum(map(len, _texts(body["message"])))) > MAX_MESSAGE
        ):
            answer = await ack()
            self._background.start(self._tell(body, too_long(length)), name="too long")
            return answer
        await next_()
        return None

    async def _tell(self, body: Payload, words: str) -> None:
        await self._answers.send(reply_place(body), words_view(words))


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
