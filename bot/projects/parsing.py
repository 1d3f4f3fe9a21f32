"""What is typed after /nerbot project and /nerbot roles, read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.domain.roles import Role
from bot.errors import NotUnderstood
from bot.projects.commands import ChangeSettings, GiveRole, NewProject
from bot.slack.subcommands import Parse, Typed, shown
from bot.slack.text_normalization import clean
from ner_engine.languages import find_language

C = TypeVar("C")

MAX_NAME = 40
_ROLES = {"owner": Role.OWNER, "reviewer": Role.REVIEWER, "remove": Role.LABELLER}


def read_name(command: Callable[[str], C]) -> Parse[C]:
    """Reads the name of a project."""
    return lambda typed: command(_name(typed.text))


_SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "open": {"is_open": True},
    "closed": {"is_open": False},
    "guests on": {"guests": True},
    "guests off": {"guests": False},
    "rereads on": {"rereads": True},
    "rereads off": {"rereads": False},
}
_NUMBERED = {
    "annotations": "annotations takes a number of people, as in annotations 2.",
    "random": "random takes per cent from 0 to 100, as in random {example}.",
    "second": "second takes per cent from 0 to 100, as in second {example}.",
    "confidence": "confidence takes per cent from 0 to 100, as in confidence {example}.",
    "messages": "messages takes how many days the texts of watched messages are kept, as in messages 30.",
}
_EXAMPLES = {"random": 25, "second": 30, "confidence": 80}
"""Of those in per cent."""
_LANGUAGE = re.compile(r"[\s]language\s{1,9}([^\s]{1,20}(?: [^\s]{1,20})?)$", re.IGNORECASE)
_SHARE = re.compile(r"0?[.,]([0-9]{1,2})")


def read_settings(typed: Typed) -> ChangeSettings:
    """`annotations 2 random 25 closed guests off`: in any order, each as often as wished; the last one counts."""
    words = typed.text.lower().replace("%", " ").split()
    command = ChangeSettings()
    while words:
        word, value = words[0], words[1] if len(words) > 1 else ""
        if word in _NUMBERED:
            command, words = _with_number(command, word, value), words[2:]
        elif switch := _SWITCHES.get(word):
            command, words = replace(command, **switch), words[1:]
        elif switch := _SWITCHES.get(f"{word} {value}"):
            command, words = replace(command, **switch), words[2:]
        elif word == "language":
            command, words = _with_language(command, words[1:])
        elif word == "redact":
            command, words = _with_masked(command, typed.text, value), words[2:]
        elif word in {"guests", "rereads"}:
            raise NotUnderstood(f"{word} takes on or off.")
        else:
            raise NotUnderstood(f"“{shown(word)}” is not a setting of a project.")
    return command


def _with_masked(command: ChangeSettings, typed: str, value: str) -> ChangeSettings:
    """Labels with commas between them, as they were typed; off for none."""
    if not value:
        raise NotUnderstood(
            "redact takes labels with commas between them, as in redact PERSON,PHONE, or off."
        )
    if value == "off":
        return replace(command, redacts="")
    written = next((word for word in typed.split() if word.lower() == value), value)
    return replace(command, redacts=written)


def _with_language(command: ChangeSettings, words: list[str]) -> tuple[ChangeSettings, list[str]]:
    """A language by its code or its name, which may be two words, and what is behind it."""
    for count in (2, 1):
        if (code := find_language(" ".join(words[:count]))) and len(words) >= count:
            return replace(command, language=code), words[count:]
    raise NotUnderstood(_no_language(" ".join(words[:1])))


def _no_language(typed: str) -> str:
    if not typed:
        return "language takes a code or a name, as in language de or language german."
    return (
        f"“{shown(typed)}” is not a language nerbot knows. Use its code or English name, as in language de, or "
        "language xx for any."
    )


def read_new_project(typed: Typed) -> NewProject:
    """A name, and a language behind it if it is not English."""
    found = _LANGUAGE.search(typed.text)
    if found is None:
        return NewProject(_name(typed.text))
    code = find_language(found[1])
    if code is None:
        raise NotUnderstood(_no_language(found[1]))
    return NewProject(_name(typed.text[: found.start()]), code)


def _with_number(command: ChangeSettings, name: str, value: str) -> ChangeSettings:
    number = int(value) if re.fullmatch(r"[0-9]{1,3}", value) else None
    if number is None or (name in _EXAMPLES and number > 100):
        share = _SHARE.fullmatch(value)
        example = share[1].ljust(2, "0").lstrip("0") if share else ""
        raise NotUnderstood(_NUMBERED[name].format(example=example or _EXAMPLES.get(name)))
    match name:
        case "random":
            return replace(command, random_share=number / 100)
        case "second":
            return replace(command, second_share=number / 100)
        case "confidence":
            return replace(command, confidence=number / 100)
        case "messages":
            return replace(command, message_days=number)
    return replace(command, annotations_per_sentence=number)


def read_role(typed: Typed) -> GiveRole:
    """The one person who is mentioned after `roles owner`, `roles reviewer` or `roles remove`."""
    word = typed.words.split()[-1].lower()
    if len(typed.people) != 1:
        raise NotUnderstood(
            f"Whose role? Mention one person with @ after roles {word}; pick them from the list Slack shows."
        )
    return GiveRole(typed.people[0], _ROLES[word])


def _name(text: str) -> str:
    if not text.strip():
        raise NotUnderstood("What is the project's name? Type it after the word.")
    name = clean(text).text
    if len(name) > MAX_NAME:
        raise NotUnderstood(f"A project's name has up to {MAX_NAME} characters.")
    return name
