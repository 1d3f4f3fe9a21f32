"""Why a sentence was flagged: asked in a modal, after the flag itself took one tap."""

import json

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import Caller
from bot.errors import NotUnderstood, PersonError
from bot.handlers import payloads
from bot.handlers.failures import in_words
from bot.handlers.replies import Replies
from bot.services.labelling import Labelling
from bot.views import ids
from bot.views.flags import why_modal
from bot.views.modals import words_modal
from bot.views.text import words_view

_TITLE = "Why flag it?"
_GONE = "The flag was taken back or settled meanwhile, so there is nothing to give a reason for."


def register(app: AsyncApp, labelling: Labelling, replies: Replies) -> None:
    """Listen to [Say why] and to what is written then."""

    async def asked(ack: AsyncAck, client: AsyncWebClient, body: payloads.Payload) -> None:
        await ack()
        replies.start(_open(client, body), name="why flagged")

    async def told(ack: AsyncAck, body: payloads.Payload) -> None:
        try:
            caller, sentence_id = _place(body)
            note = payloads.read_note(_typed(body))
            kept = await labelling.say_why(caller, sentence_id, note)
        except PersonError as error:
            await ack(response_action="errors", errors={ids.FLAG_WHY: in_words(error)})
            return
        except Exception as error:  # noqa: BLE001 - told where the person looks
            await ack(
                response_action="update", view=words_modal(_TITLE, words_view(in_words(error)))
            )
            return
        if kept:
            await ack()
        else:
            await ack(response_action="update", view=words_modal(_TITLE, words_view(_GONE)))

    app.action(ids.FLAG_WHY)(asked)
    app.view(ids.FLAG_WHY)(told)


async def _open(client: AsyncWebClient, body: payloads.Payload) -> None:
    sentence_id = payloads.read_id(payloads.action_value(body))
    place = {"sentence": sentence_id, "channel": payloads.caller_of_action(body).channel}
    view = why_modal(sentence_id, metadata=json.dumps(place))
    await client.views_open(trigger_id=str(body.get("trigger_id")), view=view)


def _place(body: payloads.Payload) -> tuple[Caller, int]:
    """Who says it, in which channel, of which sentence; raises NotUnderstood."""
    try:
        told = json.loads(str((body.get("view") or {}).get("private_metadata")))
        channel, sentence_id = str(told["channel"]), int(told["sentence"])
    except (ValueError, LookupError, TypeError) as error:
        raise NotUnderstood(
            "This is not one of nerbot's cards. Flag the sentence again."
        ) from error
    return payloads.caller_of_action({**body, "channel": {"id": channel}}), sentence_id


def _typed(body: payloads.Payload) -> str:
    values = ((body.get("view") or {}).get("state") or {}).get("values") or {}
    return str(((values.get(ids.FLAG_WHY) or {}).get(ids.FLAG_WHY) or {}).get("value") or "")
