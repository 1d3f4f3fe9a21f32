"""/label and the buttons of its answers."""

import re
from collections.abc import Callable, Mapping

from slack_bolt.async_app import AsyncApp

from bot.labelling import parsing
from bot.labelling.commands import (
    Accept,
    Finish,
    FlagSentence,
    LabelCommand,
    NextSentence,
    NoEntities,
    Skip,
    Undo,
)
from bot.labelling.service import Labelling
from bot.labelling.values.messages import Withdraw
from bot.labelling.views.outcomes import outcome_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.responders import Replies, Work
from bot.slack.text import View

_PRESSED: Mapping[str, Callable[[str], LabelCommand]] = {
    ids.FINISH: lambda value: Finish(payloads.read_id(value)),
    ids.UNDO: lambda value: Undo(payloads.read_id(value)),
    ids.NONE: lambda value: NoEntities(payloads.read_id(value)),
    ids.SKIP: lambda value: Skip(payloads.read_id(value)),
    ids.ACCEPT: Accept,
    ids.FLAG: lambda value: FlagSentence(payloads.read_id(value)),
    ids.UNDO_TOGETHER: parsing.read_step,
    ids.WITHDRAW: Withdraw,
    ids.NEXT: lambda _value: NextSentence(),
}


def register(
    app: AsyncApp, labelling: Labelling, replies: Replies, *, command: str = "/label"
) -> None:
    """Listen to the command and to every button a label answer can have."""

    async def typed(body: payloads.Payload) -> View:
        wanted = parsing.read_label(payloads.text_of_command(body))
        return outcome_view(await labelling.handle(payloads.caller_of_command(body), wanted))

    def pressed(read: Callable[[str], LabelCommand]) -> Work:
        async def work(body: payloads.Payload) -> View:
            wanted = read(payloads.action_value(body))
            return outcome_view(await labelling.handle(payloads.caller_of_action(body), wanted))

        return work

    app.command(command)(replies.to_command(command, typed))
    for action, read in _PRESSED.items():
        app.action(action)(replies.to_button(pressed(read)))
    piece = re.compile(rf"^{re.escape(ids.PIECE)}\.\d+$")
    app.action(piece)(replies.to_button(pressed(parsing.read_choice), replace=False))
    choice = re.compile(rf"^{re.escape(ids.CHOICE)}\.\d+$")
    app.action(choice)(replies.to_button(pressed(parsing.read_choice)))
