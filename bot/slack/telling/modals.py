"""Opens modals and changes them; where Slack does not, the person is told, with the button that tries again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from cachetools import LRUCache
from slack_sdk.models.blocks import ActionsBlock
from slack_sdk.models.views import View as Modal
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.faults import Fault, fault_of
from bot.slack.payloads import Payload, trigger_of
from bot.slack.reply_places import ReplyPlace, pressed_button, reply_place
from bot.slack.senders import CARD_MODAL
from bot.slack.telling.answers import Answers
from bot.slack.text import View, button, shortened, words_view

CALL_SECONDS = 5.0
"""A trigger lasts three seconds; Slack has a little longer to answer."""
_LATE = "Slack opens a window within three seconds only, and nerbot took longer: {again}."
_BUSY = "Slack did not open the window just now: {again}."
_REFUSED = "Slack did not open the window ({code}): {again}, and if that does not help, tell whoever runs nerbot."
_EMPTY = "The window you opened could not be filled, because Slack did not answer: close it, and {again}."
_UNSEEN = (
    "Slack did not show your last change in the window. The change is kept: your next change there shows both, "
    "and [Save] saves both."
)

_CLOSED = "not_found"
"""Slack's word for a modal that its person has closed."""
_REMEMBERED = 1_000
TITLE = 24
_CARD = "Label"
BLOCKS = 100

log = logging.getLogger(__name__)

Instead = Callable[[], Awaitable[None]]
"""Tells in another way what a modal would have said."""


class Modals:
    """All modals of all features. A trigger shows one: a second delivery of its request shows nothing more."""

    def __init__(self, answers: Answers, *, call_within: float = CALL_SECONDS) -> None:
        self._answers = answers
        self._call_within = call_within
        self._taken: LRUCache[str, bool] = LRUCache(_REMEMBERED)

    async def open(
        self,
        client: AsyncWebClient,
        body: Payload,
        view: Modal | dict[str, Any],
        *,
        instead: Instead | None = None,
    ) -> str | None:
        """Open a modal; its id, or None where another delivery did, or where Slack did not and the person was told: by
        `instead`, else by the reason with the button that was pressed."""
        if self._is_taken(body):
            return None
        # On top of a modal another one is pushed.
        is_on_top = (body.get("view") or {}).get("type") == "modal"
        call = client.views_push if is_on_top else client.views_open
        opened = await self._tried(call(trigger_id=trigger_of(body), view=view))
        if isinstance(opened, Fault):
            log.warning("Slack did not open a modal: %s", opened.code)
            if instead is not None:
                await instead()
            else:
                await self._tell(reply_place(body), body, _words(opened))
            return None
        return str((opened.get("view") or {}).get("id"))

    async def fill(
        self, client: AsyncWebClient, body: Payload, view_id: str, view: Modal | dict[str, Any]
    ) -> None:
        """Show in a modal that says “loading” what it was opened for."""
        filled = await self._tried(client.views_update(view_id=view_id, view=view))
        if isinstance(filled, Fault) and filled.code != _CLOSED:
            log.warning("Slack did not fill a modal: %s", filled.code)
            await self._tell(reply_place(body), body, _EMPTY)

    async def update(
        self,
        client: AsyncWebClient,
        place: ReplyPlace,
        view: Modal | dict[str, Any],
        *,
        view_id: str,
        view_hash: str | None = None,
    ) -> bool:
        """Show a change in a modal; False where something newer than `view_hash` is shown there already."""
        more = {} if view_hash is None else {"hash": view_hash}
        updated = await self._tried(client.views_update(view_id=view_id, view=view, **more))
        if not isinstance(updated, Fault) or updated.code == _CLOSED:
            return True
        if updated.code == "hash_conflict":
            return False
        log.warning("Slack did not update a modal: %s", updated.code)
        await self._answers.send(place, words_view(_UNSEEN))
        return True

    async def show_card(self, client: AsyncWebClient, view_id: str, view: View) -> bool:
        """Show an answer in the modal with a card; False where Slack does not."""
        shown = await self._tried(
            client.views_update(view_id=view_id, view=card_modal(_CARD, view))
        )
        if isinstance(shown, Fault):
            log.warning("Slack did not update a modal: %s", shown.code)
        return not isinstance(shown, Fault)

    async def push(
        self,
        client: AsyncWebClient,
        body: Payload,
        place: ReplyPlace,
        view: Modal | dict[str, Any],
        *,
        otherwise: View,
    ) -> None:
        """Show words on top of a modal, or beside the message it came from where Slack does not."""
        if self._is_taken(body):
            return
        pushed = await self._tried(client.views_push(trigger_id=trigger_of(body), view=view))
        if isinstance(pushed, Fault):
            log.warning("Slack did not push a modal: %s", pushed.code)
            await self._answers.send(place, otherwise)

    def _is_taken(self, body: Payload) -> bool:
        """Whether another delivery of the request has shown its modal, or is about to; from now on this one has."""
        trigger = trigger_of(body)
        taken = self._taken.get(trigger, False)
        self._taken[trigger] = bool(trigger)
        return taken

    async def _tell(self, place: ReplyPlace, body: Payload, words: str) -> None:
        pressed = pressed_button(body)
        if pressed is None:
            await self._answers.send(place, words_view(words.format(again="please try again")))
            return
        view = words_view(words.format(again="press the button again"))
        row = ActionsBlock(elements=[button(pressed.text, pressed.action, pressed.value)])
        await self._answers.send(place, View(view.text, (*view.blocks, row)))

    async def _tried(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse | Fault:
        try:
            async with asyncio.timeout(self._call_within):
                return await call
        except Exception as error:  # noqa: BLE001 - whatever Slack answers and slack_sdk makes of it
            return fault_of(error)


def _words(fault: Fault) -> str:
    if fault.is_about_the_trigger:
        return _LATE
    return _BUSY if fault.passes else _REFUSED.replace("{code}", fault.code)


def card_modal(title: str, view: View) -> dict[str, Any]:
    """A message with its buttons, in a modal."""
    return {**words_modal(title, view), "callback_id": CARD_MODAL}


def words_modal(title: str, view: View) -> dict[str, Any]:
    """What a message would say, in a modal."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(title, TITLE), "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "blocks": [block.to_dict() for block in view.blocks[:BLOCKS]],
    }
