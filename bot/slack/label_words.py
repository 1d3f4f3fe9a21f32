"""The name of a label where it is typed among other words. Pure."""

import re

from bot.slack.text_normalization import unquoted

_QUOTED = re.compile(r"[“„«\"‘']([^“”„«»\"‘’']{1,80})[“”»\"’'](?=\s|$)")
_COLON = re.compile(r"([^:]{1,80}):\s")
_CHANGE = re.compile(r"\s(?:->|→|=>|=|to|into)\s", re.IGNORECASE)


_WORDS_OF_A_NAME = 3
"""So many words in lower case are a name rather than a name and what it means: side effect."""


def first_label(text: str) -> tuple[str, str]:
    """The label some words begin with, in quotes or a single word, and the words behind it."""
    if quoted := _QUOTED.match(text):
        return quoted[1].strip(), text[quoted.end() :].strip()
    label, *rest = text.split(None, 1)
    return label, "".join(rest).strip()


def described_label(text: str) -> tuple[str, str]:
    """The same before a description: a label of several words is in quotes, in capitals, has a colon behind it, or is
    all there is."""
    if not _QUOTED.match(text):
        if colon := _COLON.match(f"{text} "):
            return colon[1].strip(), text[colon.end() :].strip()
        words = text.split()
        count = next((n for n, word in enumerate(words) if not word.isupper()), len(words))
        if count > 1:
            return " ".join(words[:count]), " ".join(words[count:])
        if count == 0 and len(words) <= _WORDS_OF_A_NAME:
            return " ".join(words), ""
    return first_label(text)


def changed_label(text: str) -> tuple[str, str]:
    """A label and what it becomes: `A B`, `"A B" "C D"`, `A B to C D`; the second is empty where only one is there."""
    if not _QUOTED.match(text) and (between := _CHANGE.search(text)):
        return text[: between.start()].strip(), unquoted(text[between.end() :].strip())
    old, new = first_label(text)
    if between := _CHANGE.match(f" {new} "):
        new = new[between.end() - 1 :]
    return old, unquoted(new)
