"""The buttons of a run's message, and the pages of the history."""

from slack_bolt.async_app import AsyncApp

from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.responders import Replies
from bot.slack.text import View
from bot.training.commands import CancelTraining, TrainingHistory
from bot.training.service import Training
from bot.training.views.answers import cancelled_view
from bot.training.views.history import history_view


def register(app: AsyncApp, training: Training, replies: Replies) -> None:
    """Listen to [Cancel], and to [Older] and [Newer]."""

    async def cancelled(body: payloads.Payload) -> View:
        command = CancelTraining(payloads.read_id(payloads.action_value(body)))
        return cancelled_view(await training.cancel(payloads.caller_of_action(body), command))

    async def other_page(body: payloads.Payload) -> View:
        command = TrainingHistory(payloads.read_id(payloads.action_value(body)))
        return history_view(await training.history(payloads.caller_of_action(body), command))

    app.action(ids.CANCEL_RUN)(replies.to_button(cancelled, replace=False))
    for page in (ids.OLDER_RUNS, ids.NEWER_RUNS):
        app.action(page)(replies.to_button(other_page))
