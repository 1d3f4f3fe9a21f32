"""Listens to direct messages and mentions, and answers them as /ner does, or with a word of help."""

import logging
from collections.abc import Callable, Sequence

from cachetools import LRUCache
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.parsing import read_heard, read_meant
from bot.conversation.values import Greeting, Heard, SlashMissing
from bot.conversation.views import hello_view, slash_view
from bot.domain.project import Caller
from bot.recognition.handlers import HELP
from bot.recognition.parsing import read_fitting
from bot.recognition.service import Recognition
from bot.recognition.views.answers import recognition_view
from bot.slack.command_help import CommandHelp
from bot.slack.direct_messages import DirectMessages
from bot.slack.payloads import Payload
from bot.slack.reply_places import ReplyPlace
from bot.slack.responders import Responders, present
from bot.slack.text import View, shortened, with_note

_REMEMBERED = 2_000
_FORM = 100

log = logging.getLogger(__name__)

Asked = Callable[[str, str], None]
"""Hears of the workspace and the person who asked a model."""


def register(
    app: AsyncApp,
    recognition: Recognition,
    replies: Responders,
    messages: DirectMessages,
    *,
    commands: Sequence[CommandHelp] = (),
    on_asked: Asked | None = None,
) -> None:
    """Listen to both kinds of messages."""
    conversation = Conversation(recognition, messages, commands, on_asked)

    async def heard(body: Payload, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        message = read_heard(body, our_id=str(context.bot_user_id or ""))
        if message is not None:
            replies.start(conversation.answer(message, client), name="answer to a message")

    app.event("message")(heard)
    app.event("app_mention")(heard)


class Conversation:
    """Answers what people say to nerbot; a second delivery of an event is not answered again."""

    def __init__(
        self,
        recognition: Recognition,
        messages: DirectMessages,
        commands: Sequence[CommandHelp],
        on_asked: Asked | None,
    ) -> None:
        self._recognition = recognition
        self._messages = messages
        self._commands = commands
        self._on_asked = on_asked
        self._answered: LRUCache[tuple[str, str], bool] = LRUCache(_REMEMBERED)

    async def answer(self, heard: Heard, client: AsyncWebClient) -> None:
        """In the direct messages for good; in a channel for that person alone."""
        key = (heard.workspace, heard.event)
        if self._answered.get(key):
            return
        self._answered[key] = True
        presented = await present(self._view(heard), told=HELP, typed=heard.text)
        if not heard.is_direct and await _beside(client, heard, presented.view):
            return
        place = ReplyPlace("", heard.workspace, heard.person, heard.channel, heard.event)
        await self._messages.tell(place, presented.view)

    async def _view(self, heard: Heard) -> View:
        match read_meant(heard.text, self._commands):
            case Greeting():
                return hello_view(is_direct=heard.is_direct)
            case SlashMissing(form):
                return slash_view(shortened(form, _FORM))
            case sentences:
                asked = read_fitting(sentences.text)
        caller = Caller(
            heard.workspace,
            heard.channel,
            heard.person,
            heard.event,
            is_direct=heard.is_direct,
            is_guest=heard.is_guest,
        )
        answer = await self._recognition.recognise(caller, asked.texts)
        if self._on_asked is not None:
            self._on_asked(heard.workspace, heard.person)
        return with_note(recognition_view(answer), asked.left_out)


async def _beside(client: AsyncWebClient, heard: Heard, view: View) -> bool:
    """Show it in the channel to the person alone; False where Slack does not."""
    try:
        await client.chat_postEphemeral(
            channel=heard.channel,
            user=heard.person,
            thread_ts=heard.thread,
            **view.to_message(),
        )
    except (SlackApiError, OSError, TimeoutError, ValueError) as error:
        log.info("a mention is answered by direct message: %s", type(error).__name__)
        return False
    return True
