"""/train: a router over what trainings and digests can be asked; a training begins where a line names none of it."""

from slack_bolt.async_app import AsyncApp

from bot.digests.service import DigestService
from bot.digests.subcommands import SUBCOMMANDS as DIGESTS
from bot.slack import payloads
from bot.slack.command_help import CommandHelp
from bot.slack.responders import Replies
from bot.slack.subcommands import Route, Router
from bot.slack.text import View
from bot.training.scheduling import TrainingSchedules
from bot.training.service import Training
from bot.training.subcommands import RUNS, SCHEDULES, START

HELP = CommandHelp(
    "/train",
    "Train the model on all finished sentences. Progress and scores are posted in this channel.",
    tuple(line for subcommand in (START, *RUNS, *SCHEDULES, *DIGESTS) for line in subcommand.help),
)


def make_router(training: Training, schedules: TrainingSchedules, digests: DigestService) -> Router:
    """Every subcommand with what carries it out."""
    routes = (
        *(Route(subcommand, training) for subcommand in RUNS),
        *(Route(subcommand, schedules) for subcommand in SCHEDULES),
        *(Route(subcommand, digests) for subcommand in DIGESTS),
    )
    return Router(HELP.command, routes, default=Route(START, training))


def register(app: AsyncApp, router: Router, replies: Replies) -> None:
    """Listen to the command."""

    async def typed(body: payloads.Payload) -> View:
        return await router.answer(payloads.caller_of_command(body), str(body.get("text") or ""))

    app.command(HELP.command)(replies.to_command(HELP, typed))
