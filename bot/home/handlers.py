"""App Home: opened, pressed, and kept up to date after whatever its person does."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.home.updates import HomeUpdates
from bot.jobs.background import Background
from bot.labelling.service import Labelling
from bot.labelling.shortcuts import send_next
from bot.slack import action_ids as ids
from bot.slack import direct_messages as direct
from bot.slack import payloads
from bot.slack import user_actions as happenings
from bot.slack.command_help import CommandHelp, all_usage_view
from bot.slack.error_presenter import present
from bot.slack.payloads import Payload
from bot.slack.text import View, words_view
from bot.training.commands import RunStarted, StartTraining, TrainingStatus
from bot.training.service import Training
from bot.training.views.answers import train_view

_CHOSEN = "This is the project of your direct messages with nerbot now, too. Channels keep theirs."
_NEXT_SENT = "Your next sentence is in Messages, the tab beside this one."

Work = Callable[[Payload, AsyncWebClient], Coroutine[None, None, None]]


def register(
    app: AsyncApp,
    labelling: Labelling,
    training: Training,
    updates: HomeUpdates,
    background: Background,
    *,
    commands: Sequence[CommandHelp] = (),
    asking: str = "/ner",
    patience: float = direct.PATIENCE_SECONDS,
) -> None:
    """Listen to Home being opened, to its buttons, and to everything else as far as Home has to follow."""
    buttons = HomeButtons(labelling, training, updates, commands, patience=patience)

    async def follow(body: Payload, next_: Callable[[], Awaitable[None]]) -> None:
        await next_()
        done = happenings.who_did(body, asking=asking)
        if done is not None:
            updates.touch(done.workspace, done.person, asked=done.asked)

    async def opened(body: Payload) -> None:
        visit = happenings.home_opened(body)
        if visit is not None:
            background.start(updates.show(visit.workspace, visit.person), name="Home")

    def pressed(work: Work) -> Callable[[AsyncAck, Payload, AsyncWebClient], Awaitable[None]]:
        async def listener(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
            await ack()
            background.start(work(body, client), name="button of Home")

        return listener

    app.use(follow)
    app.event("app_home_opened")(opened)
    app.action(ids.HOME_LABEL)(pressed(buttons.label))
    app.action(ids.HOME_TRAIN)(pressed(buttons.train))
    app.action(ids.HOME_STATUS)(pressed(buttons.status))
    app.action(ids.HOME_HELP)(pressed(buttons.usage))
    app.action(ids.HOME_PROJECT)(pressed(buttons.choose))


class HomeButtons:
    """What each button does. Home has no channel: answers stand in Home itself, in a modal, or in Messages."""

    def __init__(
        self,
        labelling: Labelling,
        training: Training,
        updates: HomeUpdates,
        commands: Sequence[CommandHelp],
        *,
        patience: float,
    ) -> None:
        self._commands = commands
        self._patience = patience
        self._labelling = labelling
        self._training = training
        self._updates = updates

    async def label(self, body: Payload, client: AsyncWebClient) -> None:
        """Send the next sentence, and say where it is."""
        sent, said = await send_next(self._labelling, client, body, patience=self._patience)
        await self._notice(body, words_view(_NEXT_SENT) if sent else said)

    async def train(self, body: Payload, _client: AsyncWebClient) -> None:
        """Begin a training that is followed in the person's direct messages."""

        async def begin() -> View:
            caller = happenings.caller_without_channel(body)
            answer = await self._training.handle(caller, StartTraining())
            if isinstance(answer, RunStarted):
                number = answer.run.number
                return words_view(
                    f"Training {number} has begun. Messages, the tab beside this one, follows it."
                )
            return train_view(answer)

        await self._notice(body, (await present(begin())).view)

    async def status(self, body: Payload, client: AsyncWebClient) -> None:
        """What /train status says."""

        async def read() -> View:
            caller = happenings.caller_without_channel(body)
            return train_view(await self._training.handle(caller, TrainingStatus()))

        await self._modal(body, client, "Training status", (await present(read())).view)

    async def usage(self, body: Payload, client: AsyncWebClient) -> None:
        """What can be typed."""
        await self._modal(body, client, "What you can type", all_usage_view(self._commands))

    async def choose(self, body: Payload, _client: AsyncWebClient) -> None:
        """Show another project."""

        async def switch() -> View:
            caller = happenings.caller_without_channel(body)
            chosen = payloads.read_id(happenings.choice_of(body))
            await self._updates.choose(caller.workspace, caller.person, chosen)
            return words_view(_CHOSEN)

        await self._notice(body, (await present(switch())).view)

    async def _notice(self, body: Payload, view: View) -> None:
        caller = happenings.caller_without_channel(body)
        await self._updates.show(caller.workspace, caller.person, view)

    async def _modal(self, body: Payload, client: AsyncWebClient, title: str, view: View) -> None:
        """Say it in a modal; in Home itself where the modal came too late."""
        trigger = happenings.trigger_of(body)
        if not await direct.show(client, trigger, title, view, patience=self._patience):
            await self._notice(body, view)
