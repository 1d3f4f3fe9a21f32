"""App Home as a person sees it: how to start, what to do next, how far the project is."""

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    Option,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextSectionElement,
    StaticSelectElement,
)

from bot.health.views import brief_words
from bot.home.values import HomePage, NextStep
from bot.home.views.model import model_blocks
from bot.home.views.reviewing import review_blocks
from bot.slack import action_ids as ids
from bot.slack.label_marks import colour_mark
from bot.slack.text import View, counted, line, percent, plain, shortened
from bot.watching.values import WatchTotals

ENOUGH = 50
"""Labelled phrases that make a full bar: about what a label needs before its score can be judged."""
_BAR = 10
_LABELS = 20
_PROJECTS, _OPTION = 100, 75
"""Slack's limits for a menu."""
EXAMPLE = "She came in with chest pain."
_EXAMPLE = f"/ner {EXAMPLE}"

_NOTICE = 50
_CLOSE = ButtonElement(text="Close", action_id=ids.HOME_CLOSE, value="home")

Part = str | RichTextElement


def home_view(page: HomePage, step: NextStep, notice: View | None = None) -> dict[str, Any]:
    """The whole tab; `notice` tells what became of a button that was just pressed."""
    blocks: list[Block] = []
    if notice is not None:
        blocks += [*notice.blocks[:_NOTICE], ActionsBlock(elements=[_CLOSE]), DividerBlock()]
    if page.undelivered:
        blocks += [line(*_undelivered_words(page.undelivered)), DividerBlock()]
    if len(page.projects) > 1:
        blocks += [_header("Project"), _project_menu(page)]
    if not page.started:
        blocks += [_header("Three steps to start"), _steps(page)]
    blocks += [_header("What to do next"), line(*_next_words(page, step)), _buttons(step)]
    blocks += review_blocks(page, step)
    blocks += [_header("Labels"), *_labels(page), _header("Model"), *model_blocks(page)]
    if page.watched is not None:
        blocks += [
            _header("Watched channels"),
            line(_watched_words(page.watched), *brief_words(page.health)),
        ]
    return {"type": "home", "blocks": [block.to_dict() for block in blocks]}


def _watched_words(totals: WatchTotals) -> str:
    """What the live model has read of channels, and what became of it."""
    found = "entity is" if totals.entities == 1 else "entities are"
    told = (
        f"{counted(totals.messages, 'message')} of {counted(totals.channels, 'channel')} seen, "
        f"{totals.entities:,} {found} out, {totals.amended:,} amended lately"
    )
    return (
        f"{told}, {counted(totals.waiting, 'message')} to be read."
        if totals.waiting
        else f"{told}."
    )


def _undelivered_words(number: int) -> list[Part]:
    return [
        plain(f"{counted(number, 'message')} could not be delivered.", bold=True),
        " On the machine nerbot runs on, ",
        plain("nerbot outbox", code=True),
        " shows why, and ",
        plain("nerbot outbox retry", code=True),
        " sends again what was given up.",
    ]


def _project_menu(page: HomePage) -> ActionsBlock:
    """Which project Home and the direct messages are about."""
    shown = [page.project, *(one for one in page.projects if one != page.project)]
    options = [
        Option(
            value=str(one.id), text=PlainTextObject(text=shortened(one.name, _OPTION), emoji=False)
        )
        for one in shown[:_PROJECTS]
        if one is not None
    ]
    menu = StaticSelectElement(
        action_id=ids.HOME_PROJECT,
        options=options,
        initial_option=options[0],
        placeholder=PlainTextObject(text="Project"),
    )
    # The state is part of the id: a menu keeps what was chosen in it as long as its id stays.
    return ActionsBlock(block_id=f"{ids.HOME_PROJECT}.{options[0].value}", elements=[menu])


def _header(words: str) -> HeaderBlock:
    return HeaderBlock(text=PlainTextObject(text=words, emoji=False))


def _context(words: str) -> ContextBlock:
    return ContextBlock(elements=[PlainTextObject(text=words, emoji=False)])


def _steps(page: HomePage) -> RichTextBlock:
    finished, needed = page.counts.finished, page.needed
    so_far = "done" if finished >= needed else f"{finished} of {needed} so far"
    trained = "done" if page.live else "a few minutes, then scores you can judge"
    steps: tuple[tuple[bool, str, list[Part]], ...] = (
        (finished >= needed, f"Label {needed} sentences", [so_far]),
        (page.live is not None, "Train the model", [trained]),
        (page.asked, "Ask it", ["done"] if page.asked else [plain(_EXAMPLE, code=True)]),
    )
    parts: list[RichTextElement] = []
    for number, (is_done, words, more) in enumerate(steps, 1):
        tick = "✓" if is_done else "○"
        parts += [plain(f"{tick}  {number}. "), plain(words, bold=True), plain(": ")]
        parts += [part if isinstance(part, RichTextElement) else plain(part) for part in more]
        parts.append(plain("\n"))
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts[:-1])])


