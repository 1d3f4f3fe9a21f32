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
    OpenSentence,
    Skip,
    Undo,
)
from bot.labelling.service import Labelling
from bot.labelling.values.messages import Withdraw
from bot.labelling.views.outcomes import outcome_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.command_help import CommandHelp, HelpLine
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
_FROM_A_TRAINING: Mapping[str, Callable[[str], LabelCommand]] = {
    ids.LABEL_FOR_MODEL: lambda _value: NextSentence(),
    ids.OPEN_SENTENCE: lambda value: OpenSentence(payloads.read_id(value)),
}


HELP = CommandHelp(
    "/label",
    "Label phrases so that the model can learn them. Only you see the answers.",
    (
        HelpLine("/label", "the next sentence of the queue"),
        HelpLine("/label SYMPTOM chest pain", "labels the phrase in your sentence"),
        HelpLine(
            "/label SYMPTOM chest pain everywhere",
            "shows all sentences with the phrase, and labels it in those you choose",
        ),
        HelpLine(
            "/label SYMPTOM chest pain in: A patient with chest pain.",
            "adds the sentence if it is new, and labels the phrase in it",
        ),
        HelpLine(
            "/label A patient with {chest pain=SYMPTOM}.",
            "a whole sentence with all its entities, finished at once",
        ),
        HelpLine("/label none", "there are no entities in your sentence"),
        HelpLine("/label none in: No complaints today.", "the same for a sentence you add"),
        HelpLine("/label done", "your sentence is finished: every entity in it is labelled"),
        HelpLine("/label skip", "never show me this sentence again, and bring the next"),
        HelpLine(
            "/label flag: the dose is cut off",
            "your sentence is broken or needs talk: reviewers see it, and the next comes",
        ),
        HelpLine("/label undo", "takes my last step back"),
    ),
)


def register(app: AsyncApp, labelling: Labelling, replies: Replies) -> None:
    """Listen to the command and to every button a label answer can have."""

    async def typed(body: payloads.Payload) -> View:
        wanted = parsing.read_label(payloads.text_of_command(body))
        return outcome_view(await labelling.handle(payloads.caller_of_command(body), wanted))

    def pressed(read: Callable[[str], LabelCommand]) -> Work:
        async def work(body: payloads.Payload) -> View:
            wanted = read(payloads.action_value(body))
            return outcome_view(await labelling.handle(payloads.caller_of_action(body), wanted))

        return work

    app.command(HELP.command)(replies.to_command(HELP, typed))
    for action, read in _PRESSED.items():
        app.action(action)(replies.to_button(pressed(read)))
    piece = re.compile(rf"^{re.escape(ids.PIECE)}\.\d+$")
    app.action(piece)(replies.to_button(pressed(parsing.read_choice), replace=False))
    choice = re.compile(rf"^{re.escape(ids.CHOICE)}\.\d+$")
    app.action(choice)(replies.to_button(pressed(parsing.read_choice)))
    # Beside what a training found out.
    for action, read in _FROM_A_TRAINING.items():
        app.action(ids.one_of(action))(replies.to_button(pressed(read), replace=False))
