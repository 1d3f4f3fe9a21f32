"""What stands behind /train, read into its commands."""

import re

from bot.digests.commands import DigestOff, DigestState, SetDigest
from bot.errors import NotUnderstood
from bot.slack.command_text import HELP, HelpWanted
from bot.training.commands import (
    AutoOff,
    CancelTraining,
    ScheduleOff,
    SetAuto,
    SetSchedule,
    StartTraining,
    TrainCommand,
    TrainingHistory,
    TrainingStatus,
    TrainingTimes,
)
from bot.training.schedule_parsing import read_schedule
from ner_engine.recipes import RECIPES

MAX_AUTO = 100_000

_PLAIN: dict[tuple[str, ...], TrainCommand] = {
    ("status",): TrainingStatus(),
    ("schedule",): TrainingTimes(),
    ("auto",): TrainingTimes(),
    ("when",): TrainingTimes(),
    ("next",): TrainingTimes(),
    ("cancel",): CancelTraining(),
    ("stop",): CancelTraining(),
    ("history",): TrainingHistory(),
    ("schedule", "off"): ScheduleOff(),
    ("digest",): DigestState(),
    ("digest", "off"): DigestOff(),
    ("auto", "off"): AutoOff(),
}


def read_train(text: str) -> TrainCommand:
    """Read what stands behind /train; raises HelpWanted, NotUnderstood or InvalidSchedule."""
    words = text.lower().split()
    if tuple(words) in _PLAIN:
        return _PLAIN[tuple(words)]
    match words:
        case [word] if word in HELP:
            raise HelpWanted("")
        case ["auto", number, *rest]:
            return SetAuto(_number(number, rest))
        case ["digest", *_]:
            told = _schedule(text)
            return SetDigest(told.cron, told.timezone, told.words)
        case ["schedule", *_]:
            return _schedule(text)
        case [*presets, "with", "unfinished"]:
            return StartTraining(_preset(text, presets), with_unfinished=True)
    return StartTraining(_preset(text, words))


def _preset(text: str, words: list[str]) -> str | None:
    match words:
        case []:
            return None
        case [preset] if preset in RECIPES:
            return preset
    raise NotUnderstood(f"“{text}” is nothing /train knows.")


def _number(word: str, rest: list[str]) -> int:
    readable = rest in ([], ["sentences"]) and re.fullmatch(r"[0-9]{1,6}", word)
    if readable and 1 <= int(word) <= MAX_AUTO:
        return int(word)
    raise NotUnderstood(
        f"After how many newly finished sentences? A number from 1 to {MAX_AUTO:,}: /train auto 50"
    )


def _schedule(text: str) -> SetSchedule:
    return read_schedule(text.split(None, 1)[1])
