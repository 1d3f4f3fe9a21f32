"""/nerbot models as people see it: the list, two versions side by side, what is live."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    PlainTextObject,
    RichTextElement,
)

from bot.domain.evaluation import LivePolicy
from bot.domain.models import Difference, LiveMove, ModelsCompared, ModelVersion, WhyLive
from bot.models.commands import LiveMoved, ModelsShown, PackageBegun, PolicySet, SentencesShown
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence, marked_text
from bot.slack.text import (
    Line,
    View,
    as_text,
    button,
    counted,
    line,
    percent,
    person,
    plain,
    said,
    shortened,
    small,
    when,
    words_view,
)

_SHOWN = 10
_COMPARED = 5
"""Differences on a page: each is two marked sentences or three."""
_POLICIES = {
    LivePolicy.BETTER: "when it is clearly better than the live one (better)",
    LivePolicy.NOT_WORSE: "unless it is worse than the live one (not worse)",
    LivePolicy.ASK: "only when a person decides so (ask)",
}


# the list


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


# two side by side


def compared_view(told: ModelsCompared) -> View:
    """Two versions on the sentences in which they differ."""
    if not told.sentences:
        return words_view(
            f"Models {told.one} and {told.two} cannot be compared: there is no sentence yet that both models predicted "
            "without having trained on it."
        )
    head: Line = [
        plain(f"Model {told.one} and model {told.two}", bold=True),
        f" on the {counted(told.sentences, 'sentence')} neither had learned when it was asked: F1 ",
        plain(percent(told.one_f1), bold=True),
        " and ",
        plain(percent(told.two_f1), bold=True),
        f". Model {told.two} is better with a probability of {percent(told.probability_two)} %.",
    ]
    blocks: list[Block] = []
    page = told.differences[told.start : told.start + _COMPARED]
    for each in page:
        blocks += _difference(told, each)
    if pages := _compared_buttons(told):
        blocks.append(ActionsBlock(elements=pages))
    texts = [
        f"#{each.sentence.id} {name}: {marked_text(each.sentence.text, spans)}"
        for each in page
        for name, spans in ((f"model {told.one}", each.one), (f"model {told.two}", each.two))
    ]
    if told.left_out:
        blocks.append(small(f"{told.left_out:,} more sentences were left out: enough is enough."))
    view = said(head, [_counts(told)], blocks=blocks)
    return View("\n".join([view.text, *texts]), view.blocks)


def _compared_buttons(told: ModelsCompared) -> list[ButtonElement]:
    places = (("Back", told.start - _COMPARED), ("More", told.start + _COMPARED))
    return [
        button(words, f"{ids.COMPARE_PAGE}.{number}", f"{told.one} {told.two} {start}")
        for number, (words, start) in enumerate(places)
        if 0 <= start < len(told.differences)
    ]


def _counts(told: ModelsCompared) -> str:
    if not told.differing:
        return "They found the same in all of them."
    last = min(told.start + _COMPARED, len(told.differences))
    shown = f" {told.start + 1} to {last}:" if told.differing > _COMPARED else ""
    return (
        f"They differ in {counted(told.differing, 'sentence')}: in {told.only_one_right} only model {told.one} is "
        f"right, in {told.only_two_right} only model {told.two}.{shown}"
    )


def _difference(told: ModelsCompared, each: Difference) -> list[Block]:
    text = each.sentence.text
    blocks: list[Block] = []
    for number, spans in ((told.one, each.one), (told.two, each.two)):
        right = set(spans) == set(each.gold)
        words = f"#{each.sentence.id} · model {number} {'✓ as labelled' if right else '✗'}"
        blocks += [small(words), marked_sentence(text, spans)]
    if set(each.gold) not in (set(each.one), set(each.two)):
        blocks += [small(f"#{each.sentence.id} · as labelled"), marked_sentence(text, each.gold)]
    return blocks


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


# what leaves


def package_begun_view(begun: PackageBegun) -> View:
    """Something goes on."""
    return words_view(
        f"Model {begun.version} is being packaged, which takes a minute. You get the files by direct message."
    )


def package_view(version: int, name: str, file: str) -> View:
    """What the model's wheel is, and how it is used."""
    return said(
        [
            f"Model {version} as a package for Python. It needs the engine's package, which comes next."
        ],
        blocks=[
            line(plain(f"pip install nerbot_engine-*.whl {file}", code=True)),
            line(plain(f'nlp = spacy.load("{name}")', code=True)),
        ],
    )


def engine_view(file: str, model: str) -> View:
    """What the engine's wheel is."""
    return words_view(
        f"{file} is the engine that {model} runs on: install both, without nerbot or Slack."
    )


def too_large_view(project: str, version: int, size: int, largest: int) -> View:
    """Slack would not take it."""
    return said(
        [
            f"The package of model {version} has {size / 1e9:.1f} GB, and Slack takes files up to {largest / 1e9:g} GB."
        ],
        ["Ask whoever runs nerbot for it. On the machine nerbot runs on, type:"],
        blocks=[line(plain(f'nerbot models export {version} --project "{project}"', code=True))],
    )


def not_sent_view(version: int) -> View:
    """The file could not be sent."""
    return words_view(
        f"Slack did not take the package of model {version}. Please ask again with /nerbot models export {version}."
    )


def not_packaged_view(version: int, words: str) -> View:
    """There is no package."""
    return words_view(f"Model {version} could not be packaged. {words}")


# what a training leads to


def picture_view(_: None) -> View:
    """Where the picture is."""
    return words_view("The picture is in the channel.")


def sentences_view(answer: SentencesShown) -> View:
    """Sentences to look at, each with a button that opens it."""
    head: Line = [plain(shortened(answer.words, 500), bold=True)]
    blocks: list[Block] = []
    for number, item in enumerate(answer.sentences[:_SHOWN]):
        sentence = item.sentence
        state = "" if item.finished else " · not finished"
        open_it = button(f"Open #{sentence.id}", f"{ids.OPEN_SENTENCE}.{number}", sentence.id)
        blocks += [
            marked_sentence(sentence.text, item.spans),
            ActionsBlock(elements=[open_it]),
        ]
        if state:
            blocks.insert(-1, small(f"#{sentence.id}{state}"))
    left = len(answer.sentences) - _SHOWN
    notes = [f"{counted(left, 'more sentence')} like these."] if left > 0 else []
    if answer.missing:
        notes.append(
            f"{counted(answer.missing, 'sentence')} of them changed since: people disagree on them, or they are gone."
        )
    texts = [marked_text(item.sentence.text, item.spans) for item in answer.sentences[:_SHOWN]]
    view = said(head, blocks=[*blocks, *(line(note) for note in notes)])
    return View("\n".join([as_text(head), *texts]), view.blocks)
