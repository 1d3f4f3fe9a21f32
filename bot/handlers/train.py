"""/train and the button of a run's message."""

from slack_bolt.async_app import AsyncApp

from bot.domain import CancelTraining
from bot.handlers import payloads
from bot.handlers.replies import Replies
from bot.services.training import Training
from bot.views import ids
from bot.views.text import View
from bot.views.training import train_view


def register(
    app: AsyncApp, training: Training, replies: Replies, *, command: str = "/train"
) -> None:
    """Listen to the command and to [Cancel]."""

    async def typed(body: payloads.Payload) -> View:
        wanted = payloads.read_train(payloads.text_of_command(body))
        return train_view(await training.handle(payloads.caller_of_command(body), wanted))

    async def cancelled(body: payloads.Payload) -> View:
        wanted = CancelTraining(payloads.read_id(payloads.action_value(body)))
        return train_view(await training.handle(payloads.caller_of_action(body), wanted))

    app.command(command)(replies.to_command(command, typed))
    app.action(ids.CANCEL_RUN)(replies.to_button(cancelled, replace=False))
