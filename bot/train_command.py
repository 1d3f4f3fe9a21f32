"""/train, the buttons of a run's message and of a digest, and the pages of the history."""

from slack_bolt.async_app import AsyncApp

from bot.digests.commands import DigestOff
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.responders import Replies
from bot.slack.text import View
from bot.training.commands import CancelTraining, TrainingHistory
from bot.training.parsing import read_train
from bot.training.service import Training
from bot.training.views.answers import train_view


def register(
    app: AsyncApp, training: Training, replies: Replies, *, command: str = "/train"
) -> None:
    """Listen to the command, to [Cancel], and to [Older] and [Newer]."""

    async def typed(body: payloads.Payload) -> View:
        wanted = read_train(payloads.text_of_command(body))
        return train_view(await training.handle(payloads.caller_of_command(body), wanted))

    async def cancelled(body: payloads.Payload) -> View:
        wanted = CancelTraining(payloads.read_id(payloads.action_value(body)))
        return train_view(await training.handle(payloads.caller_of_action(body), wanted))

    async def turned(body: payloads.Payload) -> View:
        wanted = TrainingHistory(payloads.read_id(payloads.action_value(body)))
        return train_view(await training.handle(payloads.caller_of_action(body), wanted))

    async def digest_switched_off(body: payloads.Payload) -> View:
        wanted = DigestOff(payloads.read_id(payloads.action_value(body)))
        return train_view(await training.handle(payloads.caller_of_action(body), wanted))

    app.command(command)(replies.to_command(command, typed))
    app.action(ids.CANCEL_RUN)(replies.to_button(cancelled, replace=False))
    app.action(ids.DIGEST_OFF)(replies.to_button(digest_switched_off, replace=False))
    for page in (ids.OLDER_RUNS, ids.NEWER_RUNS):
        app.action(page)(replies.to_button(turned))
