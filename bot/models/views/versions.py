"""/nerbot models as people see it: the list, and what is live."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    PlainTextObject,
    RichTextElement,
)

from bot.domain.evaluation import LivePolicy
from bot.domain.models import LiveMove, ModelVersion, WhyLive
from bot.models.commands import LiveMoved, ModelsShown, PolicySet
from bot.slack import action_ids as ids
from bot.slack.text import (
    Line,
    View,
    button,
    counted,
    percent,
    person,
    plain,
    said,
    small,
    when,
    words_view,
)

_POLICIES = {
    LivePolicy.BETTER: "when it is clearly better than the live one (better)",
    LivePolicy.NOT_WORSE: "unless it is worse than the live one (not worse)",
    LivePolicy.ASK: "only when a person decides so (ask)",
}


def models_view(shown: ModelsShown) -> View:
    """A page of the versions, and which of them is live."""
    if not shown.versions:
        return words_view("There is no model yet. /train makes the first one.")
    head: Line = [plain(f"Models of {shown.project.name}", bold=True)]
    rows = [_version_line(each, shown.live) for each in shown.versions]
    lines = [head, *(_live_lines(shown) if shown.first else ()), *rows]
    notes: list[Block] = [
        small(
            f"A new model goes live {_POLICIES[shown.policy]}. /nerbot models live 4 · compare 3 5 · rollback · "
            "policy better, not worse or ask"
        ),
    ]
    if buttons := _list_buttons(shown):
        notes.append(ActionsBlock(elements=buttons))
    return said(*lines, blocks=notes)


def _live_lines(shown: ModelsShown) -> list[Line]:
    if shown.live is None:
        return [["None of them is live."]]
    return [
        [
            plain(f"Model {shown.live.version} is live", bold=True),
            " since ",
            when(shown.live.at),
            f", {_because(shown.live)} ",
            person(shown.live.person),
            ".",
        ]
    ]


def _because(move: LiveMove) -> str:
    match move.why:
        case WhyLive.TRAINING:
            return "by the training asked for by"
        case WhyLive.DAMAGED:
            return f"because model {move.before} is damaged; moved by"
        case WhyLive.UNDO | WhyLive.ROLLBACK:
            return f"instead of model {move.before}, which was undone by"
        case WhyLive.CHOSEN:
            return "chosen by"


def _version_line(version: ModelVersion, live: LiveMove | None) -> Line:
    is_live = live is not None and live.version == version.number
    evaluation = version.model.evaluation
    scores: list[str | RichTextElement] = ["not scored"]
    if evaluation is not None:
        low, high = evaluation.interval
        scores = [
            "F1 ",
            plain(percent(evaluation.overall.f1), bold=True),
            f" ({percent(low)} to {percent(high)})",
        ]
    return [
        plain(f"{'● ' if is_live else ''}{version.number}", bold=True),
        " live · " if is_live else " · ",
        *scores,
        f" · {counted(version.sentences, 'sentence')} · ",
        when(version.model.created_at),
        " · ",
        person(version.person),
        _state(version),
    ]


def _state(version: ModelVersion) -> str:
    if version.damaged:
        return " · damaged"
    return " · files cleared away" if version.gone else ""


def _list_buttons(shown: ModelsShown) -> list[ButtonElement]:
    buttons = []
    if not shown.first:
        buttons.append(button("Newest", ids.MODELS_NEWEST, 0))
    if shown.older is not None:
        buttons.append(button("Older", ids.MODELS_OLDER, shown.older))
    if shown.has_picture:
        buttons.append(button("Post the scores here as a picture", ids.SCORES_PICTURE, 0))
    if shown.live is not None and shown.live.before is not None:
        roll_back = button("Roll back", ids.ROLL_BACK, shown.live.version)
        roll_back.confirm = ConfirmObject(
            title="Change the live model?",
            text=PlainTextObject(
                text=f"The model that was live before model {shown.live.version} answers /ner again."
            ),
            confirm="Roll back",
            deny="Leave it",
        )
        buttons.append(roll_back)
    return buttons


# what is live


def moved_view(moved: LiveMoved) -> View:
    """Another version is live."""
    back = f" instead of model {moved.before}" if moved.before else ""
    again = "again" if moved.why in {WhyLive.UNDO, WhyLive.ROLLBACK} else "now"
    undo = f" /nerbot models live {moved.before} undoes it." if moved.before else ""
    return said(
        [plain(f"Model {moved.version} is live {again}", bold=True), f"{back}.{undo}"],
    )


def policy_view(answer: PolicySet) -> View:
    """When new models go live from now on."""
    return words_view(f"Saved. A new model goes live {_POLICIES[answer.policy]}.")
