"""/nerbot and the buttons of its answers."""

from collections.abc import Callable, Mapping

from slack_bolt.async_app import AsyncApp

from bot.models.handlers import ModelsWords
from bot.recognition.correction_values import SetNotices
from bot.recognition.corrections import CorrectionNotices
from bot.recognition.notice_views import notices_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, HelpLine, usage_view
from bot.slack.command_text import HelpWanted
from bot.slack.lines import after
from bot.slack.responders import Replies, Work
from bot.slack.text import View
from bot.team.commands import Confirm, Decline, TeamCommand
from bot.team.parsing import read_nerbot, read_notices
from bot.team.service import Team
from bot.team.values.flags import SettleFlags
from bot.team.values.history import ShowHistory, UndoStep
from bot.team.values.review import NextDispute, ReviewMyself, TakeVersion
from bot.team.views.labels import team_view, welcome_view


def _read_page(value: str) -> ShowHistory:
    whose, _, before = value.partition(":")
    return ShowHistory(payloads.read_id(before) or None, mine=whose == "mine")


def _read_version(value: str) -> TakeVersion:
    sentence, _, version = value.partition(":")
    return TakeVersion(payloads.read_id(sentence), version)


_PRESSED: Mapping[str, Callable[[str], TeamCommand]] = {
    ids.CONFIRM: Confirm,
    ids.DECLINE: Decline,
    ids.UNDO_STEP: lambda value: UndoStep(payloads.read_id(value)),
    ids.HISTORY_NEWER: _read_page,
    ids.HISTORY_OLDER: _read_page,
    ids.REVIEW_NEXT: lambda value: NextDispute(payloads.read_id(value)),
    ids.REVIEW_MYSELF: lambda value: ReviewMyself(payloads.read_id(value)),
}
_PRESSED_ONE_OF: Mapping[str, Callable[[str], TeamCommand]] = {
    ids.REVIEW_TAKE: _read_version,
    ids.FLAG_SETTLED: lambda value: SettleFlags(payloads.read_id(value)),
    ids.FLAG_LABEL: lambda value: ReviewMyself(payloads.read_id(value)),
    ids.UNDO_EVENT: lambda value: UndoStep(payloads.read_id(value)),
}


HELP = CommandHelp(
    "/nerbot",
    "Everything besides labelling, training and asking. Only you see the answers.",
    (
        HelpLine("/nerbot labels", "every label, what it means, phrases that carry it"),
        HelpLine("/nerbot labels add SYMPTOM what a patient feels", "a new label"),
        HelpLine("/nerbot labels describe SYMPTOM what a patient feels", "says what a label means"),
        HelpLine("/nerbot labels rename SYMPTON SYMPTOM", "gives a label another name everywhere"),
        HelpLine(
            "/nerbot labels merge ILLNESS DISEASE", "makes the first label the second, everywhere"
        ),
        HelpLine("/nerbot stats", "what is finished, by whom, how fast; how far people agree"),
        HelpLine("/nerbot review", "sentences people disagree on, side by side; a tap decides"),
        HelpLine("/nerbot review note it is a sign, not a symptom", "why I decided so"),
        HelpLine(
            "/nerbot flags", "sentences people flagged, with the reason; settle or label them"
        ),
        HelpLine("/nerbot history", "the last steps, to be taken back; history mine: my own"),
        HelpLine("/nerbot project", "which project this channel uses, and its settings"),
        HelpLine(
            "/nerbot project new NAME",
            "makes a project with labels, sentences and models of its own",
        ),
        HelpLine("/nerbot project use NAME", "lets this channel use it"),
        HelpLine(
            "/nerbot project settings annotations 2 random 25",
            "two people label each sentence; a quarter of the queue comes at random",
        ),
        HelpLine(
            "/nerbot models", "every model with its scores; which one is live, since when and why"
        ),
        HelpLine("/nerbot models compare 3 5", "two models on the sentences in which they differ"),
        HelpLine("/nerbot models live 4", "makes a model live; rollback: the one before"),
        HelpLine(
            "/nerbot models policy better",
            "when a new model goes live by itself: better, not worse, or ask",
        ),
        HelpLine(
            "/nerbot notices off",
            "do not tell me any more when a new model finds what I corrected; on: do",
        ),
        HelpLine("/nerbot roles", "who may do what"),
        HelpLine("/nerbot roles reviewer @person", "or owner, or remove"),
    ),
)


def register(
    app: AsyncApp, team: Team, models: ModelsWords, corrections: CorrectionNotices, replies: Replies
) -> None:
    """Listen to the command, to every button an answer of it can have, and to [No more of these]."""

    async def typed(body: payloads.Payload) -> View:
        caller = payloads.caller_of_command(body)
        word, _, rest = payloads.text_of_command(body).partition(" ")
        if word.lower() in {"models", "model"}:
            return await models(caller, rest)
        if word.lower() == "notices":
            return notices_view(await corrections.handle(caller, read_notices(rest)))
        try:
            wanted = read_nerbot(body)
        except HelpWanted:
            usage = usage_view(HELP)
            return after(welcome_view(), usage) if await team.welcome(caller) else usage
        return team_view(await team.handle(caller, wanted))

    def pressed(read: Callable[[str], TeamCommand]) -> Work:
        async def work(body: payloads.Payload) -> View:
            wanted = read(payloads.action_value(body))
            return team_view(await team.handle(payloads.caller_of_action(body), wanted))

        return work

    async def no_more(body: payloads.Payload) -> View:
        caller = payloads.caller_of_action(body)
        return notices_view(await corrections.handle(caller, SetNotices(on=False)))

    app.command(HELP.command)(replies.to_command(HELP, typed))
    for action, read in _PRESSED.items():
        app.action(action)(replies.to_button(pressed(read)))
    for action, read in _PRESSED_ONE_OF.items():
        app.action(ids.one_of(action))(replies.to_button(pressed(read)))
    app.action(ids.NOTICES_OFF)(replies.to_button(no_more, replace=False))
