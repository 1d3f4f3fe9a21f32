"""Phrases of a sentence that may be entities: those labelled elsewhere, then those that look it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.project import Offsets
from ner_engine.annotation import Span, find_mentions, fold

MOST_PROPOSALS = 8
_LONGEST = 4
"""Words of a proposed phrase."""
_SHORT = 3
"""Small words of so many letters stand between phrases in most languages."""
_BETWEEN = frozenset(
    (
        *("took", "takes", "taken", "year", "years", "days", "weeks", "followed", "given", "came"),
        *(
            "with",
            "from",
            "that",
            "this",
            "were",
            "have",
            "been",
            "after",
            "during",
            "than",
            "into",
            "both",
            "also",
        ),
        *(
            "which",
            "their",
            "these",
            "those",
            "they",
            "there",
            "when",
            "while",
            "about",
            "between",
            "before",
            "over",
        ),
        *(
            "under",
            "without",
            "within",
            "because",
            "however",
            "such",
            "other",
            "more",
            "most",
            "some",
            "each",
            "then",
        ),
        *(
            "patient",
            "patients",
            "study",
            "results",
            "showed",
            "shown",
            "found",
            "treated",
            "treatment",
            "group",
        ),
        *(
            "significantly",
            "significant",
            "compared",
            "associated",
            "induced",
            "increased",
            "decreased",
            "reported",
        ),
        *(
            "could",
            "would",
            "should",
            "will",
            "does",
            "being",
            "only",
            "very",
            "here",
            "what",
            "where",
            "whose",
        ),
    )
)
_JOINS = re.compile(r"[-/'’]")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A phrase that may be an entity, with the label it had elsewhere."""

    place: Offsets
    label: str | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    place: Offsets
    looks: int
    """How much it looks like a name: capitals and digits inside it, long words."""


def proposals(
    text: str,
    tokens: Sequence[Offsets],
    spans: Sequence[Span],
    remembered: Sequence[tuple[str, str]],
    *,
    offered: Sequence[Span] = (),
) -> tuple[Proposal, ...]:
    """At most eight beside the spans there are, in the order of the sentence; `remembered` are labelled phrases, the
    newest first, and `offered` phrases under their likeliest label, the likeliest first."""
    known = list(_remembered(text, tokens, spans, remembered))
    for span in offered:
        there = [*spans, *(Span(*each.place, "X") for each in known)]
        if not any(span.overlaps(other.start, other.end) for other in there):
            known.append(Proposal((span.start, span.end), span.label))
    taken = [*spans, *(Span(*each.place, "X") for each in known)]
    runs = [
        run for run in _runs(text, tokens) if not any(span.overlaps(*run.place) for span in taken)
    ]
    runs.sort(key=lambda run: -run.looks)
    new = [Proposal(run.place) for run in runs[: max(0, MOST_PROPOSALS - len(known))]]
    return tuple(sorted([*known[:MOST_PROPOSALS], *new], key=lambda each: each.place))


def _remembered(
    text: str,
    tokens: Sequence[Offsets],
    spans: Sequence[Span],
    remembered: Sequence[tuple[str, str]],
) -> Iterator[Proposal]:
    """The longest first, so that no part of one is proposed in its place."""
    folded = fold(text)
    newest: dict[str, tuple[str, str]] = {}
    for phrase, label in dict.fromkeys(remembered):
        if (key := fold(phrase)) in folded:
            newest.setdefault(key, (phrase, label))
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    taken = list(spans)
    for phrase, label in sorted(newest.values(), key=lambda pair: -len(pair[0])):
        for start, end in find_mentions(text, phrase):
            if start in starts and end in ends and not any(s.overlaps(start, end) for s in taken):
                taken.append(Span(start, end, label))
                yield Proposal((start, end), label)


def _runs(text: str, tokens: Sequence[Offsets]) -> Iterator[_Run]:
    run: list[Offsets] = []
    for place in tokens:
        word = text[slice(*place)]
        joined = bool(run) and run[-1][1] == place[0] and bool(_JOINS.match(word))
        if _is_content(word, first=place[0] == 0) or joined:
            run.append(place)
            continue
        yield from _cut(text, run)
        run = []
    yield from _cut(text, run)


def _is_content(word: str, *, first: bool) -> bool:
    if not any(map(str.isalnum, word)):
        return False
    if (word[1:] if first else word).lower() != (word[1:] if first else word):
        return True  # a capital where none has to be
    has_letter = any(map(str.isalpha, word))
    return has_letter and len(word) > _SHORT and word.lower() not in _BETWEEN


def _cut(text: str, run: list[Offsets]) -> Iterator[_Run]:
    """The last words of a run, which in most languages carry the name."""
    while run and _JOINS.fullmatch(text[slice(*run[-1])]):
        run = run[:-1]
    if not run:
        return
    words = run[-_LONGEST:]
    phrase = text[words[0][0] : words[-1][1]]
    inside = sum(c.isupper() or c.isdigit() for c in phrase[words[0][0] == 0 :])
    yield _Run((words[0][0], words[-1][1]), 3 * inside + max(map(len, phrase.split())))
