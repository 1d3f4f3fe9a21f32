"""What stands behind /nerbot, read: words become commands, mentions become the people they mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from bot.domain.roles import Role
from bot.errors import NotUnderstood
from bot.projects.commands import ChangeSettings, NewProject, ShowProject, UseProject
from bot.recognition.values import SetNotices, ShowNotices
from bot.slack.command_text import HELP, HelpWanted, read_label_name, read_words
from bot.slack.payloads import Payload
from bot.slack.text_normalization import clean, decode
from bot.team.commands import (
    AddLabel,
    ChangeLabels,
    DescribeLabel,
    GiveRole,
    ShowLabels,
    ShowRoles,
    TeamCommand,
)
from bot.team.values.flags import ShowFlags
from bot.team.values.history import ShowHistory
from bot.team.values.review import NextDispute, NoteDecision
from bot.team.values.stats import ShowStats

MAX_NAME = 40

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def read_nerbot(body: Payload) -> TeamCommand:
    """Read a whole /nerbot command; raises HelpWanted, NotUnderstood or TextRefused."""
    raw = str(body.get("text") or "").strip()
    text = decode(raw)
    word, _, rest = text.partition(" ")
    if not word or text.lower() in HELP:
        raise HelpWanted("")
    if word.lower() == "roles":
        return _roles(rest.strip(), _MENTION.findall(raw))
    reader = _READERS.get(word.lower())
    if reader is None:
        raise NotUnderstood(f"“{word}” is nothing /nerbot knows.")
    return reader(rest.strip())


def _labels(rest: str) -> TeamCommand:
    match rest.split():
        case []:
            return ShowLabels()
        case [verb, *_] if verb.lower() not in {"add", "describe", "rename", "merge"}:
            raise NotUnderstood(f"“labels {verb}” is nothing /nerbot knows.")
        case [verb]:
            raise NotUnderstood(f"Which label? Type it after “labels {verb}”.")
        case [verb, name, *words] if verb.lower() in {"add", "describe"}:
            kind = AddLabel if verb.lower() == "add" else DescribeLabel
            return kind(read_label_name(name), read_words(rest.split(None, 2)[2] if words else ""))
        case [verb, old, new]:
            merge = verb.lower() == "merge"
            return ChangeLabels(read_label_name(old), read_label_name(new), merge=merge)
        case [verb, *_]:
            raise NotUnderstood(
                f"“labels {verb.lower()}” takes two labels: the one that goes, and what it becomes."
            )
    raise AssertionError("split gives nothing else")


def _project(rest: str) -> TeamCommand:
    verb, _, name = rest.partition(" ")
    match verb.lower():
        case "" | "list" | "settings" if not name:
            return ShowProject()
        case "new":
            return NewProject(_name(name))
        case "use":
            return UseProject(_name(name))
        case "settings":
            return _settings(name)
    raise NotUnderstood(f"“project {shown(rest)}” is nothing /nerbot knows.")


def _settings(text: str) -> ChangeSettings:
    """Read `annotations 2 random 25`: pairs of a name and a whole number."""
    words = text.lower().split()
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


def _name(text: str) -> str:
    if not text.strip():
        raise NotUnderstood("What is the project's name? Type it after the word.")
    name = clean(text).text
    if len(name) > MAX_NAME:
        raise NotUnderstood(f"A project's name has up to {MAX_NAME} characters.")
    return name


def _roles(rest: str, people: Sequence[str]) -> TeamCommand:
    word = rest.partition(" ")[0].lower()
    if not word:
        return ShowRoles()
    roles = {"owner": Role.OWNER, "reviewer": Role.REVIEWER, "remove": Role.LABELLER}
    if word not in roles:
        raise NotUnderstood(f"“roles {shown(rest)}” is nothing /nerbot knows.")
    if len(people) != 1:
        raise NotUnderstood(
            f"Whose role? Mention one person with @ after “roles {word}”; pick them from the list Slack shows."
        )
    return GiveRole(people[0], roles[word])


def _review(rest: str) -> TeamCommand:
    word, _, words = rest.partition(" ")
    if not word:
        return NextDispute()
    if word.lower() == "note" and words.strip():
        return NoteDecision(read_words(words))
    raise NotUnderstood(
        "“review” takes no word but “note”, followed by why you decided as you did."
    )


def _flags(rest: str) -> TeamCommand:
    if rest:
        raise NotUnderstood("“flags” takes nothing after it.")
    return ShowFlags()


def _history(rest: str) -> TeamCommand:
    if rest.lower() in {"", "mine"}:
        return ShowHistory(mine=bool(rest))
    raise NotUnderstood("“history” takes no word but “mine”.")


def _stats(rest: str) -> TeamCommand:
    if rest:
        raise NotUnderstood("“stats” takes nothing after it.")
    return ShowStats()


def read_notices(rest: str) -> ShowNotices | SetNotices:
    """Read what stands behind /nerbot notices; raises NotUnderstood."""
    match rest.strip().lower():
        case "":
            return ShowNotices()
        case "on" | "off" as wish:
            return SetNotices(wish == "on")
    raise NotUnderstood("“notices” takes “on” or “off”.")


def shown(text: str) -> str:
    """A piece of what was typed, short enough to repeat."""
    return text if len(text) <= 40 else text[:39] + "…"


_READERS: Mapping[str, Callable[[str], TeamCommand]] = {
    "labels": _labels,
    "label": _labels,
    "project": _project,
    "projects": _project,
    "review": _review,
    "flags": _flags,
    "history": _history,
    "stats": _stats,
}
