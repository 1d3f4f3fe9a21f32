"""What is typed after /nerbot labels, review and history, and what the buttons of their answers stand for, read."""

from bot.errors import NotUnderstood
from bot.slack.command_text import read_label_name, read_words
from bot.slack.payloads import read_id
from bot.slack.subcommands import Typed
from bot.team.commands import AddLabel, ChangeLabels, DescribeLabel
from bot.team.values.flags import SettleFlags
from bot.team.values.history import ShowHistory, UndoStep
from bot.team.values.review import NextDispute, NoteDecision, ReviewMyself, TakeVersion

ONLY_NOTE = "“review” takes no word but “note”, followed by why you decided as you did."


def read_added(typed: Typed) -> AddLabel:
    """A new label, and what it means."""
    return AddLabel(*_described(typed))


def read_described(typed: Typed) -> DescribeLabel:
    """A label, and what it means."""
    return DescribeLabel(*_described(typed))


def _described(typed: Typed) -> tuple[str, str]:
    name, *words = _labels(typed).split(None, 1)
    return read_label_name(name), read_words("".join(words))


def read_rename(typed: Typed) -> ChangeLabels:
    """A label, and its new name."""
    return ChangeLabels(*_two_labels(typed))


def read_merge(typed: Typed) -> ChangeLabels:
    """A label, and the one it becomes."""
    return ChangeLabels(*_two_labels(typed), merge=True)


def _two_labels(typed: Typed) -> tuple[str, str]:
    names = _labels(typed).split()
    if len(names) != 2:
        raise NotUnderstood(
            f"“labels {_verb(typed).lower()}” takes two labels: the one that goes, and what it becomes."
        )
    old, new = names
    return read_label_name(old), read_label_name(new)


def _labels(typed: Typed) -> str:
    if not typed.text:
        raise NotUnderstood(f"Which label? Type it after “labels {_verb(typed)}”.")
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
    raise NotUnderstood("“history” takes no word but “mine”.")


def read_page(value: str) -> ShowHistory:
    """Whose steps, and those before which."""
    whose, _, before = value.partition(":")
    return ShowHistory(read_id(before) or None, mine=whose == "mine")


def read_step(value: str) -> UndoStep:
    """The step to take back."""
    return UndoStep(read_id(value))


def read_next(value: str) -> NextDispute:
    """The disagreement that is passed over."""
    return NextDispute(read_id(value))


def read_version(value: str) -> TakeVersion:
    """A sentence, and the version of it that is right."""
    sentence, _, version = value.partition(":")
    return TakeVersion(read_id(sentence), version)


def read_myself(value: str) -> ReviewMyself:
    """The sentence to label."""
    return ReviewMyself(read_id(value))


def read_settled(value: str) -> SettleFlags:
    """The sentence that was looked after."""
    return SettleFlags(read_id(value))
