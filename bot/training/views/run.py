"""A run as people see it: the one message that follows it."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    PlainTextObject,
    RichTextElement,
)

from bot.domain.models import RunEnd
from bot.domain.runs import ACTIVE_STATES, Run, RunReason, RunState
from bot.slack import action_ids as ids
from bot.slack.text import (
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
from bot.training.views.run_report import TABLE_ROWS, run_end_blocks
from ner_engine.results import Progress

_BAR = 20
_STAGES = {
    "features": "reading the sentences",
    "cross-validation": "testing what it learns",
    "learning curve": "seeing what more labels would bring",
    "training": "training",
    "saving": "saving and checking the model",
}


def run_view(run: Run, end: RunEnd | None = None) -> View:
    """The one message that follows a run, from queued to its end; `end` is what stands at the end of one."""
    blocks: list[Block] = [_headline(run, end)]
    match run.state:
        case RunState.QUEUED | RunState.RUNNING:
            blocks += _going_on(run)
        case RunState.SUCCEEDED:
            blocks += run_end_blocks(run, end)
        case RunState.FAILED:
            blocks += [
                line(_failure(run) or "The training failed. Nothing was lost; /train tries again.")
            ]
        case RunState.CANCELLED:
            blocks += [
                line(
                    "Nothing was changed: your labels are safe, and the live model keeps answering."
                )
            ]
        case RunState.INTERRUPTED:
            blocks += [line(_interrupted(run))]
    return View(_run_text(run, end), tuple(blocks))


def _failure(run: Run) -> str:
    return shortened(run.failure or "", WORDS)


def _headline(run: Run, end: RunEnd | None) -> Block:
    parts: list[str | RichTextElement] = [
        plain(f"Training {run.number}: {state_words(run, end)}", bold=True)
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
        case RunReason.FORGET:
            return [
                "to replace a model that knows something forgotten, asked for by ",
                person(run.person),
            ]
        case RunReason.IMPORT:
            return ["came as a package, by ", person(run.person)]
        case RunReason.RETRY:
            return [f"attempt {run.attempt} of 3, since the one before was interrupted"]


def state_words(run: Run, end: RunEnd | None = None) -> str:
    """Where a run is, in a few words; without `end` what became of its model then, not what is live now."""
    return {
        RunState.QUEUED: f"waits for {counted(run.waits_for, 'other training')}"
        if run.waits_for
        else "starting",
        RunState.RUNNING: "running",
        RunState.SUCCEEDED: f"done, model {run.version} {_became(run, end)}",
        RunState.FAILED: "failed",
        RunState.CANCELLED: "cancelled",
        RunState.INTERRUPTED: "interrupted",
    }[run.state]


def _became(run: Run, end: RunEnd | None) -> str:
    if end is None:
        return "went live" if run.went_live else "did not go live"
    return "is live" if end.live == run.version else "is not live"


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
            line("As many trainings run on this machine as may. This one begins automatically."),
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
            "nerbot stopped while it trained. Nothing was lost; the training is tried again automatically, "
            "and this message continues with it."
        )
    return "nerbot stopped while it trained, for the third time. Nothing was lost; /train starts it again."


def _run_text(run: Run, end: RunEnd | None) -> str:
    text = f"Training {run.number}: {state_words(run, end)}."
    if run.state in ACTIVE_STATES and run.progress:
        text += f" {percent(run.progress.done)} %."
    if run.evaluation:
        rows = [("All labels", run.evaluation.overall), *run.evaluation.per_label]
        text += "".join(
            f"\n{name}: F1 {percent(score.f1)}, precision {percent(score.precision)}, "
            f"recall {percent(score.recall)}, {score.support} counted"
            for name, score in rows[:TABLE_ROWS]
        )
    return cut(escape(f"{text} {_failure(run)}".rstrip()), UPDATE_TEXT)
