"""How a person with perfect judgement gets from what is suggested to what is right."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.project import Offsets
from bot.editor.commands import Edge
from ner_engine.annotation import Span, find_mentions

TYPED_AWAY = 12
"""A mark on a phrase of so many characters is typed away; a longer one has its button pressed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the editor, in their order: buttons and menus first, then what has to be typed."""

    remove: tuple[Span, ...] = ()
    relabel: tuple[tuple[Span, str], ...] = ()
    move: tuple[tuple[Span, tuple[Edge, ...]], ...] = ()
    add: tuple[str, ...] = ()
    marks: tuple[Span, ...] = ()
    """Marks put into the whole sentence, where a phrase is an entity in one place and none in another."""


def plan(
    text: str,
    tokens: Sequence[Offsets],
    suggested: tuple[Span, ...],
    gold: tuple[Span, ...],
    labels: Sequence[str],
) -> Plan:
    """How a person with perfect judgement comes from what is suggested to what is right, with the hands on the keys."""
    wrong = [span for span in suggested if span not in gold]
    missing = [span for span in gold if span not in suggested]
    lines = dict.fromkeys((text[span.start : span.end], span.label) for span in missing)
    # A phrase typed once marks all its mentions: where not all of them are wanted, marks are put one by one.
    marked = {Span(*at, label) for phrase, label in lines for at in find_mentions(text, phrase)}
    if not marked <= set(gold):
        return _by_menus(tokens, suggested, gold)
    # What is typed takes the place of what it overlaps; only what overlaps nothing has to go by itself.
    gone = [span for span in wrong if not any(span.overlaps(s.start, s.end) for s in missing)]
    unmarked = dict.fromkeys(
        phrase
        for span in gone
        if len(phrase := text[span.start : span.end]) <= TYPED_AWAY
        and not {Span(*at, span.label) for at in find_mentions(text, phrase)} & set(gold)
    )
    add = [f"{phrase}={beginning(label, labels)}" for phrase, label in lines]
    add += [f"{phrase}=-" for phrase in unmarked]
    remove = [span for span in gone if text[span.start : span.end] not in unmarked]
    return Plan(remove=tuple(remove), add=tuple(add))


def beginning(label: str, labels: Sequence[str]) -> str:
    """The fewest letters by which a label is known."""
    return next(
        label[:count]
        for count in range(1, len(label) + 1)
        if count == len(label) or sum(name.startswith(label[:count]) for name in labels) == 1
    )


def _by_menus(
    tokens: Sequence[Offsets], suggested: tuple[Span, ...], gold: tuple[Span, ...]
) -> Plan:
    """The menus beside each span, and marks in the whole sentence for those that are missing."""
    wrong = [span for span in suggested if span not in gold]
    missing = [span for span in gold if span not in suggested]
    relabel = [
        (old, new.label)
        for old in wrong
        for new in missing
        if (old.start, old.end) == (new.start, new.end)
    ]
    move = [
        (old, edges)
        for old in wrong
        for new in missing
        if (edges := moves(old, new, tokens))
        and len(edges) <= 2
        and not any(s.overlaps(new.start, new.end) for s in suggested if s != old)
    ]
    ended = {*(Span(s.start, s.end, label) for s, label in relabel)}
    ended |= {new for old, edges in move for new in missing if moves(old, new, tokens) == edges}
    used = {span for span, _ in [*relabel, *move]}
    gone = [span for span in wrong if span not in used]
    still = [span for span in missing if span not in ended]
    return Plan(tuple(gone), tuple(relabel), tuple(move), marks=tuple(still))


def moves(old: Span, new: Span, tokens: Sequence[Offsets]) -> tuple[Edge, ...]:
    """The steps of a token each that bring one span to another of its label; none where they lie apart."""
    if old.label != new.label or old.start >= new.end or new.start >= old.end:
        return ()

    def between(start: int, end: int) -> int:
        return sum(start <= token < end for token, _ in tokens)

    return (
        *[Edge.GROW_LEFT] * between(new.start, old.start),
        *[Edge.GROW_RIGHT] * between(old.end, new.end),
        *[Edge.SHRINK_LEFT] * between(old.start, new.start),
        *[Edge.SHRINK_RIGHT] * between(new.end, old.end),
    )
