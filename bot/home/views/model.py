"""The model in Home: what is live, what trains automatically, the latest trainings."""

from collections.abc import Iterator

from slack_sdk.models.blocks import (
    Block,
    RichTextBlock,
    RichTextElement,
    RichTextListElement,
    RichTextSectionElement,
)

from bot.domain.runs import Run, RunState
from bot.home.values import HomePage
from bot.slack.text import counted, line, percent, plain, shortened, when
from bot.training.commands import Schedule

Part = str | RichTextElement


def model_blocks(page: HomePage) -> Iterator[Block]:
    """What is live, what is to come, and the latest trainings."""
    yield line(*_live_words(page))
    yield line(*_coming_words(page))
    if page.recent:
        yield RichTextBlock(
            elements=[
                RichTextSectionElement(elements=[plain("Latest trainings", bold=True)]),
                RichTextListElement(style="bullet", elements=[_run(run) for run in page.recent]),
            ]
        )


def _live_words(page: HomePage) -> list[Part]:
    live = page.live
    if live is None:
        return ["No model is live yet. The first training makes one."]
    words: list[Part] = [plain(f"Model {live.version}", bold=True), " is live"]
    if page.live_since:
        words += [" since ", when(page.live_since)]
    if live.evaluation:
        low, high = live.evaluation.interval
        words.append(
            f": F1 {percent(live.evaluation.overall.f1)} (95 % interval {percent(low)} to {percent(high)})"
        )
    if page.live_run:
        words.append(f", learned from {counted(page.live_run.sentences, 'sentence')}")
    return [*words, "."]


def _coming_words(page: HomePage) -> list[Part]:
    """What trains automatically, and when."""
    parts = _schedule_words(page.schedule) if page.schedule else []
    if page.auto:
        every, left = counted(page.auto.every, "newly finished sentence"), page.auto.left
        parts += [" " if parts else "", f"A training begins after every {every}; {left:,} to go."]
    return parts or [
        "No training is scheduled. To set one: ",
        plain("/train schedule every day at 03:00", code=True),
    ]


def _schedule_words(schedule: Schedule) -> list[Part]:
    words = shortened(schedule.words, 200)
    words += "" if schedule.timezone in words else f", {schedule.timezone}"
    return [
        plain("Next training: ", bold=True),
        when(schedule.next_due),
        f" ({words}).",
    ]


def _run(run: Run) -> RichTextSectionElement:
    states = {
        RunState.QUEUED: "is queued" if run.waits_for else "starting",
        RunState.RUNNING: "running",
        RunState.SUCCEEDED: f"model {run.version} "
        + ("went live" if run.went_live else "did not go live"),
        RunState.FAILED: "failed",
        RunState.CANCELLED: "cancelled",
        RunState.INTERRUPTED: "interrupted",
    }
    f1 = f", F1 {percent(run.evaluation.overall.f1)}" if run.evaluation else ""
    words = f"Training {run.number}: {states[run.state]}{f1}, "
    return RichTextSectionElement(elements=[plain(words), when(run.finished_at or run.created_at)])