def _next_words(page: HomePage, step: NextStep) -> list[Part]:
    if step is NextStep.START:
        return ["nerbot is getting ready: the first sentences will be here in a moment."]
    if step is NextStep.REVIEW:
        number = counted(page.disputed, "sentence")
        return [f"People disagree on {number}: decide which version is right."]
    return _next_words_of_labellers(page, step)


def _next_words_of_labellers(page: HomePage, step: NextStep) -> list[Part]:
    missing = page.needed - page.counts.finished
    waiting = f"{counted(page.waiting, 'sentence')} left for you to label"
    match step:
        case NextStep.WAIT:
            run = page.active
            done = f", {percent(run.progress.done)} % done" if run and run.progress else ""
            number = run.number if run else 0
            return [
                f"Training {number} is on its way{done}. Meanwhile the next sentence can be labelled."
            ]
        case NextStep.BEGIN:
            return [
                f"Label {counted(missing, 'more sentence')}, then a first training can begin. {waiting}."
            ]
        case NextStep.BRING:
            return [
                "There is nothing to label. Bring sentences: open the menu of a message and choose ",
                plain("Label this message", bold=True),
                ", or type ",
                plain("/label A patient with {chest pain=SYMPTOM}.", code=True),
            ]
        case NextStep.TRAIN:
            return [
                f"{counted(page.counts.finished, 'sentence')} are finished: enough for a first training."
            ]
        case NextStep.ASK:
            return [f"The model is live. Ask it {_where(page)}: ", plain(_EXAMPLE, code=True)]
        case NextStep.TRAIN_AGAIN:
            return [
                f"{counted(page.new_since, 'sentence')} were finished since the live model learned: train again."
            ]
        case NextStep.LABEL:
            return [f"{waiting}."]
        case _:
            return [
                "You have nothing to label. To add a sentence: ",
                plain("Label this message", bold=True),
                ".",
            ]


def _where(page: HomePage) -> str:
    """Where the model answers: other channels may use other projects."""
    if len(page.projects) < 2 or page.project is None:
        return "in any channel"
    return f"in Messages, the tab beside this one, or in a channel that uses {page.project.name}"


_PRIMARY = {
    NextStep.TRAIN: ids.HOME_TRAIN,
    NextStep.TRAIN_AGAIN: ids.HOME_TRAIN,
    NextStep.BRING: ids.HOME_HELP,
    NextStep.ASK: ids.HOME_ASK,
    NextStep.REVIEW: ids.REVIEW_NEXT,
    NextStep.REST: None,
    NextStep.START: None,
}


def _buttons(step: NextStep) -> ActionsBlock:
    """All that can be done from here; the one that is next stands first and stands out."""
    words = {
        ids.HOME_LABEL: "Label next",
        ids.HOME_TRAIN: "Train",
        ids.HOME_STATUS: "Training status",
        ids.HOME_HELP: "Help",
    }
    first = _PRIMARY.get(step, ids.HOME_LABEL)
    if first == ids.REVIEW_NEXT:
        words = {ids.REVIEW_NEXT: "Review", **words}
    if first == ids.HOME_ASK:
        words = {ids.HOME_ASK: "Ask it", **words}
    order = sorted(words, key=lambda action: action != first)
    return ActionsBlock(
        elements=[
            ButtonElement(
                text=words[action],
                action_id=action,
                value="0" if action == ids.REVIEW_NEXT else "home",
                style="primary" if action == first else None,
            )
            for action in order
        ]
    )


def _labels(page: HomePage) -> Iterator[Block]:
    numbers = dict(page.counts.spans_per_label)
    names = [*numbers, *(name for name in page.labels if name not in numbers)]
    scores = dict(page.live.evaluation.per_label) if page.live and page.live.evaluation else {}
    if not names:
        yield line(
            "No label yet. The first phrase adds one: ",
            plain("/label SYMPTOM chest pain", code=True),
        )
    parts: list[RichTextElement] = []
    for name in names[:_LABELS]:
        number = numbers.get(name, 0)
        f1 = f" · F1 {percent(scores[name].f1)}" if name in scores else ""
        parts += [
            plain(_bar(number / ENOUGH), code=True),
            plain(" "),
            colour_mark(name),
            plain(" "),
            plain(name, bold=True),
            plain(f"  {counted(number, 'phrase')}{f1}\n"),
        ]
    if parts:
        yield RichTextBlock(elements=[RichTextSectionElement(elements=parts)])
    more = len(names) - _LABELS
    and_more = f" {counted(more, 'more label')} are not shown." if more > 0 else ""
    counts = page.counts
    disputed = f" · people disagree on {counts.disputed:,} more" if counts.disputed else ""
    yield _context(
        f"{counts.finished:,} finished · {counts.unfinished:,} begun · {page.waiting:,} left for you{disputed}. "
        f"Phrases of finished sentences are counted; a full bar is {ENOUGH}.{and_more}"
    )


def _bar(share: float) -> str:
    full = round(_BAR * min(1.0, share))
    return "█" * full + "░" * (_BAR - full)
