"""A run as people see it: the one message that follows it."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    PlainTextObject,
    RawTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextListElement,
    RichTextSectionElement,
    TableBlock,
    TableBlockColumnSettings,
)

from bot.domain import (
    ACTIVE_STATES,
    Comparison,
    Evaluation,
    Progress,
    Run,
    RunReason,
    RunState,
    Score,
)
from bot.views import ids
from bot.views.text import (
    UPDATE_TEXT,
    WORDS,
    View,
    counted,
    cut,
    escape,
    line,
    percent,
    person,
    plain,
    shortened,
)

_BAR = 20
_TABLE_ROWS = 100
_ADVICE, _ADVICE_WORDS = 4, 300
"""How many pieces of advice are shown, and how many characters of each."""
_STAGES = {
    "features": "reading the sentences",
    "cross-validation": "testing what it learns",
    "learning curve": "seeing what more labels would bring",
    "training": "training",
    "saving": "saving and checking the model",
}


def run_view(run: Run) -> View:
    """The one message that follows a run, from queued to its end."""
    blocks: list[Block] = [_headline(run)]
    match run.state:
        case RunState.QUEUED | RunState.RUNNING:
            blocks += _going_on(run)
        case RunState.SUCCEEDED:
            blocks += _succeeded(run)
        case RunState.FAILED:
            blocks += [
                line(_failure(run) or "The training failed. Nothing was lost; /train tries again.")
            ]
        case RunState.CANCELLED:
            blocks += [
                line("Nothing was changed: the labels are all there and the live model goes on.")
            ]
        case RunState.INTERRUPTED:
            blocks += [line(_interrupted(run))]
    return View(_run_text(run), tuple(blocks))


def _failure(run: Run) -> str:
    return shortened(run.failure or "", WORDS)


def _headline(run: Run) -> Block:
    parts: list[str | RichTextElement] = [
        plain(f"Training {run.number}: {state_words(run)}", bold=True)
    ]
    parts += [" · ", *why(run)]
    if run.sentences:
        parts.append(f" · {counted(run.sentences, 'finished sentence')}")
        parts.append(" and the unfinished ones" if run.with_unfinished else "")
        parts.append(f" · {run.preset}")
    return line(*parts)


def why(run: Run) -> list[str | RichTextElement]:
    """What a run came of, and who is behind it."""
    match run.reason:
        case RunReason.COMMAND:
            return ["asked for by ", person(run.person)]
        case RunReason.SCHEDULE:
            return ["by schedule, set by ", person(run.person)]
        case RunReason.AUTO:
            return ["for newly finished sentences, as set by ", person(run.person)]
        case RunReason.RETRY:
            return [f"attempt {run.attempt} of 3, since the one before was interrupted"]


def state_words(run: Run) -> str:
    """Where a run is, in a few words."""
    return {
        RunState.QUEUED: f"waits for {counted(run.waits_for, 'other training')}"
        if run.waits_for
        else "starting",
        RunState.RUNNING: "running",
        RunState.SUCCEEDED: f"done, model {run.version} is live"
        if run.went_live
        else f"done, model {run.version} is not live",
        RunState.FAILED: "failed",
        RunState.CANCELLED: "cancelled",
        RunState.INTERRUPTED: "interrupted",
    }[run.state]


def _going_on(run: Run) -> list[Block]:
    progress = run.progress or Progress("features", 0.0)
    cancel = ButtonElement(
        text="Cancel",
        action_id=ids.CANCEL_RUN,
        value=str(run.id),
        confirm=ConfirmObject(
            title="Cancel this training?",
            text=PlainTextObject(text="What it has learned so far is lost; the labels stay."),
            confirm="Cancel it",
            deny="Let it run",
        ),
    )
    if run.waits_for:
        return [
            line("As many trainings run on this machine as may. This one begins by itself."),
            ActionsBlock(elements=[cancel]),
        ]
    return [
        line(plain(_bar(progress), code=True), f" {percent(progress.done)} %"),
        ContextBlock(elements=[PlainTextObject(text=_progress_words(progress), emoji=False)]),
        ActionsBlock(elements=[cancel]),
    ]


def _bar(progress: Progress) -> str:
    full = round(_BAR * min(1.0, max(0.0, progress.done)))
    return "█" * full + "░" * (_BAR - full)


def _progress_words(progress: Progress) -> str:
    words = [_STAGES.get(progress.stage, progress.stage)]
    if progress.steps:
        words.append(f"step {progress.step:,} of {progress.steps:,}")
    if progress.f is not None:
        words.append(f"F1 so far {percent(progress.f)}")
    if progress.seconds_left is not None:
        words.append(f"about {duration(progress.seconds_left)} left")
    return " · ".join(words)


def duration(seconds: float) -> str:
    """So many seconds, as one says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def _interrupted(run: Run) -> str:
    if run.attempt < 3:
        return (
            "nerbot stopped while it trained. Nothing was lost; the training is tried again by itself, "
            "and this message goes on with it."
        )
    return "nerbot stopped while it trained, for the third time. Nothing was lost; /train starts it anew."


