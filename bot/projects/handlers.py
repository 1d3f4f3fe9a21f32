"""The border: what comes from other workspaces, and from guests, ends here unless it is let in.

One middleware before every listener, so that none can forget to ask. What it lets in it notes: that somebody uses
nerbot in a channel shows that they are in it.
"""

import json
import logging
from collections.abc import Awaitable, Callable

from cachetools import TTLCache
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Store
from bot.db.served import Served
from bot.domain.project import Caller
from bot.errors import NerbotError, NotAllowed, NotUnderstood, StoreUnavailable
from bot.jobs.background import Background
from bot.operations.allowance import Allowed
from bot.projects.repositories.access import NO_GUESTS, NOTED_AGAIN, Access
from bot.slack import payloads, senders
from bot.slack.messenger import Messenger
from bot.slack.payloads import Payload
from bot.slack.reply_places import reply_place
from bot.slack.responders import in_words
from bot.slack.telling.answers import Answers
from bot.slack.telling.modals import Modals, words_modal
from bot.slack.text import View, words_view

ELSEWHERE = (
    "This request comes from another workspace than the one this nerbot belongs to; ask whoever runs it to install "
    "nerbot in yours."
)
_KEPT = 10_000
_TITLE = "Not for guests"

log = logging.getLogger(__name__)


class Border:
    """Bolt's first middleware: refuses what is not from a member of the workspace, or from a guest who is let in."""

    def __init__(
        self,
        store: Store,
        background: Background,
        refusals: "Refusals",
        *,
        serves: Served,
        requests: Allowed | None = None,
    ) -> None:
        """It lets in what comes from the workspaces whose tokens it has, of each as often as `requests` says."""
        self._requests = requests
        self._store = store
        self._refusals = refusals
        self._background = background
        self._serves = serves
        self._noted: TTLCache[tuple[str, str, str], bool] = TTLCache(
            _KEPT, NOTED_AGAIN.total_seconds()
        )

    async def check(
        self,
        body: Payload,
        ack: AsyncAck,
        client: AsyncWebClient,
        next_: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse:
        """Go on to the listeners, or answer with one sentence that says why not."""
        if senders.is_leaving(body):
            return await next_()
        if senders.is_in_channel(body) and senders.workspace_of(body) in self._serves:
            return await next_()  # nothing is asked of nerbot, so nobody is refused nor noted
        refused = await self._why_not(body)
        if refused is None:
            self._note(body)
            return await next_()
        log.info("refused a request of %s", body.get("type") or "a command")
        view = words_view(refused)
        if body.get("command"):
            return await ack(**view.to_message())
        if body.get("type") == "view_submission":
            return await ack(response_action="update", view=words_modal(_TITLE, view))
        response = await ack()
        self._background.start(self._refusals.tell(client, body, view), name="refusal")
        return response

    async def _why_not(self, body: Payload) -> str | None:
        """Why a request is refused; None where it is let in."""
        if senders.workspace_of(body) not in self._serves:
            return ELSEWHERE
        try:
            if self._requests is not None:
                await self._requests.take(senders.workspace_of(body), "")
            if senders.is_guest(body):
                await self._let_in(_caller(body))
        except NerbotError as error:
            return in_words(error)
        return None

    async def _let_in(self, caller: Caller) -> None:
        """See to it that the project where a guest asks lets guests in; raises NotAllowed."""
        async with self._store.reading(caller.workspace) as tx:
            if await Access(tx).of(caller) is None:
                raise NotAllowed(NO_GUESTS)
            noted = await Access(tx).is_noted(caller)
        if not noted:  # before anything else: who is a guest is asked where no payload says it
            async with self._store.writing(caller.workspace) as tx:
                await Access(tx).note(caller)

    def _note(self, body: Payload) -> None:
        """Keep who uses nerbot in which channel; costs the request nothing."""
        try:
            caller = _caller(body)
        except NotUnderstood:
            return  # the listener says so
        place = (caller.workspace, caller.room, caller.person)
        if not caller.is_direct and place not in self._noted:
            self._noted[place] = True
            self._background.start(self._keep(caller), name="note of a channel")

    async def _keep(self, caller: Caller) -> None:
        try:
            async with self._store.reading(caller.workspace) as tx:
                noted = await Access(tx).is_noted(caller)
            if not noted:
                async with self._store.writing(caller.workspace) as tx:
                    await Access(tx).note(caller)
        except StoreUnavailable as error:
            log.warning("who is in a channel was not kept: %s", error)
            self._noted.pop((caller.workspace, caller.room, caller.person), None)


def _caller(body: Payload) -> Caller:
    """Who asks, and where: in a channel, in a modal that was opened in one, or alone with nerbot."""
    if body.get("command"):
        return payloads.caller_of_command(body)
    if body.get("channel") or (body.get("container") or {}).get("channel_id"):
        return payloads.caller_of_action(body)
    said_in = str((body.get("event") or {}).get("channel") or "")
    place = _opened_in(body) or said_in or senders.person_of(body)
    request = str(body.get("trigger_id") or body.get("event_id") or "")
    return payloads.caller_of_action({**body, "channel": {"id": place}, "trigger_id": request})


def _opened_in(body: Payload) -> str:
    """The channel in which a modal was opened, as our modals carry it."""
    try:
        return str(json.loads(str((body.get("view") or {}).get("private_metadata")))["channel"])
    except (ValueError, LookupError, TypeError):
        return ""


class Refusals:
    """Tells why a request is refused: tried like every answer, but only in memory: nothing of another workspace's
    request may be kept."""

    def __init__(self, answers: Answers, modals: Modals, messenger: Messenger) -> None:
        self._answers = answers
        self._modals = modals
        self._messenger = messenger

    async def tell(self, client: AsyncWebClient, body: Payload, view: View) -> None:
        """Say it beside the message, or in a modal, or in Home, whatever there is."""
        place = reply_place(body)
        if place.url:
            await self._answers.send(place, view, kept=False)
        elif place.request:
            await self._modals.open(client, body, words_modal(_TITLE, view), instead=_silence)
        elif payloads.home_opened(body) and senders.is_guest(body):
            blocks = [block.to_dict() for block in view.blocks]
            home = {"type": "home", "blocks": blocks}
            await self._messenger.publish_home(place.workspace, place.person, home)


async def _silence() -> None:
    """There is no other place: a direct message would be a row."""
