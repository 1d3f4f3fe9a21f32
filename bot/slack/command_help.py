"""What a command understands; answers `help` and whatever was not understood."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextSectionElement,
)

from bot.domain.roles import Role
from bot.slack import action_ids as ids
from bot.slack.text import Line, View, as_text, button, escape, line, plain, shortened

REASON = 300
"""How long a reason is at most: it is one line, and what was typed may be longer."""
_NEAR = 0.6
"""From which likeness on two words may be the same one, misspelt."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One form of a command: an example as it is typed, what it does, and who can."""

    typed: str
    does: str
    who: Role = Role.LABELLER


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command, such as `/label`, with what it is for and every form it has."""

    command: str
    intro: str
    lines: tuple[HelpLine, ...]
    usual: str = ""
    """The form that most people mean, where nothing that was typed is like another one."""
    topics: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Headings that group many forms, each with the first words of its forms."""


def misunderstood_view(
    told: CommandHelp, reason: str, typed: str = "", others: Sequence[CommandHelp] = ()
) -> View:
    """Why a command was not understood, in one line with the nearest form that works, which may be one of the
    `others`; [Help] shows every form."""
    parts: Line = [shortened(reason, REASON)]
    # A reason that begins with the command names it; one that has it further on names a form.
    form = None if told.command in reason[1:] else nearest_form(told, typed, others)
    if form is not None:
        parts = [*parts, " Try ", plain(form, code=True)]
    more = button("Help", ids.HELP, told.command)
    return View(as_text(parts), (line(*parts), ActionsBlock(elements=[more])))


def nearest_form(told: CommandHelp, typed: str, others: Sequence[CommandHelp] = ()) -> str | None:
    """The example that is most like what was typed, else the command's usual form; for a command without one, a
    form of the `others` that begins so, or one of its own that has the word further on."""
    words = typed.lower().split()
    forms = {form: form.lower().split()[1:] for form in _forms(told)}
    likeness = {form: _likeness(words, wanted) for form, wanted in forms.items()}
    nearest = max(forms, key=likeness.__getitem__, default=None)
    if nearest is not None and likeness[nearest] > 0:
        return nearest
    if told.usual or not words:
        return told.usual or None
    elsewhere = (form for other in others if other is not told for form in _forms(other))
    begun = (form for form in elsewhere if form.lower().split()[1] == words[0])
    further_on = (form for form, wanted in forms.items() if words[0] in wanted[1:])
    return next(begun, next(further_on, None))


def _forms(told: CommandHelp) -> list[str]:
    return [row.typed for row in told.lines if row.typed.startswith(f"{told.command} ")]


def _likeness(words: list[str], form: list[str]) -> float:
    """How much of a form's beginning was typed, word by word; 0 where the first words differ."""
    whole = 0.0
    for place, (word, wanted) in enumerate(zip(words, form, strict=False)):
        alike = SequenceMatcher(None, word[:REASON], wanted).ratio()
        if alike < _NEAR:
            break
        whole += alike / 2**place
    return whole


def usage_view(told: CommandHelp) -> View:
    """Every form of a command, by topic where it has many."""
    texts, blocks = [escape(told.intro)], [line(told.intro)]
    for topic, rows in _by_topic(told):
        texts += [escape(topic)] if topic else []
        texts += [escape(f"{row.typed}: {row.does}") for row in rows]
        blocks += [line(plain(topic, bold=True))] if topic else []
        blocks.append(_rows(rows))
    return View("\n".join(texts), tuple(blocks))


def _by_topic(told: CommandHelp) -> list[tuple[str, list[HelpLine]]]:
    if not told.topics:
        return [("", list(told.lines))]
    topic_of = {word: topic for topic, words in told.topics for word in words}
    rows: dict[str, list[HelpLine]] = {topic: [] for topic, _ in told.topics}
    for row in told.lines:
        rows[topic_of[row.typed.split()[1]]].append(row)
    return list(rows.items())


def all_usage_view(commands: Iterable[CommandHelp]) -> View:
    """How to use every command, and where else labelling begins."""
    more = (
        "In the menu of any message: Label this message. In the + or ⚡ of the composer: Label next sentence. "
        "`help` behind a command shows its part of this."
    )
    blocks: list[Block] = []
    texts: list[str] = []
    for told in commands:
        view = usage_view(told)
        blocks += [HeaderBlock(text=PlainTextObject(text=told.command, emoji=False)), *view.blocks]
        texts.append(view.text)
    return View("\n".join([*texts, escape(more)]), (line(more), *blocks))


def _rows(rows: Iterable[HelpLine]) -> RichTextBlock:
    parts: list[RichTextElement] = []
    for row in rows:
        parts += [plain(row.typed, code=True), plain(f"  {row.does}\n")]
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts)])
