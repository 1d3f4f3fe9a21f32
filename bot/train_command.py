"""/train: what the features list about trainings and digests; a training begins where a line names none of it."""

from bot.digests import subcommands as digests
from bot.digests.service import DigestService
from bot.slack import payloads
from bot.slack.command_help import CommandHelp
from bot.slack.listeners import Listeners
from bot.slack.subcommands import Route, Router
from bot.slack.text import View
from bot.training import subcommands as trainings
from bot.training.scheduling import TrainingSchedules
from bot.training.service import Training

HELP = CommandHelp(
    "/train",
    "Train the model on all finished sentences. Progress and scores are posted in this channel.",
    tuple(
        line
        for subcommand in (
            trainings.START,
            *trainings.RUNS,
            *trainings.SCHEDULES,
            *digests.SUBCOMMANDS,
        )
        for line in subcommand.help
    ),
)


def make_router(
    training: Training, schedules: TrainingSchedules, digest_service: DigestService
) -> Router:
    """Every subcommand with what carries it out."""
    routes = (
        *(Route(subcommand, training) for subcommand in trainings.RUNS),
        *(Route(subcommand, schedules) for subcommand in trainings.SCHEDULES),
        *(Route(subcommand, digest_service) for subcommand in digests.SUBCOMMANDS),
    )
    return Router(HELP.command, routes, default=Route(trainings.START, training))


def register(
    listeners: Listeners,
    training: Training,
    schedules: TrainingSchedules,
    digest_service: DigestService,
) -> None:
    """Listen to the command, to the buttons of runs and their history, and to those of digests."""
    router = make_router(training, schedules, digest_service)

    async def typed(body: payloads.Payload) -> View:
        return await router.answer(payloads.caller_of_command(body), str(body.get("text") or ""))

    listeners.command(HELP, typed)
    listeners.buttons(trainings.BUTTONS, training)
    listeners.buttons(trainings.SCHEDULE_BUTTONS, schedules)
    listeners.buttons(digests.BUTTONS, digest_service)
