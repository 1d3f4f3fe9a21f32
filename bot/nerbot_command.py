"""/nerbot: everything besides labelling, training and asking, as the features list it."""

from bot.errors import NotUnderstood
from bot.models.handlers import ModelsWords
from bot.projects import subcommands as projects
from bot.projects.use_cases import UseCases
from bot.projects.views import welcome_view
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
_MODELS = (
    HelpLine(
        "/nerbot models", "every model with its scores; which one is live, since when and why"
    ),
    HelpLine("/nerbot models compare 3 5", "two models on the sentences in which they differ"),
    HelpLine("/nerbot models live 4", "makes a model live; rollback: the one before"),
    HelpLine(
        "/nerbot models policy better",
        "when a new model goes live by itself: better, not worse, or ask",
    ),
)

HELP = CommandHelp(
    "/nerbot",
    "Everything besides labelling, training and asking. Only you see the answers.",
    (
        *(line for each in (*team.SUBCOMMANDS, *projects.SUBCOMMANDS) for line in each.help),
        *_MODELS,
        *(line for each in (*_NOTICES, *projects.ROLES) for line in each.help),
    ),
)


def register(
    listeners: Listeners, use_cases: UseCases, models: ModelsWords, corrections: CorrectionNotices
) -> None:
    """Listen to the command and to every button an answer of it can have."""
    asked = (*team.SUBCOMMANDS, *projects.SUBCOMMANDS, *projects.ROLES)
    routes = [Route(each, use_cases) for each in asked]
    routes += [Route(each, corrections) for each in _NOTICES]
    router = Router(HELP.command, routes)

    async def typed(body: payloads.Payload) -> View:
        caller, text = payloads.caller_of_command(body), payloads.text_of_command(body)
        word, _, rest = text.partition(" ")
        if word.lower() in {"models", "model"}:
            return await models(caller, rest)
        if text and text.lower() not in HELP_WORDS:
            return await router.answer(caller, str(body.get("text")))
        usage = usage_view(HELP)
        return after(welcome_view(), usage) if await use_cases.welcome(caller) else usage

    listeners.command(HELP, typed)
    listeners.buttons(team.BUTTONS, use_cases)
    listeners.buttons((_NOTICES_OFF,), corrections)
