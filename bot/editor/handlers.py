"""The editor's modal: opened from a card or a /ner answer, changed in place, saved as one step."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View as Modal
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.project import Caller
from bot.editor.commands import Editing
from bot.editor.parsing import Origin, caller_of_view, origin_of, read_boxes, read_edit
from bot.editor.service import Editor, Saved
from bot.editor.views.editor import editor_modal, fault_block, loading_modal, words_modal
from bot.labelling.values.cards import Outcome
from bot.labelling.views.cards import outcome_view
from bot.recognition.values import Answer
from bot.recognition.views.answers import answer_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.reply_places import ReplyPlace, reply_place
from bot.slack.responders import Responders, in_words
from bot.slack.telling.answers import Answers
from bot.slack.telling.modals import Modals
from bot.slack.text import View, words_view
from bot.team.decided import NextToReview
from bot.team.values.review import LookingAtError, NoDispute, NoError, Reviewing
from bot.team.views.review import dispute_view, error_view

log = logging.getLogger(__name__)

Open = Callable[[Caller, str], Awaitable[Editing]]

Show = Callable[[Editing, Origin], Modal]

PATIENCE_SECONDS = 1.0
"""A trigger lasts three seconds: what takes longer than this begins with “loading”."""
_SAVED_LATE = (
    "Saved. The card you came from is too old to show it: type /label for the next sentence."
)


def register(
    app: AsyncApp,
    editor: Editor,
    replies: Responders,
    *,
    select_and_bold: bool = False,
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Listen to the buttons that open the editor, and to everything in it."""

    def show(editing: Editing, origin: Origin) -> Modal:
        return editor_modal(editing, metadata=origin.to_metadata(), select_and_bold=select_and_bold)

    def opens(make: Open) -> Callable[..., Awaitable[None]]:
        async def listener(ack: AsyncAck, client: AsyncWebClient, body: payloads.Payload) -> None:
            await ack()
            opening = _open(make, show, replies, client, body, patience=patience)
            replies.start(opening, name="editor")

        return listener

    async def sentence(caller: Caller, value: str) -> Editing:
        return await editor.open_sentence(caller, payloads.read_id(value))

    async def answer(caller: Caller, value: str) -> Editing:
        return await editor.open_answer(caller, *payloads.read_place(value))

    async def pressed(ack: AsyncAck, client: AsyncWebClient, body: payloads.Payload) -> None:
        await ack()
        replies.start(_change(editor, show, replies.modals, client, body), name="editor")

    async def submitted(ack: AsyncAck, body: payloads.Payload) -> None:
        await _save(editor, show, replies, ack, body)

    app.action(ids.EDIT)(opens(sentence))
    app.action(ids.EDIT_SUGGESTION)(opens(editor.open_suggestion))
    app.action(ids.REVIEW_EDIT)(opens(editor.open_version))
    app.action(ids.FIX)(opens(answer))
    app.action(re.compile(rf"^{re.escape(ids.EDITOR)}\..+"))(pressed)
    app.view(ids.EDITOR)(submitted)


async def _open(
    make: Open,
    show: Show,
    replies: Responders,
    client: AsyncWebClient,
    body: payloads.Payload,
    *,
    patience: float,
) -> None:
    """Open the modal with the sentence, or with “loading” first where that takes too long for the trigger."""

    async def modal() -> Modal:
        caller = payloads.caller_of_action(body)
        editing = await make(caller, payloads.action_value(body))
        return show(editing, _origin(editing, caller, body))

    ready = asyncio.ensure_future(modal())
    done, _ = await asyncio.wait({ready}, timeout=patience)
    modals = replies.modals
    if not done:
        opened = await modals.open(client, body, loading_modal())
        try:
            view = await ready
        except Exception as error:  # noqa: BLE001 - what went wrong is told where “loading” stands
            view = words_modal(in_words(error))
        if opened is not None:
            await modals.fill(client, body, opened, view)
        return
    try:
        view = ready.result()
    except Exception as error:  # noqa: BLE001 - the same, beside the card
        await replies.answers.send(reply_place(body), words_view(in_words(error)))
        return
    await modals.open(client, body, view)


def _origin(editing: Editing, caller: Caller, body: payloads.Payload) -> Origin:
    url = str(body.get("response_url") or "")
    return Origin(editing.draft.offer, caller.channel, url, int(time.time()))


async def _change(
    editor: Editor, show: Show, modals: Modals, client: AsyncWebClient, body: payloads.Payload
) -> None:
    """Carry out one press and show the draft; what a quicker press has shown by then is not overwritten."""
    shown: dict[str, Any] = body["view"]
    place = reply_place(body)
    try:
        origin = origin_of(body)
        place = _beside(place, origin)
        caller = caller_of_view(body, origin)
        editing = await editor.change(caller, origin.draft, read_edit(body), read_boxes(body))
    except Exception as error:  # noqa: BLE001 - told on top of the modal, so that nothing typed in it is lost
        words = in_words(error)
        modal = words_modal(words)
        await modals.push(client, body, place, modal, otherwise=words_view(words))
        return
    view = show(editing, origin)
    shows = await modals.update(client, place, view, view_id=shown["id"], view_hash=shown["hash"])
    if not shows:
        # Two presses at once: the draft has both, and whoever comes second shows it.
        newest = await editor.show(caller, origin.draft)
        await modals.update(client, place, show(newest, origin), view_id=shown["id"])


def _beside(place: ReplyPlace, origin: Origin) -> ReplyPlace:
    """Answers that a modal cannot show go where it was opened."""
    return replace(place, url=origin.answer_to, channel=origin.channel)


async def _save(
    editor: Editor,
    show: Show,
    replies: Responders,
    ack: AsyncAck,
    body: payloads.Payload,
) -> None:
    """Save before the ack, which closes the modal; what follows is shown in the message it came from."""
    try:
        origin = origin_of(body)
        caller = caller_of_view(body, origin)
        result = await editor.save(caller, origin.draft, read_boxes(body))
    except Exception as error:  # noqa: BLE001 - the same
        await ack(response_action="push", view=words_modal(in_words(error)))
        return
    if isinstance(result, Editing):
        await _look_again(ack, show, result, origin)
        return
    if origin.is_late:
        await ack(response_action="update", view=words_modal(_SAVED_LATE))
        return
    await ack()
    place = _beside(reply_place(body), origin)
    work = _follow(editor, replies.answers, caller.workspace, place, result)
    replies.start(work, name="after the editor")


async def _look_again(ack: AsyncAck, show: Show, editing: Editing, origin: Origin) -> None:
    """Errors at the box that cannot be read, with what was typed in it; else the draft with what is to be seen."""
    if editing.faults:
        errors = {fault_block(editing.draft, box): words for box, words in editing.faults}
        await ack(response_action="errors", errors=errors)
        return
    await ack(response_action="update", view=show(editing, origin))


async def _follow(
    editor: Editor, answers: Answers, workspace: str, place: ReplyPlace, saved: Saved
) -> None:
    await answers.send(place, _view(await editor.with_suggestion(workspace, saved)), replace=True)


def _view(outcome: Outcome | Answer | NextToReview) -> View:
    if isinstance(outcome, Reviewing | NoDispute):
        return dispute_view(outcome)
    if isinstance(outcome, LookingAtError | NoError):
        return error_view(outcome)
    return answer_view(outcome) if isinstance(outcome, Answer) else outcome_view(outcome)
