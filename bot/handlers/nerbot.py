"""/nerbot and the buttons of its answers."""

from collections.abc import Callable, Mapping

from slack_bolt.async_app import AsyncApp

from bot.domain.correction import SetNotices
from bot.domain.flags import SettleFlags
from bot.domain.history import ShowHistory, UndoStep
from bot.domain.review import NextDispute, ReviewMyself, TakeVersion
from bot.domain.team import Confirm, Decline, TeamCommand
from bot.handlers import payloads
from bot.handlers.models import ModelsWords
from bot.handlers.nerbot_words import read_nerbot, read_notices
from bot.handlers.replies import Replies, Work
from bot.services.corrections import CorrectionNotices
from bot.services.team import Team
from bot.views import ids
from bot.views.notices import notices_view
from bot.views.said import after
from bot.views.team import team_view, welcome_view
from bot.views.text import View
from bot.views.usage import usage_view


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


def register(
    app: AsyncApp,
    team: Team,
    models: ModelsWords,
    corrections: CorrectionNotices,
    replies: Replies,
    *,
    command: str = "/nerbot",
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
        except payloads.HelpWanted:
            usage = usage_view(command)
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

    app.command(command)(replies.to_command(command, typed))
    for action, read in _PRESSED.items():
        app.action(action)(replies.to_button(pressed(read)))
    for action, read in _PRESSED_ONE_OF.items():
        app.action(ids.one_of(action))(replies.to_button(pressed(read)))
    app.action(ids.NOTICES_OFF)(replies.to_button(no_more, replace=False))
