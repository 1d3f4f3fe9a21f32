"""The answers to /train, for the person who typed it."""

from bot.slack import action_ids as ids
from bot.slack.text import View, after, counted, escape, line, percent, words_view
from bot.training.commands import (
    AutoTraining,
    AutoTrainingRemoved,
    AutoTrainingSet,
    ComingTrainings,
    RunActive,
    RunCancelled,
    RunStarted,
    Schedule,
    ScheduleAsked,
    ScheduleRemoved,
    ScheduleSet,
    TrainingState,
    Whereabouts,
)
from bot.training.views.history import told_time
from bot.training.views.run import state_words
from bot.training.views.zones import assumed_blocks, often_view

_FOLLOWED = {
    Whereabouts.CHANNEL: "The message in this channel follows it.",
    Whereabouts.PERSON: (
        "nerbot cannot post in this channel, so its progress is in a direct message to you. "
        "To see the next one here, type /invite @nerbot."
    ),
    Whereabouts.NOWHERE: (
        "nerbot can post neither in this channel nor in a direct message to you: /train status shows its progress."
    ),
    Whereabouts.LATER: "Slack is slow just now: the message that follows it is posted as soon as Slack takes it.",
}


_WHERE = "Its message will be posted in this channel, or in a direct message to you if nerbot cannot post here."


def started_view(answer: RunStarted | RunActive) -> View:
    """A run began, or is on its way already."""
    run = answer.run
    if isinstance(answer, RunStarted):
        return words_view(f"Training {run.number} has begun. {_FOLLOWED[answer.told]}")
    done = f", {percent(run.progress.done)} % done" if run.progress else ""
    return words_view(
        f"Training {run.number} is already {state_words(run)}{done}. "
        "One runs at a time; /train cancel stops it."
    )


def cancelled_view(answer: RunCancelled) -> View:
    """A run was asked to stop."""
    return words_view(f"Training {answer.run.number} is cancelled. Your labels are safe.")


def schedule_view(answer: ScheduleSet | ScheduleAsked) -> View:
    """The schedule that holds now, or the question whether it is meant."""
    if isinstance(answer, ScheduleAsked):
        return often_view(answer)
    schedule = answer.schedule
    said = words_view(
        f"Training is scheduled: {schedule.words} ({schedule.timezone}). Next: {_when(schedule)}. "
        f"{_WHERE} /train schedule off ends it."
    )
    if not answer.assumed:
        return said
    words, blocks = assumed_blocks(schedule.timezone, ids.SCHEDULE_ZONE)
    return after(said, View(escape(words), blocks))


def schedule_off_view(answer: ScheduleRemoved) -> View:
    """No schedule holds any more."""
    return words_view(
        f"The schedule “{answer.was.words}” is off. /train starts a training now."
        if answer.was
        else "No schedule was on. To set one: /train schedule every day at 03:00"
    )


def auto_view(answer: AutoTrainingSet) -> View:
    """After how many newly finished sentences a training begins."""
    auto = answer.auto
    return words_view(
        f"A training begins automatically after every {counted(auto.every, 'newly finished sentence')}; "
        f"{auto.left:,} to go. {_WHERE} /train auto off ends it."
    )


def auto_off_view(answer: AutoTrainingRemoved) -> View:
    """No number of sentences begins a training any more."""
    return words_view(
        f"No training begins after {counted(answer.was.every, 'newly finished sentence')} any more. "
        "/train starts one now."
        if answer.was
        else "It was not on. To train after every 50 newly finished sentences: /train auto 50"
    )


def state_view(state: TrainingState) -> View:
    """What is finished, what runs, what is live, what is to come."""
    counts = state.counts
    lines = [
        f"Sentences: {counts.finished:,} finished, {counts.unfinished:,} begun, {counts.sentences:,} in all."
        + (f" People disagree on {counts.disputed:,} more." if counts.disputed else "")
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
        lines.append(f"Training {state.active.number} is {state_words(state.active)}{done}.")
    elif state.last:
        lines.append(f"Last: training {state.last.number}, {state_words(state.last)}.")
    elif counts.finished < state.needed:
        lines.append(
            f"A first training needs {state.needed} finished sentences. Type /label for the next one."
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
    if state.auto:
        lines.append(_auto_words(state.auto))
    return _lines_view(lines)


def _lines_view(lines: list[str]) -> View:
    return View(escape("\n".join(lines)), (line("\n".join(lines)),))


def _auto_words(auto: AutoTraining) -> str:
    return f"After every {counted(auto.every, 'newly finished sentence')}: {auto.left:,} to go until the next training."


def coming_view(coming: ComingTrainings) -> View:
    """The next trainings that begin automatically."""
    lines: list[str] = []
    if coming.schedule:
        lines.append(f"By schedule: {coming.schedule.words} ({coming.schedule.timezone}). Next:")
        lines += [f"  {told_time(time, coming.schedule.timezone)}" for time in coming.times]
        if coming.same_as:
            lines.append(
                f"Training {coming.same_as.number} has learned from all that is finished now: until something changes "
                "there, the schedule trains nothing."
            )
    if coming.auto:
        lines.append(_auto_words(coming.auto))
    if not lines:
        lines.append(
            "No training is scheduled. /train schedule every day at 03:00 trains by the clock, "
            "/train auto 50 after every 50 newly finished sentences."
        )
    return _lines_view(lines)


def _when(schedule: Schedule) -> str:
    return told_time(schedule.next_due, schedule.timezone)
