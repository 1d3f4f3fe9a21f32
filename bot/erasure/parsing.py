"""What is typed after /nerbot forget, read."""

import re

from bot.erasure.commands import Forget, ForgetText, What
from bot.errors import NotUnderstood
from bot.slack.subcommands import Typed
from bot.slack.text_normalization import clean

_NUMBER = re.compile(r"(?:sentence\s+)?#?([0-9]{1,18})", re.IGNORECASE)
_HOW = (
    "What should be forgotten? Type /nerbot forget #12 (a sentence, by number) or its whole text, /nerbot forget me, "
    "/nerbot forget @person, or /nerbot forget project NAME."
)


def read_forget(typed: Typed) -> Forget | ForgetText:
    """A sentence by its number or text."""
    text = typed.text.strip()
    if len(typed.people) == 1 and text.startswith("@"):
        return Forget(What.PERSON, person=typed.people[0])
    if not text or len(typed.people) > 1:
        raise NotUnderstood(_HOW)
    if number := _NUMBER.fullmatch(text):
        return Forget(What.SENTENCE, int(number[1]))
    return ForgetText(clean(text).text)


def read_project(typed: Typed) -> Forget:
    """The project of this channel, by its name."""
    if not typed.text.strip():
        raise NotUnderstood("Type the project's name, too: /nerbot forget project NAME")
    return Forget(What.PROJECT, project=clean(typed.text).text)
