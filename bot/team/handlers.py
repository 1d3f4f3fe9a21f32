"""Why a sentence was flagged or decided so: asked in a modal, after the step itself took one tap."""

import json
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.project import Caller
from bot.errors import NothingToDo, NotUnderstood
from bot.labelling.service import Labelling
from bot.projects.entries import reply_view
from bot.projects.use_cases import UseCases, writes
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.payloads import Payload
from bot.slack.responders import Responders, in_words
from bot.slack.telling.modals import Modals, words_modal
from bot.slack.text import View, words_view
from bot.team import deletions, review
from bot.team.parsing import read_sentence_to_delete
from bot.team.values.review import NoteDecision
from bot.team.views.deletions import asked_view
from bot.team.views.reasons import Asked, reason_modal

_FLAG = Asked(ids.FLAG_WHY, "Why flag it?", "What should reviewers know?", "The dose is cut off.")
_DECISION = Asked(
    ids.REVIEW_WHY,
    "Why is it so?",
    "What should people know where the phrase appears again?",
    "It is a sign, not a symptom.",
)
_NOTE = writes(review.note)
_ASK_TO_DELETE = writes(deletions.ask)
_GONE = "The flag was undone or settled meanwhile, so there is nothing to give a reason for."

Keep = Callable[[Caller, int, str], Awaitable[None]]
"""Keep a reason for a sentence; raises PersonError where that is not possible any more."""


def typed_deletion(use_cases: UseCases) -> Callable[[Payload], Awaitable[View | None]]:
    """What answers `/label delete`; None where something else was typed."""

    async def typed(body: Payload) -> View | None:
        command = read_sentence_to_delete(payloads.text_of_command(body))
        if command is None:
            return None
        caller = payloads.caller_of_command(body)
        reply = await use_cases.carry_out(_ASK_TO_DELETE, caller, command)
        return reply_view(reply, asked_view)

    return typed


def register(app: AsyncApp, labelling: Labelling, use_cases: UseCases, replies: Responders) -> None:
    """Listen to [Say why] under a flag and under a decision, and to what is written then."""

    async def of_flag(caller: Caller, sentence_id: int, note: str) -> None:
        if not await labelling.say_why(caller, sentence_id, note):
            raise NothingToDo(_GONE)

    async def of_decision(caller: Caller, sentence_id: int, note: str) -> None:
        await use_cases.carry_out(_NOTE, caller, NoteDecision(note, sentence_id))

    _listen(app, _FLAG, of_flag, replies)
    _listen(app, _DECISION, of_decision, replies)


def _listen(app: AsyncApp, asked: Asked, keep: Keep, replies: Responders) -> None:
    async def pressed(ack: AsyncAck, client: AsyncWebClient, body: payloads.Payload) -> None:
        await ack()
        replies.start(_open(asked, replies.modals, client, body), name="asking why")

    async def told(ack: AsyncAck, body: payloads.Payload) -> None:
        try:
            note = payloads.read_words(_typed(asked, body))
            await keep(*_place(body), note)
        except NothingToDo as error:
            view = words_modal(asked.title, words_view(str(error)))
            await ack(response_action="update", view=view)
        except Exception as error:  # noqa: BLE001 - told at the box, where what was typed stays
            await ack(response_action="errors", errors={asked.action: in_words(error)})
        else:
            await ack()

    app.action(asked.action)(pressed)
    app.view(asked.action)(told)


async def _open(
    asked: Asked, modals: Modals, client: AsyncWebClient, body: payloads.Payload
) -> None:
    sentence_id = payloads.read_id(payloads.action_value(body))
    place = {"sentence": sentence_id, "channel": payloads.caller_of_action(body).channel}
    view = reason_modal(asked, metadata=json.dumps(place))
    await modals.open(client, body, view)


def _place(body: payloads.Payload) -> tuple[Caller, int]:
    """Who says it, in which channel, of which sentence; raises NotUnderstood."""
    try:
        told = json.loads(str((body.get("view") or {}).get("private_metadata")))
        channel, sentence_id = str(told["channel"]), int(told["sentence"])
    except (ValueError, LookupError, TypeError) as error:
        raise NotUnderstood("This is not one of nerbot's cards. Press its button again.") from error
    return payloads.caller_of_action({**body, "channel": {"id": channel}}), sentence_id


def _typed(asked: Asked, body: payloads.Payload) -> str:
    return str(
        ((payloads.inputs_of(body).get(asked.action) or {}).get(asked.action) or {}).get("value")
        or ""
    )
