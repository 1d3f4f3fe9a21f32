"""What is typed after /nerbot labels, review and history, and what their buttons mean, as commands."""

import re
from collections.abc import Callable
from typing import TypeVar

from bot.errors import NotUnderstood
from bot.slack.label_words import changed_label, described_label
from bot.slack.payloads import read_id, read_label_name, read_words
from bot.slack.subcommands import Parse, Typed
from bot.team.commands import ChangeLabels
from bot.team.values.deletions import Delete, Kind
from bot.team.values.history import ShowHistory
from bot.team.values.review import MergeVersions, NoteDecision, TakeReading, TakeVersion

C = TypeVar("C")

_DELETE = re.compile(r"delete(?: #?([0-9]{1,18}))?", re.IGNORECASE)
ONLY_NOTE = "Use /nerbot review, /nerbot review errors, or /nerbot review note <your reason>."


def read_described(command: Callable[[str, str], C]) -> Parse[C]:
    """Reads a label, and what it means."""

    def parse(typed: Typed) -> C:
        name, words = described_label(_labels(typed))
        return command(read_label_name(name), read_words(words, "description"))

    return parse


def read_change(typed: Typed) -> ChangeLabels:
    """A label, and its new name or the one it is merged into."""
    (old, new), verb = changed_label(_labels(typed)), _verb(typed).lower()
    if not old or not new:
        raise NotUnderstood(
            f"/nerbot labels {verb} takes two labels: the one that goes, and what it becomes. Quote a label of several "
            f'words: /nerbot labels {verb} "SIDE EFFECT" "ADVERSE EVENT"'
        )
    return ChangeLabels(read_label_name(old), read_label_name(new), merge=verb == "merge")


def _labels(typed: Typed) -> str:
    if not typed.text:
        raise NotUnderstood(f"Which label? Type it after {_verb(typed)}.")
    return typed.text


def _verb(typed: Typed) -> str:
    return typed.words.split()[-1]


def read_note(typed: Typed) -> NoteDecision:
    """Why the last decision was made."""
    if not typed.text:
        raise NotUnderstood(ONLY_NOTE)
    return NoteDecision(read_words(typed.text))


def read_history(typed: Typed) -> ShowHistory:
    """Everybody's steps, or one's own."""
    if typed.text.lower() in {"", "mine"}:
        return ShowHistory(mine=bool(typed.text))
    raise NotUnderstood("Use /nerbot history, or /nerbot history mine.")


def read_page(value: str) -> ShowHistory:
    """Whose steps, and those before which."""
    whose, _, before = value.partition(":")
    return ShowHistory(read_id(before) or None, mine=whose == "mine")


def read_version(value: str) -> TakeVersion:
    """A sentence, and the version of it that is right."""
    sentence, _, version = value.partition(":")
    return TakeVersion(read_id(sentence), version)


def read_merge(value: str) -> MergeVersions:
    """A sentence, and the versions of it that are merged."""
    sentence, _, versions = value.partition(":")
    return MergeVersions(read_id(sentence), versions)


def read_reading(value: str) -> TakeReading:
    """A sentence that may be wrong, and how it is right."""
    sentence, _, version = value.partition(":")
    return TakeReading(read_id(sentence), version)


def read_label_to_delete(typed: Typed) -> Delete:
    """The one label that goes."""
    return Delete(Kind.LABEL, name=read_label_name(_labels(typed)))


def read_project_to_delete(typed: Typed) -> Delete:
    """The project's name."""
    if not typed.text.strip():
        raise NotUnderstood("Which project? Type its name, as in /nerbot project delete NAME")
    return Delete(Kind.PROJECT, name=typed.text.strip())


def read_sentence_to_delete(text: str) -> Delete | None:
    """`delete` and `delete #12` after /label; None for anything else."""
    found = _DELETE.fullmatch(text.strip())
    return Delete(Kind.SENTENCE, int(found[1]) if found[1] else None) if found else None
