"""/nerbot models, and the buttons at the end of a run."""

from collections.abc import Awaitable, Callable, Mapping

from slack_bolt.async_app import AsyncApp

from bot.domain.project import Caller
from bot.labelling.commands import LabelCommand, NextSentence, OpenSentence
from bot.labelling.service import Labelling
from bot.labelling.views.cards import outcome_view
from bot.models.commands import GoLive, ModelsCommand, RollBack, ShowModels
from bot.models.parsing import read_finding, read_models
from bot.models.service import Registry
from bot.models.views import models_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.responders import Replies, Work
from bot.slack.text import View, words_view

ModelsWords = Callable[[Caller, str], Awaitable[View]]

# Those of a channel's message are answered beside it; those of an answer replace it.
_BESIDE: Mapping[str, Callable[[str], ModelsCommand]] = {
    ids.MAKE_LIVE: lambda value: GoLive(run_id=payloads.read_id(value)),
    ids.UNDO_LIVE: lambda value: RollBack(run_id=payloads.read_id(value)),
}
_INSTEAD: Mapping[str, Callable[[str], ModelsCommand]] = {
    ids.ROLL_BACK: lambda value: RollBack(payloads.read_id(value)),
    ids.MODELS_NEWEST: lambda _value: ShowModels(),
    ids.MODELS_OLDER: lambda value: ShowModels(before=payloads.read_id(value)),
}


def answer_to(registry: Registry) -> ModelsWords:
    """A function from what stands behind `/nerbot models` to its answer."""

    async def answer(caller: Caller, words: str) -> View:
        return models_view(await registry.handle(caller, read_models(words)))

    return answer


def register(app: AsyncApp, registry: Registry, labelling: Labelling, replies: Replies) -> None:
    """Listen to every button about models, and to those that lead from a run's end to sentences."""

    def on_models(read: Callable[[str], ModelsCommand]) -> Work:
        async def work(body: payloads.Payload) -> View:
            command = read(payloads.action_value(body))
            return models_view(await registry.handle(payloads.caller_of_action(body), command))

        return work

    def on_sentences(read: Callable[[str], LabelCommand]) -> Work:
        async def work(body: payloads.Payload) -> View:
            command = read(payloads.action_value(body))
            return outcome_view(await labelling.handle(payloads.caller_of_action(body), command))

        return work

    async def picture(body: payloads.Payload) -> View:
        posted = await registry.scores(payloads.caller_of_action(body))
        return words_view(
            "The picture is in the channel."
            if posted
            else "The picture could not be posted here. Type /invite @nerbot in this channel and try again."
        )

    for action, read in _BESIDE.items():
        app.action(action)(replies.to_button(on_models(read), replace=False))
    for action, read in _INSTEAD.items():
        app.action(action)(replies.to_button(on_models(read)))
    app.action(ids.one_of(ids.LOOK_AT))(replies.to_button(on_models(read_finding), replace=False))
    label_next = on_sentences(lambda _value: NextSentence())
    app.action(ids.one_of(ids.LABEL_FOR_MODEL))(replies.to_button(label_next, replace=False))
    open_one = on_sentences(lambda value: OpenSentence(payloads.read_id(value)))
    app.action(ids.one_of(ids.OPEN_SENTENCE))(replies.to_button(open_one, replace=False))
    app.action(ids.SCORES_PICTURE)(replies.to_button(picture, replace=False))
