"""/train, the buttons of a run's message and of a digest, and the pages of the history."""

from slack_bolt.async_app import AsyncApp

from bot.digests.commands import DigestOff
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, HelpLine
from bot.slack.responders import Replies
from bot.slack.text import View
from bot.training.commands import CancelTraining, TrainingHistory
from bot.training.parsing import read_train
from bot.training.service import Training
from bot.training.views.answers import train_view

HELP = CommandHelp(
    "/train",
    "Train the model on all finished sentences. Progress and scores are posted in this channel.",
    (
        HelpLine("/train", "starts a training"),
        HelpLine("/train cnn", "the same with the small model that needs no encoder"),
        HelpLine(
            "/train with unfinished",
            "learns from what is labelled in unfinished sentences, too; scores are those of finished ones",
        ),
        HelpLine("/train status", "what is finished, what runs, what is live"),
        HelpLine("/train cancel", "stops the training that runs"),
        HelpLine("/train history", "all trainings, newest first"),
        HelpLine("/train when", "the next times it trains by itself"),
        HelpLine(
            "/train schedule every day at 03:00",
            "trains by itself; a time zone may follow: Europe/Berlin",
        ),
        HelpLine("/train schedule 0 3 * * mon-fri", "the same as a cron line"),
        HelpLine("/train schedule off", "ends the schedule"),
        HelpLine("/train auto 50", "trains by itself after every 50 newly finished sentences"),
        HelpLine("/train auto off", "ends that"),
        HelpLine(
            "/train digest every day at 09:00", "tells this channel what was done; off ends it"
        ),
    ),
)


def register(app: AsyncApp, training: Training, replies: Replies) -> None:
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

    app.command(HELP.command)(replies.to_command(HELP, typed))
    app.action(ids.CANCEL_RUN)(replies.to_button(cancelled, replace=False))
    app.action(ids.DIGEST_OFF)(replies.to_button(digest_switched_off, replace=False))
    for page in (ids.OLDER_RUNS, ids.NEWER_RUNS):
        app.action(page)(replies.to_button(turned))
