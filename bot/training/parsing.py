"""What is typed after /train, read into commands about trainings."""

import re

from bot.errors import NotUnderstood
from bot.slack.payloads import HELP, HelpWanted
from bot.slack.subcommands import Typed, shown
from bot.training.commands import SetAutoTraining, StartTraining
from ner_engine.recipes import RECIPES

MAX_AUTO = 100_000


def read_start(typed: Typed) -> StartTraining:
    """`[preset] [with unfinished]`; raises NotUnderstood, and HelpWanted."""
    words = typed.text.lower().split()
    with_unfinished = words[-2:] == ["with", "unfinished"]
    match words[:-2] if with_unfinished else words:
        case []:
            return StartTraining(with_unfinished=with_unfinished)
        case [preset] if preset in RECIPES:
            return StartTraining(preset, with_unfinished=with_unfinished)
        case [word] if word in HELP and not with_unfinished:
            raise HelpWanted("")
    raise NotUnderstood(f"/train has no command “{shown(typed.text)}”.")


def read_auto_training(typed: Typed) -> SetAutoTraining:
    """`50 [sentences]`; raises NotUnderstood."""
    number, *rest = typed.text.lower().split()
    readable = rest in ([], ["sentences"]) and re.fullmatch(r"[0-9]{1,6}", number)
    if readable and 1 <= int(number) <= MAX_AUTO:
        return SetAutoTraining(int(number))
    raise NotUnderstood(
        f"After how many newly finished sentences? A number from 1 to {MAX_AUTO:,}: /train auto 50"
    )
