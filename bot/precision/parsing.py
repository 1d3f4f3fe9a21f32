"""What is typed after /nerbot precision, read."""

import re

from bot.errors import NotUnderstood
from bot.precision.values import LEAST, MOST, AskPrecision, SetPrecision
from bot.slack.subcommands import Typed

_PER_CENT = re.compile(r"([0-9]{1,2}(?:[.,][0-9])?) ?%?")
_HOW = "Which share of what goes out is to be right? Type per cent from 50 to 99.5, as in /nerbot precision 95, or off."


def read_promise(typed: Typed) -> AskPrecision:
    """Nothing, or per cent."""
    if not typed.text:
        return AskPrecision()
    return AskPrecision(_share(typed.text))


def read_switch(value: str) -> SetPrecision:
    """The value of [Switch on]."""
    return SetPrecision(_share(value))


def _share(text: str) -> float:
    found = _PER_CENT.fullmatch(text)
    share = float(found[1].replace(",", ".")) / 100 if found else 0.0
    if not LEAST <= share <= MOST:
        raise NotUnderstood(_HOW)
    return round(share, 3)
