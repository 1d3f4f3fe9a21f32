"""/nerbot: everything besides labelling, training and asking, as the features list it."""

from bot.asking import subcommands as asking
from bot.digests import subcommands as digests
from bot.digests.reminders import ReviewReminders
from bot.erasure import subcommands as erasure
from bot.erasure.service import Forgetting
from bot.exchange import subcommands as exchange
from bot.exchange.service import Exchange
from bot.health import subcommands as health
from bot.models import subcommands as models
from bot.models.service import ModelService
from bot.outputs import subcommands as outputs
from bot.outputs.service import OutputService
from bot.precision import subcommands as precision
from bot.projects import subcommands as projects
from bot.projects.entries import welcome_view
from bot.projects.use_cases import UseCases
from bot.recognition import subcommands as notices
from bot.recognition.corrections import CorrectionNotices
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, usage_view
from bot.slack.listeners import Listeners
from bot.slack.payloads import HELP as HELP_WORDS
from bot.slack.subcommands import Route, Router
from bot.slack.text import View, after
from bot.team import subcommands as team
from bot.watching import subcommands as watching
from bot.watching.service import Watching
from bot.webhooks import subcommands as webhooks
from bot.webhooks.service import WebhookService

_TEAM = (
    *team.SUBCOMMANDS,
    *projects.SUBCOMMANDS,
    *precision.SUBCOMMANDS,
    *asking.SUBCOMMANDS,
    *health.SUBCOMMANDS,
)

HELP = CommandHelp(
    "/nerbot",
    "Everything besides labelling, training and asking. Only you see the answers.",
    tuple(
        line
        for subcommand in (
            *_TEAM,
            *models.SUBCOMMANDS,
            *notices.SUBCOMMANDS,
            *digests.REMINDERS,
            *exchange.SUBCOMMANDS,
            *webhooks.SUBCOMMANDS,
            *watching.SUBCOMMANDS,
            *outputs.SUBCOMMANDS,
            *erasure.SUBCOMMANDS,
            *projects.ROLES,
        )
        for line in subcommand.help
    ),
    topics=(
        ("Labels", ("labels",)),
        ("Team", ("stats", "review", "flags", "history", "roles")),
        ("Project", ("project",)),
        ("Models", ("models", "precision")),
        ("Data in and out", ("import", "export", "webhooks")),
        ("Watched channels", ("watch", "outputs", "unsure", "health")),
        ("Messages to me", ("notices", "reminders")),
        ("Erasing", ("forget",)),
    ),
)


def make_router(  # noqa: PLR0917 - a service each
    use_cases: UseCases,
    model_service: ModelService,
    corrections: CorrectionNotices,
    forgetting: Forgetting,
    reminders: ReviewReminders,
    exchanges: Exchange,
    hooks: WebhookService,
    watches: Watching,
    output_service: OutputService,
) -> Router:
    """Every subcommand with what carries it out."""
    routes = (
        *(Route(subcommand, use_cases) for subcommand in (*_TEAM, *projects.ROLES)),
        *(Route(subcommand, model_service) for subcommand in models.SUBCOMMANDS),
        *(Route(subcommand, corrections) for subcommand in notices.SUBCOMMANDS),
        *(Route(subcommand, reminders) for subcommand in digests.REMINDERS),
        *(Route(subcommand, exchanges) for subcommand in exchange.SUBCOMMANDS),
        *(Route(subcommand, hooks) for subcommand in webhooks.SUBCOMMANDS),
        *(Route(subcommand, watches) for subcommand in watching.SUBCOMMANDS),
        *(Route(subcommand, output_service) for subcommand in outputs.SUBCOMMANDS),
        *(Route(subcommand, forgetting) for subcommand in erasure.SUBCOMMANDS),
    )
    return Router(HELP.command, routes)


def register(  # noqa: PLR0917 - a service each
    listeners: Listeners,
    use_cases: UseCases,
    model_service: ModelService,
    corrections: CorrectionNotices,
    forgetting: Forgetting,
    reminders: ReviewReminders,
    exchanges: Exchange,
    hooks: WebhookService,
    watches: Watching,
    output_service: OutputService,
) -> None:
    """Listen to the command and to every button an answer of it can have."""
    router = make_router(
        use_cases,
        model_service,
        corrections,
        forgetting,
        reminders,
        exchanges,
        hooks,
        watches,
        output_service,
    )

    async def typed(body: payloads.Payload) -> View:
        caller, text = payloads.caller_of_command(body), payloads.text_of_command(body)
        if text and text.lower() not in HELP_WORDS:
            return await router.answer(caller, str(body.get("text")))
        usage = usage_view(HELP)
        return after(welcome_view(), usage) if await use_cases.welcome(caller) else usage

    listeners.command(HELP, typed)
    listeners.buttons(team.BUTTONS, use_cases)
    listeners.buttons(precision.BUTTONS, use_cases)
    listeners.buttons(asking.BUTTONS, use_cases)
    listeners.buttons(health.BUTTONS, use_cases)
    listeners.buttons(models.BUTTONS, model_service)
    listeners.buttons(notices.BUTTONS, corrections)
    listeners.buttons(digests.REMINDER_BUTTONS, reminders)
    listeners.buttons(erasure.BUTTONS, forgetting)
    listeners.buttons(exchange.BUTTONS, exchanges)
    listeners.buttons(webhooks.BUTTONS, hooks)
