"""App Home: opened, pressed, and kept up to date after whatever its person does."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.project import Caller
from bot.home.updates import HomeUpdates
from bot.home.views.home import EXAMPLE
from bot.jobs.background import Background
from bot.labelling.handlers import next_card
from bot.labelling.service import Labelling
from bot.recognition.service import Recognition
from bot.recognition.views.answers import recognition_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, all_usage_view
from bot.slack.direct_messages import DirectMessages
from bot.slack.payloads import Payload
from bot.slack.reply_places import reply_place
from bot.slack.responders import present
from bot.slack.telling.modals import Modals, words_modal
from bot.slack.text import View, words_view
from bot.training.commands import RunActive, StartTraining, TrainingStatus, Whereabouts
from bot.training.service import Training
from bot.training.views.answers import started_view, state_view

_CHOSEN = "Your direct messages with nerbot now use this project too. Channels are not affected."

_FOLLOWED = {
    Whereabouts.CHANNEL: "Messages, the tab beside this one, shows its progress.",
    Whereabouts.LATER: (
        "Slack is slow just now: Messages, the tab beside this one, shows its progress as soon as Slack takes it."
    ),
    **dict.fromkeys(
        (Whereabouts.PERSON, Whereabouts.NOWHERE),
        "Slack takes no direct message to you: [Training status] below shows its progress.",
    ),
}

Work = Callable[[Payload, AsyncWebClient], Coroutine[None, None, None]]


def register(
    app: AsyncApp,
    labelling: Labelling,
    training: Training,
    recognition: Recognition,
    updates: HomeUpdates,
    background: Background,
    messages: DirectMessages,
    modals: Modals,
    *,
    commands: Sequence[CommandHelp] = (),
) -> None:
    """Listen to Home being opened, and to its buttons."""
    buttons = HomeButtons(labelling, training, recognition, updates, messages, modals, commands)

    async def show(visit: payloads.UserAction) -> None:
        await updates.show(visit.workspace, visit.person)

    async def opened(body: Payload) -> None:
        visit = payloads.home_opened(body)
        if visit is not None:
            background.start(show(visit), name="Home")

    def pressed(work: Work) -> Callable[[AsyncAck, Payload, AsyncWebClient], Awaitable[None]]:
        async def listener(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
            await ack()
            background.start(work(body, client), name="button of Home")

        return listener

    app.event("app_home_opened")(opened)
    app.action(ids.HOME_LABEL)(pressed(buttons.label))
    app.action(ids.HOME_TRAIN)(pressed(buttons.train))
    app.action(ids.HOME_STATUS)(pressed(buttons.status))
    app.action(ids.HOME_HELP)(pressed(buttons.usage))
    app.action(ids.HOME_ASK)(pressed(buttons.ask))
    app.action(ids.HOME_CLOSE)(pressed(buttons.close))
    app.action(ids.HOME_PROJECT)(pressed(buttons.choose))


class HomeButtons:
    """What each button does. Home has no channel: answers are in Home itself, in a modal, or in Messages."""

    def __init__(
        self,
        labelling: Labelling,
        training: Training,
        recognition: Recognition,
        updates: HomeUpdates,
        messages: DirectMessages,
        modals: Modals,
        commands: Sequence[CommandHelp],
    ) -> None:
        self._commands = commands
        self._modals = modals
        self._labelling = labelling
        self._training = training
        self._recognition = recognition
        self._updates = updates
        self._messages = messages

    async def label(self, body: Payload, _client: AsyncWebClient) -> None:
        """Show the next sentence in Home itself, with the card's buttons."""
        await self._notice(body, (await next_card(self._labelling, body)).view)

    async def ask(self, body: Payload, _client: AsyncWebClient) -> None:
        """Ask the model about an example, so that people see what an answer is."""
        caller = payloads.caller_without_channel(body)
        await self._notice(body, (await present(self._answer(caller))).view)
        self._updates.touch(caller.workspace, caller.person, asked=True)

    async def _answer(self, caller: Caller) -> View:
        texts = payloads.read_sentences(EXAMPLE)
        return recognition_view(await self._recognition.recognise(caller, texts))

    async def close(self, body: Payload, _client: AsyncWebClient) -> None:
        """Show Home without the card."""
        caller = payloads.caller_without_channel(body)
        await self._updates.close(caller.workspace, caller.person)

    async def train(self, body: Payload, _client: AsyncWebClient) -> None:
        """Begin a training that is followed in the person's direct messages."""
        await self._notice(body, (await present(self._begin(body))).view)

    async def _begin(self, body: Payload) -> View:
        caller = payloads.caller_without_channel(body)
        answer = await self._training.start(caller, StartTraining())
        if isinstance(answer, RunActive):
            return started_view(answer)
        return words_view(f"Training {answer.run.number} has begun. {_FOLLOWED[answer.told]}")

    async def status(self, body: Payload, client: AsyncWebClient) -> None:
        """What /train status says."""
        view = (await present(self._state(body))).view
        await self._modal(body, client, "Training status", view)

    async def _state(self, body: Payload) -> View:
        caller = payloads.caller_without_channel(body)
        return state_view(await self._training.status(caller, TrainingStatus()))

    async def usage(self, body: Payload, client: AsyncWebClient) -> None:
        """What can be typed."""
        await self._modal(body, client, "What you can type", all_usage_view(self._commands))

    async def choose(self, body: Payload, _client: AsyncWebClient) -> None:
        """Show another project."""
        await self._notice(body, (await present(self._switch(body))).view)

    async def _switch(self, body: Payload) -> View:
        caller = payloads.caller_without_channel(body)
        chosen = payloads.read_id(payloads.action_value(body))
        await self._updates.choose(caller, chosen)
        return words_view(_CHOSEN)

    async def _notice(self, body: Payload, view: View) -> None:
        """Show it in Home, or by direct message where Slack does not publish Home."""
        caller = payloads.caller_without_channel(body)
        if not await self._updates.show(caller.workspace, caller.person, view):
            await self._messages.tell(reply_place(body), view)

    async def _modal(self, body: Payload, client: AsyncWebClient, title: str, view: View) -> None:
        """Say it in a modal; in Home itself where the modal came too late."""

        async def instead() -> None:
            await self._notice(body, view)

        await self._modals.open(client, body, words_modal(title, view), instead=instead)
