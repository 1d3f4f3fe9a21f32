"""The shortcuts "Label this message" and "Label next sentence"."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.background import Background
from bot.labelling.commands import NextSentence
from bot.labelling.message_text import read_message
from bot.labelling.messages import Quoting
from bot.labelling.service import Labelling
from bot.labelling.values.cards import Card
from bot.labelling.views.outcomes import outcome_view
from bot.slack import action_ids as ids
from bot.slack import direct_messages as direct
from bot.slack import payloads
from bot.slack import user_actions as happenings
from bot.slack.error_presenter import present
from bot.slack.payloads import Payload
from bot.slack.text import View, words_view

_WHERE = "The card is in your direct messages with nerbot: open Apps, nerbot, Messages."
_NO_DM = (
    "Slack did not take a direct message to you, so the card could not be sent. Type /label in a channel instead: "
    "the same sentence comes there."
)


def register(
    app: AsyncApp,
    labelling: Labelling,
    quoting: Quoting,
    background: Background,
    *,
    patience: float = direct.PATIENCE_SECONDS,
) -> None:
    """Listen to both shortcuts."""

    async def message(
        ack: AsyncAck, respond: AsyncRespond, body: Payload, client: AsyncWebClient
    ) -> None:
        await ack()
        work = _label_message(quoting, client, respond, body, patience=patience)
        background.start(work, name=ids.LABEL_MESSAGE)

    async def following(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        work = _label_next(labelling, client, body, patience=patience)
        background.start(work, name=ids.LABEL_NEXT)

    app.shortcut({"callback_id": ids.LABEL_MESSAGE, "type": "message_action"})(message)
    app.shortcut({"callback_id": ids.LABEL_NEXT, "type": "shortcut"})(following)


async def _label_message(
    quoting: Quoting,
    client: AsyncWebClient,
    respond: AsyncRespond,
    body: Payload,
    *,
    patience: float,
) -> None:
    """Answer beside the message, for the person alone; where Slack no longer takes that, by direct message."""

    async def work() -> View:
        caller = payloads.caller_of_action(body)
        read_message(body)  # refused before Slack is asked where it stands
        at = happenings.message_of_shortcut(body)
        found = await direct.permalink(client, caller.channel, at.ts, patience=patience)
        link = found or at.link
        return outcome_view(await quoting.take(caller, read_message(body, link)))

    presented = await present(work())
    at = happenings.message_of_shortcut(body)
    answer = await respond(
        **presented.view.to_message(),
        response_type="ephemeral",
        replace_original=False,
        thread_ts=at.thread,
    )
    if answer.status_code != 200:
        await direct.tell(client, at.person, presented.view, patience=patience)


async def _label_next(
    labelling: Labelling, client: AsyncWebClient, body: Payload, *, patience: float
) -> None:
    """Send the card by direct message and say so; what is no card is said at once."""
    sent, said = await send_next(labelling, client, body, patience=patience)
    trigger = happenings.trigger_of(body)
    shown = await direct.show(client, trigger, "Next sentence", said, patience=patience)
    if not shown and not sent:
        await direct.tell(client, happenings.person_of(body), said, patience=patience)


async def send_next(
    labelling: Labelling, client: AsyncWebClient, body: Payload, *, patience: float
) -> tuple[bool, View]:
    """Send the next sentence by direct message: whether one went out, and what to say where it was asked for."""
    is_card = False

    async def work() -> View:
        nonlocal is_card
        outcome = await labelling.handle(happenings.caller_without_channel(body), NextSentence())
        is_card = isinstance(outcome, Card)
        return outcome_view(outcome)

    presented = await present(work())
    if not is_card:
        return False, presented.view
    person = happenings.person_of(body)
    sent = await direct.tell(client, person, presented.view, patience=patience)
    return sent, words_view(_WHERE if sent else _NO_DM)
