"""Training as people see it: a run's one message, and the answers to /train."""

from datetime import datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    PlainTextObject,
    RichTextElement,
)

from bot.domain import (
    ACTIVE_STATES,
    Progress,
    Run,
    RunActive,
    RunCancelled,
    RunEnd,
    RunReason,
    RunStarted,
    RunState,
    Schedule,
    ScheduleRemoved,
    ScheduleSet,
    TrainAnswer,
    TrainingState,
)
from bot.views import ids
from bot.views.run_end import TABLE_ROWS, run_end_blocks
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
    words_view,
)

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
                line("Nothing was changed: the labels are all there and the live model goes on.")
            ]
        case RunState.INTERRUPTED:
            blocks += [line(_interrupted(run))]
    return View(_run_text(run, end), tuple(blocks))


def _failure(run: Run) -> str:
    return shortened(run.failure or "", WORDS)


def _headline(run: Run, end: RunEnd | None) -> Block:
    parts: list[str | RichTextElement] = [
        plain(f"Training {run.number}: {_state_words(run, end)}", bold=True)
    ]
    if run.reason is RunReason.COMMAND:
        parts += [" · asked for by ", person(run.person)]
    elif run.reason is RunReason.SCHEDULE:
        parts.append(" · by schedule")
    else:
        parts.append(f" · attempt {run.attempt}")
    if run.sentences:
        parts.append(f" · {counted(run.sentences, 'finished sentence')}")
        parts.append(" and the unfinished ones" if run.with_unfinished else "")
        parts.append(f" · {run.preset}")
    return line(*parts)


def _state_words(run: Run, end: RunEnd | None = None) -> str:
    is_live = end.live == run.version if end else run.went_live
    return {
        RunState.QUEUED: "starting",
        RunState.RUNNING: "running",
        RunState.SUCCEEDED: f"done, model {run.version} is live"
        if is_live
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
        words.append(f"about {_duration(progress.seconds_left)} left")
    return " · ".join(words)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def _interrupted(run: Run) -> str:
    if run.attempt < 3:
        return "nerbot stopped while it trained. Nothing was lost; the training is tried again by itself."
    return "nerbot stopped while it trained, for the third time. Nothing was lost; /train starts it anew."


def _run_text(run: Run, end: RunEnd | None) -> str:
    text = f"Training {run.number}: {_state_words(run, end)}."
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


def train_view(answer: TrainAnswer) -> View:
    """The answer to /train, for the person who typed it."""
    match answer:
        case RunStarted(run):
            return words_view(
                f"Training {run.number} has begun. The message in this channel follows it."
            )
        case RunActive(run):
            done = f", {percent(run.progress.done)} % done" if run.progress else ""
            return words_view(
                f"Training {run.number} is already {_state_words(run)}{done}. "
                "One runs at a time; /train cancel stops it."
            )
        case TrainingState():
            return _state_view(answer)
        case RunCancelled(run):
            return words_view(f"Training {run.number} is cancelled. The labels are all there.")
        case ScheduleSet(schedule):
            return words_view(
                f"Training is scheduled: {schedule.words} ({schedule.timezone}). Next: {_when(schedule)}. "
                "The message will be posted in this channel. /train schedule off ends it."
            )
        case ScheduleRemoved(was):
            return words_view(
                f"The schedule “{was.words}” is off. /train starts a training by hand."
                if was
                else "No schedule was on. To set one: /train schedule every day at 03:00"
            )


def _state_view(state: TrainingState) -> View:
    counts = state.counts
    lines = [
        f"Sentences: {counts.finished:,} finished, {counts.unfinished:,} begun, {counts.sentences:,} in all."
        + (f" On {counts.disputed:,} people disagree." if counts.disputed else "")
    ]
    if counts.spans_per_label:
        labels = ", ".join(f"{name} {number:,}" for name, number in counts.spans_per_label[:20])
        more = len(counts.spans_per_label) - 20
        lines.append(
            f"Labelled phrases in finished sentences: {labels}"
            + (f" and {counted(more, 'more label')}." if more > 0 else ".")
        )
    if state.active:
        done = f", {percent(state.active.progress.done)} %" if state.active.progress else ""
        lines.append(f"Training {state.active.number} is {_state_words(state.active)}{done}.")
    elif state.last:
        lines.append(f"Last: training {state.last.number}, {_state_words(state.last)}.")
    elif counts.finished < state.needed:
        lines.append(
            f"A first training needs {state.needed} finished sentences. /label brings the next one."
        )
    else:
        lines.append("Nothing was trained yet. /train starts.")
    if state.live:
        f1 = f", F1 {percent(state.live.evaluation.overall.f1)}" if state.live.evaluation else ""
        lines.append(f"Live: model {state.live.version}{f1}.")
    if state.schedule:
        lines.append(
            f"Schedule: {state.schedule.words} ({state.schedule.timezone}), next {_when(state.schedule)}."
        )
    return View(escape("\n".join(lines)), (line("\n".join(lines)),))


def _when(schedule: Schedule) -> str:
    due: datetime = schedule.next_due.astimezone(ZoneInfo(schedule.timezone))
    return f"{due:%a %d %b %Y %H:%M}"
