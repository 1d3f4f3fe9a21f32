"""/ner and the buttons of its answers."""

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.project import Caller
from bot.recognition.parsing import read_fitting
from bot.recognition.service import Recognition
from bot.recognition.values import Answer
from bot.recognition.views.answers import answer_view, recognition_view, shared_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, HelpLine
from bot.slack.reply_places import reply_place
from bot.slack.responders import Responders, Work, present
from bot.slack.telling.answers import Answers
from bot.slack.text import View, with_note

Feedback = Callable[[Caller, str, int], Awaitable[Answer]]


HELP = CommandHelp(
    "/ner",
    "Find the entities in a sentence with the live model. Only you see the answer.",
    (
        HelpLine("/ner She came in with chest pain.", "the sentence with its entities marked"),
        HelpLine("several lines", "are several sentences, up to 20"),
    ),
    usual="/ner She came in with chest pain.",
)


def register(app: AsyncApp, recognition: Recognition, replies: Responders) -> None:
    """Listen to the command and to what people say to its answers."""

    async def typed(body: payloads.Payload) -> View:
        asked = read_fitting(payloads.text_of_command(body))
        caller = payloads.caller_of_command(body)
        view = recognition_view(await recognition.recognise(caller, asked.texts))
        return with_note(view, asked.left_out)

    async def later(body: payloads.Payload) -> str | None:
        loading = await recognition.is_loading(payloads.caller_of_command(body))
        return "The model is being loaded; the answer is posted here." if loading else None

    def pressed(feedback: Feedback) -> Work:
        async def work(body: payloads.Payload) -> View:
            answer_id, index = payloads.read_place(payloads.action_value(body))
            return answer_view(await feedback(payloads.caller_of_action(body), answer_id, index))

        return work

    async def share(ack: AsyncAck, body: payloads.Payload) -> None:
        await ack()
        replies.start(_share(recognition, replies.answers, body), name="share")

    app.command(HELP.command)(replies.to_command(HELP, typed, later=later))
    app.action(ids.RIGHT)(replies.to_button(pressed(recognition.confirm)))
    app.action(ids.UNDO_RIGHT)(replies.to_button(pressed(recognition.undo)))
    app.action(ids.SHARE)(share)


async def _share(recognition: Recognition, answers: Answers, body: payloads.Payload) -> None:
    """Post one sentence for everybody, then say so in the answer itself."""
    posted: list[View] = []

    async def work() -> View:
        caller = payloads.caller_of_action(body)
        answer_id, index = payloads.read_place(payloads.action_value(body))
        answer, is_new = await recognition.share(caller, answer_id, index)
        if is_new:
            posted.append(shared_view(answer, index, caller.person))
        return answer_view(answer)

    shown = await present(work())
    place = reply_place(body)
    for view in posted:
        await answers.send(place, view, everyone=True)
    await answers.send(place, shown.view, replace=not shown.failed)
