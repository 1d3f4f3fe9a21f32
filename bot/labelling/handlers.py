"""/label, the buttons of its answers, and the shortcuts “Label this message” and “Label next sentence”."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotFound
from bot.labelling import parsing
from bot.labelling.commands import (
    Accept,
    Finish,
    FlagSentence,
    LabelCommand,
    NextSentence,
    NoEntities,
    OpenSentence,
    Skip,
    Undo,
)
from bot.labelling.message_text import read_message
from bot.labelling.service import Labelling
from bot.labelling.values.messages import FixMessage, QuotedMessage, Withdraw
from bot.labelling.views.cards import outcome_view
from bot.slack import action_ids as ids
from bot.slack import direct_messages as direct
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, HelpLine
from bot.slack.direct_messages import DirectMessages
from bot.slack.history import ChannelHistory, HistoryRefused, HistoryUnavailable
from bot.slack.payloads import Payload
from bot.slack.reply_places import reply_place
from bot.slack.responders import Presented, Responders, Work, present
from bot.slack.telling.answers import Answers
from bot.slack.telling.modals import Modals, card_modal
from bot.slack.text import View

_MESSAGE_GONE = "The message is not there any more, and with it went what was found in it."
_NOT_SHOWN = "Slack does not show the message to nerbot now. Try again, or choose Label this message in its menu ⋯."

_PRESSED: Mapping[str, Callable[[str], LabelCommand]] = {
    ids.FINISH: lambda value: Finish(payloads.read_id(value)),
    ids.UNDO: lambda value: Undo(payloads.read_id(value)),
    ids.NONE: lambda value: NoEntities(payloads.read_id(value)),
    ids.SKIP: lambda value: Skip(payloads.read_id(value)),
    ids.ACCEPT: Accept,
    ids.FLAG: lambda value: FlagSentence(payloads.read_id(value)),
    ids.UNDO_TOGETHER: parsing.read_step,
    ids.WITHDRAW: Withdraw,
    ids.NEXT: parsing.read_passed,
}
_FROM_A_TRAINING: Mapping[str, Callable[[str], LabelCommand]] = {
    ids.LABEL_FOR_MODEL: lambda _value: NextSentence(),
    ids.OPEN_SENTENCE: lambda value: OpenSentence(payloads.read_id(value)),
}

HELP = CommandHelp(
    "/label",
    "Label phrases so that the model can learn them. Only you see the answers.",
    (
        HelpLine("/label", "your sentence again, or the next one of the queue"),
        HelpLine("/label next", "another sentence; you get yours again later"),
        HelpLine("/label SYMPTOM chest pain", "labels the phrase in your sentence"),
        HelpLine(
            "/label chest pain = symptom",
            "the same; a new label is typed in capitals, any other word is asked about",
        ),
        HelpLine(
            "/label SYMPTOM chest pain everywhere",
            "shows all sentences with the phrase, and labels it in those you choose",
        ),
        HelpLine(
            "/label SYMPTOM chest pain in: A patient with chest pain.",
            "adds the sentence if it is new, and labels the phrase in it",
        ),
        HelpLine(
            "/label A patient with {chest pain=SYMPTOM}.",
            "a whole sentence with all its entities, finished at once; several, one a line",
        ),
        HelpLine("/label none", "there are no entities in your sentence"),
        HelpLine("/label none in: No complaints today.", "the same for a sentence you add"),
        HelpLine("/label done", "your sentence is finished: every entity in it is labelled"),
        HelpLine("/label skip", "never show me this sentence again, and bring the next"),
        HelpLine(
            "/label flag: the dose is cut off",
            "your sentence is broken or needs talk: reviewers see it, and you get the next",
        ),
        HelpLine("/label delete #12", "deletes a sentence, after asking (without a number: yours)"),
        HelpLine("/label undo", "undoes my last step"),
    ),
    usual="/label SYMPTOM chest pain",
)


def register(
    app: AsyncApp,
    labelling: Labelling,
    replies: Responders,
    messages: DirectMessages,
    *,
    patience: float = direct.PATIENCE_SECONDS,
    deleting: Callable[[Payload], Awaitable[View | None]] | None = None,
) -> None:
    """Listen to the command, to every button a label answer can have, and to both shortcuts."""

    async def typed(body: Payload) -> View:
        if deleting is not None and (asked := await deleting(body)) is not None:
            return asked
        wanted = parsing.read_label(payloads.text_of_command(body))
        return outcome_view(await labelling.handle(payloads.caller_of_command(body), wanted))

    def pressed(read: Callable[[str], LabelCommand]) -> Work:
        async def work(body: Payload) -> View:
            wanted = read(payloads.action_value(body))
            return outcome_view(await labelling.handle(payloads.caller_of_action(body), wanted))

        return work

    app.command(HELP.command)(replies.to_command(HELP, typed))
    for action, read in _PRESSED.items():
        app.action(action)(replies.to_button(pressed(read)))
    piece = re.compile(rf"^{re.escape(ids.PIECE)}\.\d+$")
    app.action(piece)(replies.to_button(pressed(parsing.read_choice), replace=False))
    app.action(re.compile(rf"^{re.escape(ids.JOIN)}$|^{re.escape(ids.AS_ONE)}$"))(
        replies.to_button(_joining(labelling))
    )
    choice = re.compile(rf"^{re.escape(ids.CHOICE)}\.\d+$")
    app.action(choice)(replies.to_button(pressed(parsing.read_choice)))
    app.action(ids.CHOICE_MENU)(replies.to_button(pressed(parsing.read_choice)))
    app.action(ids.one_of(ids.POINT))(replies.to_button(pressed(parsing.read_pointed)))
    for menu in (ids.POINT_WORD, ids.POINT_CHANGE):
        app.action(menu)(replies.to_button(pressed(parsing.read_pointed_place)))
    # Beside what a training found out.
    for action, read in _FROM_A_TRAINING.items():
        app.action(ids.one_of(action))(replies.to_button(pressed(read), replace=False))

    async def message(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        work = _label_message(labelling, client, replies.answers, body, patience=patience)
        replies.start(work, name=ids.LABEL_MESSAGE)

    async def following(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        work = _label_next(labelling, messages, replies.modals, client, body)
        replies.start(work, name=ids.LABEL_NEXT)

    _listen_to_fix(app, labelling, replies, patience=patience)
    app.shortcut({"callback_id": ids.LABEL_MESSAGE, "type": "message_action"})(message)
    app.shortcut({"callback_id": ids.LABEL_NEXT, "type": "shortcut"})(following)


def _joining(labelling: Labelling) -> Work:
    """The menu [Join with the next] and [As one sentence]."""

    async def work(body: Payload) -> View:
        wanted = parsing.read_join(payloads.action_value(body))
        return outcome_view(await labelling.join_pieces(payloads.caller_of_action(body), wanted))

    return work


async def _label_message(
    labelling: Labelling,
    client: AsyncWebClient,
    answers: Answers,
    body: Payload,
    *,
    patience: float,
) -> None:
    """Answer beside the message, for the person alone."""

    async def work() -> View:
        caller = payloads.caller_of_action(body)
        read_message(body)  # refused before Slack is asked where it stands
        at = payloads.message_of_shortcut(body)
        found = await direct.permalink(client, caller.channel, at.ts, patience=patience)
        link = found or at.link
        return outcome_view(await labelling.label_message(caller, read_message(body, link)))

    presented = await present(work())
    thread = payloads.message_of_shortcut(body).thread
    await answers.send(reply_place(body), presented.view, thread=thread)


def _listen_to_fix(
    app: AsyncApp, labelling: Labelling, replies: Responders, *, patience: float
) -> None:
    async def fix(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        work = _fix_message(labelling, client, replies.answers, body, patience=patience)
        replies.start(work, name=ids.FIX_MESSAGE)

    app.action(ids.FIX_MESSAGE)(fix)


async def _fix_message(
    labelling: Labelling,
    client: AsyncWebClient,
    answers: Answers,
    body: Payload,
    *,
    patience: float,
) -> None:
    """The card of a watched message, in its thread; Slack is asked for its text, which is kept nowhere."""

    async def work() -> View:
        caller = payloads.caller_of_action(body)
        wanted = parsing.read_fix(payloads.action_value(body))

        async def ask() -> QuotedMessage:
            message = await _written(client, caller.channel, wanted)
            link = await direct.permalink(client, caller.channel, wanted.ts, patience=patience)
            return read_message({**body, "message": message}, link)

        return outcome_view(await labelling.fix_message(caller, wanted.project_id, ask))

    presented = await present(work())
    thread = payloads.message_of_shortcut(body).thread
    await answers.send(reply_place(body), presented.view, thread=thread)


async def _written(client: AsyncWebClient, channel: str, place: FixMessage) -> Mapping[str, Any]:
    """A message as Slack has it; raises NotFound."""
    try:
        message = await ChannelHistory(client).message(channel, place.ts, place.thread)
    except (HistoryRefused, HistoryUnavailable) as error:
        raise NotFound(_NOT_SHOWN) from error
    if message is None:
        raise NotFound(_MESSAGE_GONE)
    return message


async def _label_next(
    labelling: Labelling,
    messages: DirectMessages,
    modals: Modals,
    client: AsyncWebClient,
    body: Payload,
) -> None:
    """Show the next sentence in a modal with the card's buttons; by direct message where Slack opens none."""
    said = (await next_card(labelling, body)).view

    async def instead() -> None:
        await messages.tell(reply_place(body), said)

    await modals.open(client, body, card_modal("Label", said), instead=instead)


async def next_card(labelling: Labelling, body: Payload) -> Presented:
    """The next sentence for somebody who asks outside of a channel, or why there is none."""

    async def work() -> View:
        caller = payloads.caller_without_channel(body)
        return outcome_view(await labelling.handle(caller, NextSentence()))

    return await present(work())
