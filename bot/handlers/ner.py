"""/ner: ask the live model."""

from slack_bolt.async_app import AsyncApp

from bot.handlers import payloads
from bot.handlers.replies import Replies
from bot.services.recognition import Recognition
from bot.views.recognition import recognition_view
from bot.views.text import View


def register(
    app: AsyncApp, recognition: Recognition, replies: Replies, *, command: str = "/ner"
) -> None:
    """Listen to the command."""

    async def typed(body: payloads.Payload) -> View:
        texts = payloads.read_sentences(payloads.text_of_command(body))
        caller = payloads.caller_of_command(body)
        return recognition_view(await recognition.recognise(caller, texts))

    async def later(body: payloads.Payload) -> str | None:
        loading = await recognition.is_loading(payloads.caller_of_command(body))
        return "The model is being loaded; the answer comes here." if loading else None

    app.command(command)(replies.to_command(command, typed, later=later))
