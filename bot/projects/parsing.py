"""What is typed after /nerbot project and /nerbot roles, read."""

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import TypeVar

from bot.domain.roles import Role
from bot.errors import NotUnderstood
from bot.projects.commands import ChangeSettings, GiveRole
from bot.slack.subcommands import Parse, Typed
from bot.slack.text_normalization import clean

C = TypeVar("C")

MAX_NAME = 40
_ROLES = {"owner": Role.OWNER, "reviewer": Role.REVIEWER, "remove": Role.LABELLER}


def read_name(command: Callable[[str], C]) -> Parse[C]:
    """Reads the name of a project."""
    return lambda typed: command(_name(typed.text))


def read_settings(typed: Typed) -> ChangeSettings:
    """`annotations 2 random 25`: pairs of a name and a whole number."""
    words = typed.text.lower().split()
    found: dict[str, int] = {}
    for name, number in zip_longest(words[::2], words[1::2], fillvalue=""):
        if name not in {"annotations", "random"} or not re.fullmatch(r"[0-9]{1,3}", number):
            raise NotUnderstood(
                "Settings are set with “annotations 2” (people who label each sentence) and “random 25” (of 100 "
                "sentences, those that come at random)."
            )
        found[name] = int(number)
    share = found.get("random")
    return ChangeSettings(found.get("annotations"), None if share is None else share / 100)


def read_role(typed: Typed) -> GiveRole:
    """The one person who is mentioned after `roles owner`, `roles reviewer` or `roles remove`."""
    word = typed.words.split()[-1].lower()
    if len(typed.people) != 1:
        raise NotUnderstood(
            f"Whose role? Mention one person with @ after “roles {word}”; pick them from the list Slack shows."
        )
    return GiveRole(typed.people[0], _ROLES[word])


def _name(text: str) -> str:
    if not text.strip():
        raise NotUnderstood("What is the project's name? Type it after the word.")
    name = clean(text).text
    if len(name) > MAX_NAME:
        raise NotUnderstood(f"A project's name has up to {MAX_NAME} characters.")
    return name
