"""The trainings there were, a page at a time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextElement,
)

from bot.domain.runs import Run, RunReason
from bot.slack import action_ids as ids
from bot.slack.text import View, counted, escape, line, percent, person, plain, words_view
from bot.training.commands import RunPage
from bot.training.views.run import duration, state_words

_WHY = {
    RunReason.COMMAND: "asked for by ",
    RunReason.SCHEDULE: "by schedule, set by ",
    RunReason.AUTO: "for newly finished sentences, as set by ",
    RunReason.RETRY: "tried again for ",
    RunReason.FORGET: "to replace a model that knows something forgotten, asked for by ",
    RunReason.IMPORT: "came as a package, by ",
}


def history_view(page: RunPage) -> View:
    """Two lines a run, newest first, with [Older] and [Newer] where there are some."""
    if not page.runs:
        return words_view("Nothing was trained yet. /train starts the first training.")
    blocks: list[Block] = [_run_block(run, page.timezone) for run in page.runs]
    buttons = _buttons(page)
    if buttons:
        blocks.append(ActionsBlock(elements=buttons))
    lines = "\n".join(
        f"Training {run.number}: {state_words(run)}, {told_time(run.created_at, page.timezone)}"
        for run in page.runs
    )
    return View(escape(lines), tuple(blocks))


def _run_block(run: Run, timezone: str) -> Block:
    facts = [run.preset]
    if run.sentences:
        facts.append(counted(run.sentences, "finished sentence"))
    if run.evaluation:
        facts.append(f"F1 {percent(run.evaluation.overall.f1)}")
    if run.attempt > 1:
        facts.append(f"attempt {run.attempt} of 3")
    when: list[str | RichTextElement] = [f"\n{told_time(run.created_at, timezone)} ({timezone})"]
    if run.seconds is not None:
        when.append(f", took {duration(run.seconds)}")
    return line(
        plain(f"{run.number} · {state_words(run)}", bold=True),
        f" · {' · '.join(facts)} · {_WHY[run.reason]}",
        person(run.person),
        *when,
    )


def _buttons(page: RunPage) -> list[ButtonElement]:
    first, last = page.runs[0].number, page.runs[-1].number
    buttons: list[ButtonElement] = []
    if last > 1:
        buttons.append(_button("Older", ids.OLDER_RUNS, last - 1))
    if first < page.newest:
        buttons.append(_button("Newer", ids.NEWER_RUNS, min(page.newest, first + page.size)))
    return buttons


def _button(text: str, action: str, up_to: int) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=str(up_to))


def told_time(time: datetime, timezone: str) -> str:
    """A time on the clocks of a zone."""
    return f"{time.astimezone(ZoneInfo(timezone)):%a %d %b %Y %H:%M}"