def _succeeded(run: Run) -> list[Block]:
    evaluation = run.evaluation
    if evaluation is None:
        return []
    blocks: list[Block] = [line(*_verdict(run, evaluation)), score_table(evaluation)]
    more = len(evaluation.per_label) - (_TABLE_ROWS - 2)
    if more > 0:
        blocks.append(line(f"{counted(more, 'more label')} would not fit in the table."))
    if evaluation.comparison is not None:
        blocks.append(line(_comparison_words(evaluation.comparison)))
    blocks += _advice(evaluation)
    blocks.append(ContextBlock(elements=[PlainTextObject(text=_method(evaluation), emoji=False)]))
    return blocks


def _verdict(run: Run, evaluation: Evaluation) -> list[str | RichTextElement]:
    low, high = evaluation.interval
    parts: list[str | RichTextElement] = [
        "F1 ",
        plain(percent(evaluation.overall.f1), bold=True),
        f" (95 % interval {percent(low)} to {percent(high)}). ",
    ]
    if run.went_live:
        return [*parts, "Ask it: /ner and a sentence."]
    return [*parts, "The model that is live does better, so it stays live."]


def _advice(evaluation: Evaluation) -> list[Block]:
    """What would help most, a line each."""
    if not evaluation.advice:
        return []
    items = [
        RichTextSectionElement(elements=[plain(shortened(words, _ADVICE_WORDS))])
        for words in evaluation.advice[:_ADVICE]
    ]
    return [
        line(plain("What would help most", bold=True)),
        RichTextBlock(elements=[RichTextListElement(style="bullet", elements=items)]),
    ]


def score_table(evaluation: Evaluation) -> TableBlock:
    """Precision, recall, F1 and count per label, all labels first."""
    rows = [("all labels", evaluation.overall), *evaluation.per_label[: _TABLE_ROWS - 2]]
    header = [RawTextObject(text=word) for word in ("Label", "Precision", "Recall", "F1", "Count")]
    right = TableBlockColumnSettings(align="right")
    return TableBlock(
        rows=[header, *(_score_row(name, score) for name, score in rows)],
        column_settings=[TableBlockColumnSettings(align="left"), right, right, right, right],
    )


def _score_row(name: str, score: Score) -> list[RawTextObject]:
    numbers = (
        percent(score.precision),
        percent(score.recall),
        percent(score.f1),
        str(score.support),
    )
    return [RawTextObject(text=name), *(RawTextObject(text=number) for number in numbers)]


def _comparison_words(comparison: Comparison) -> str:
    return (
        f"Against model {comparison.live_version} on the same {counted(comparison.sentences, 'sentence')}: "
        f"F1 {percent(comparison.candidate_f1)} now, {percent(comparison.live_f1)} before; "
        f"better with a probability of {percent(comparison.probability_better)} %."
    )


def _method(evaluation: Evaluation) -> str:
    how = (
        "by cross-validation: each sentence was tagged by a model that had not seen it"
        if evaluation.method == "cross-validation"
        else "on sentences kept apart from the training"
    )
    return (
        f"Measured on {counted(evaluation.sentences, 'sentence')}, {how}. "
        "An entity counts when start, end and label are right."
    )


def _run_text(run: Run) -> str:
    text = f"Training {run.number}: {state_words(run)}."
    if run.state in ACTIVE_STATES and run.progress:
        text += f" {percent(run.progress.done)} %."
    if run.evaluation:
        rows = [("All labels", run.evaluation.overall), *run.evaluation.per_label]
        text += "".join(
            f"\n{name}: F1 {percent(score.f1)}, precision {percent(score.precision)}, "
            f"recall {percent(score.recall)}, {score.support} counted"
            for name, score in rows[:_TABLE_ROWS]
        )
    return cut(escape(f"{text} {_failure(run)}".rstrip()), UPDATE_TEXT)
