"""/nerbot: everything besides labelling, training and asking, as the features list it."""

from bot.errors import NotUnderstood
from bot.models import subcommands as models
from bot.models.service import ModelService
from bot.projects import subcommands as projects
from bot.projects.entries import welcome_view
from bot.projects.use_cases import UseCases
from bot.recognition.correction_values import SetNotices, ShowNotices
from bot.recognition.corrections import CorrectionNotices
from bot.recognition.notice_views import notices_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, HelpLine, usage_view
from bot.slack.command_text import HELP as HELP_WORDS
from bot.slack.lines import after
from bot.slack.listeners import Button, Listeners
from bot.slack.subcommands import Route, Router, Subcommand, Typed
from bot.slack.text import View
from bot.team import subcommands as team


def _read_notices(typed: Typed) -> ShowNotices | SetNotices:
    match typed.text.lower():
        case "":
            return ShowNotices()
        case "on" | "off" as wish:
            return SetNotices(wish == "on")
    raise NotUnderstood("“notices” takes “on” or “off”.")


_NOTICES = (
    Subcommand(
        ("notices",),
        _read_notices,
        CorrectionNotices.handle,
        notices_view,
        (
            HelpLine(
                "/nerbot notices off",
                "do not tell me any more when a new model finds what I corrected; on: do",
            ),
        ),
    ),
)
_NOTICES_OFF = Button(
    ids.NOTICES_OFF,
    lambda _: SetNotices(on=False),
    CorrectionNotices.handle,
    notices_view,
    replaces=False,
)
_TEAM = (*team.SUBCOMMANDS, *projects.SUBCOMMANDS)

HELP = CommandHelp(
    "/nerbot",
    "Everything besides labelling, training and asking. Only you see the answers.",
    tuple(
        line
        for subcommand in (*_TEAM, *models.SUBCOMMANDS, *_NOTICES, *projects.ROLES)
        for line in subcommand.help
    ),
)


def make_router(
    use_cases: UseCases, model_service: ModelService, corrections: CorrectionNotices
) -> Router:
    """Every subcommand with what carries it out."""
    routes = (
        *(Route(subcommand, use_cases) for subcommand in (*_TEAM, *projects.ROLES)),
        *(Route(subcommand, model_service) for subcommand in models.SUBCOMMANDS),
        *(Route(subcommand, corrections) for subcommand in _NOTICES),
    )
    return Router(HELP.command, routes)


def register(
    listeners: Listeners,
    use_cases: UseCases,
    model_service: ModelService,
    corrections: CorrectionNotices,
) -> None:
    """Listen to the command and to every button an answer of it can have."""
    router = make_router(use_cases, model_service, corrections)

    async def typed(body: payloads.Payload) -> View:
        caller, text = payloads.caller_of_command(body), payloads.text_of_command(body)
        if text and text.lower() not in HELP_WORDS:
            return await router.answer(caller, str(body.get("text")))
        usage = usage_view(HELP)
        return after(welcome_view(), usage) if await use_cases.welcome(caller) else usage

    listeners.command(HELP, typed)
    listeners.buttons(team.BUTTONS, use_cases)
    listeners.buttons(models.BUTTONS, model_service)
    listeners.buttons((_NOTICES_OFF,), corrections)
