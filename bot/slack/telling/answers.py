"""Sends answers over response_urls: several tries, and where Slack takes none of them a direct message instead."""

import asyncio
import hashlib
import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import ClientSession
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.errors import StoreUnavailable
from bot.slack.faults import Fault, fault_of, retry_after
from bot.slack.messenger import FollowedMessage, Messenger, Post
from bot.slack.reply_places import ReplyPlace
from bot.slack.text import Parts, Piece, View, after, said, words_view

PAUSES = (1.0, 4.0, 12.0, 40.0)
"""Seconds between tries. Slack lets a response_url be used five times."""
JITTER = 0.2
CALL_SECONDS = 10.0
LONGEST_SECONDS = 25 * 60.0
"""Slack takes answers for thirty minutes."""
BLOCKS = 50
"""Slack's limit for a message."""

_INSTEAD = ", so I'm posting it here instead. To go on there, use the command or button again."
_NOT_TAKEN = (
    "Slack did not accept the answer nerbot made ({code}), so it cannot be shown. "
    "To see where things are, use the command or button again."
)

log = logging.getLogger(__name__)

Shown = Callable[[str, str, View], Awaitable[bool]]
Pause = Callable[[float], Awaitable[None]]


class Answers:
    """Answers that come after the ack. Nothing waits for them but the background task of their request."""

    def __init__(
        self,
        session: ClientSession,
        messenger: Messenger,
        *,
        stopping: asyncio.Event,
        call_within: float = CALL_SECONDS,
        pause: Pause | None = None,
    ) -> None:
        self._session = session
        self._messenger = messenger
        self._stopping = stopping
        self._call_within = call_within
        self._pause = pause or self._until_stopping
        self.in_home: Shown | None = None
        """Shows an answer to what was pressed in Home there; takes the workspace and the person."""
        self.in_modal: Shown | None = None
        """The same in a modal; takes the workspace and the modal's id."""

    async def send(
        self,
        place: ReplyPlace,
        view: View,
        *,
        replace: bool = False,
        everyone: bool = False,
        thread: str | None = None,
        kept: bool = True,
    ) -> bool:
        """Send an answer; False where Slack did not take it, and the outbox has it. With `kept=False` no row is
        written, and what Slack does not take within these tries is lost.

        For the person alone, in the place of the message a button is in (`replace`) or beside it; `everyone` in the
        channel sees it if wished.
        """
        if not everyone and await self._shown_in_place(place, view):
            return True
        message: dict[str, Any] = {
            **view.to_message(),
            "response_type": "in_channel" if everyone else "ephemeral",
            "replace_original": replace,
        }
        if thread is not None:
            message["thread_ts"] = thread
        try:
            fault = await self._tried(place.url, message) if place.url else Fault("no_url")
        except asyncio.CancelledError:  # the bot stops; after its next start the answer arrives
            if kept:
                await self._keep(place, view, Fault("stopped"), everyone=everyone)
            raise
        if fault is not None and not kept:
            log.warning("Slack did not take an answer that is not kept: %s", fault.code)
        elif fault is not None:
            await self._keep(place, view, fault, everyone=everyone)
        return fault is None

    async def _shown_in_place(self, place: ReplyPlace, view: View) -> bool:
        """Whether Home or the modal the request came from shows the answer."""
        if place.modal and self.in_modal is not None:
            return await self.in_modal(place.workspace, place.modal, view)
        if place.is_home and self.in_home is not None:
            return await self.in_home(place.workspace, place.person, view)
        return False

    async def _tried(self, url: str, message: dict[str, Any]) -> Fault | None:
        """None once Slack has taken it, or the fault of the last try."""
        client = AsyncWebhookClient(url, session=self._session, retry_handlers=[])
        waited = 0.0
        for pause in (*PAUSES, None):
            try:
                async with asyncio.timeout(self._call_within):
                    fault = refusal_of(await client.send_dict(message))
            except Exception as error:  # noqa: BLE001 - whatever Slack answers and slack_sdk makes of it
                fault = fault_of(error)
            if fault is None or fault.stays or pause is None:
                return fault
            spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
            wait = max(pause * spread, fault.after or 0.0)
            waited += wait
            if waited > LONGEST_SECONDS:
                return fault
            await self._pause(wait)
            if self._stopping.is_set():
                return fault
        return None

    async def _until_stopping(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _keep(self, place: ReplyPlace, view: View, fault: Fault, *, everyone: bool) -> None:
        """Let the outbox tell it: in the channel what was for all, to the person what was theirs."""
        key = _key(place, view)
        if place.url:
            log.warning("Slack did not take an answer over its response_url: %s", fault.code)
        try:
            if everyone and not fault.is_about_what_was_sent:
                await self._messenger.follow(
                    FollowedMessage(
                        place.workspace,
                        key,
                        place.channel,
                        view,
                        person=place.person,
                        subject="what you shared",
                        final=True,
                    )
                )
            else:
                told = instead_view(place, view, fault)
                await self._messenger.post(Post(place.workspace, key, place.person, told))
        except StoreUnavailable as error:
            log.error("%s was not kept either: %s", key, error)  # noqa: TRY400 - a known condition: one line


def _key(place: ReplyPlace, view: View) -> str:
    told = json.dumps([place.url, place.request, place.person, view.to_message()])
    return f"answer {hashlib.sha256(told.encode()).hexdigest()[:16]}"


def refusal_of(response: WebhookResponse) -> Fault | None:
    """Why a response_url did not take an answer; None where it did."""
    after_seconds = retry_after(response.headers)
    if response.status_code == 429:
        return Fault("ratelimited", after=after_seconds)
    if response.status_code >= 500:
        return Fault(f"http_{response.status_code}", after=after_seconds)
    word = _word(response.body)
    if response.status_code == 200:
        return None if word == "ok" else Fault(word)
    # Slack's own refusals; what it says in no known words is not asked a second time either.
    return Fault("refused" if word == "no_json" else word, after=after_seconds)


def _word(body: str) -> str:
    """“ok” or Slack's word for why not, which it sends bare or as JSON."""
    with suppress(ValueError):
        told = json.loads(body)
        if isinstance(told, dict):
            return "ok" if told.get("ok") is True else str(told.get("error") or "no_json")
    bare = body.strip()
    return bare if bare.isidentifier() and bare.islower() else "no_json"


def instead_view(place: ReplyPlace, view: View, fault: Fault) -> View:
    """An answer in a direct message: why it is there, what to do, and the answer itself."""
    if fault.code == "no_url":
        return view
    if fault.is_about_what_was_sent:
        return words_view(_NOT_TAKEN.format(code=fault.code))
    channel: list[Piece] = []
    if place.channel[:1] in {"C", "G"}:
        channel = [" in ", Parts.Channel(channel_id=place.channel)]
    why = said(["Slack did not take my answer", *channel, _INSTEAD])
    whole = after(why, view)
    return View(whole.text, whole.blocks[:BLOCKS])
