"""What a card has for one tap: phrases that may be entities, each under the label it most likely has. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.project import Offsets, Sentence
from bot.labelling.proposals import proposals
from ner_engine.annotation import Hint, Span, find_mentions, fold

MOST_OFFERED = 24
"""Phrases kept for a card; it shows the first of them that still fit."""
_REMEMBERED, _LOOKS = 0.6, 0.2
"""As if these were probabilities: of a phrase that was labelled elsewhere, and of one that looks like a name."""
_OTHER_LABEL = 0.5
POSSIBLE = 0.002
"""What a live model thinks less likely has no button: six of nine are gone so, for one tap more in a hundred with a
model of 200 sentences (benchmarks.labelling_cards). The menus still have every word."""
_CROSSING = 0.6
"""How much less a phrase counts for each better one that it overlaps: people need another one rather than its twin."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """What can be pointed at in a sentence."""

    offered: tuple[Span, ...] = ()
    """Phrases with the label each most likely has, the likeliest first; they may overlap."""
    words: tuple[Span, ...] = ()
    """Each word of the sentence with the label it most likely has."""


def pointers(
    sentence: Sentence,
    taken: Sequence[Span],
    hints: Sequence[Hint],
    remembered: Sequence[tuple[str, str]],
    labels: Sequence[str],
    *,
    learned: bool,
    least: float = 0.0,
) -> Pointers:
    """What can be pointed at beside what is `taken`, which is offered first, to be dropped by one tap.

    `hints` are the engine's; without anything `learned` they come from what labels mean, and phrases that look like
    names count beside them. What is less likely than `least` is not offered. `remembered` are labelled phrases, the
    newest first; `labels` those of the project, the most used first.
    """
    if not labels:
        return Pointers()
    known = {hint.span: hint.probability for hint in hints if hint.span.label in labels}
    scores = dict(known)
    for each in proposals(sentence.text, sentence.tokens, (), remembered):
        label = each.label if each.label in labels else None
        if label is not None:
            span = Span(*each.place, label)
            scores[span] = max(scores.get(span, 0.0), _REMEMBERED)
        elif not learned:
            _add_by_looks(scores, known, each.place, labels)
    offered = _chosen(sentence.text, taken, scores, least=least)
    there = {_as_read(sentence.text, span): span for span in reversed(taken)}
    return Pointers((*reversed(there.values()), *offered), tuple(_words(sentence, known, labels)))


def _add_by_looks(
    scores: dict[Span, float], known: dict[Span, float], place: Offsets, labels: Sequence[str]
) -> None:
    """A phrase that looks like a name, under its likeliest label and the next one."""
    ranked = sorted(labels, key=lambda label: -known.get(Span(*place, label), 0.0))
    for label, share in zip(ranked, (1.0, _OTHER_LABEL), strict=False):
        span = Span(*place, label)
        scores[span] = max(scores.get(span, 0.0), share * (_LOOKS + known.get(span, 0.0)))


def _chosen(
    text: str, taken: Sequence[Span], scores: dict[Span, float], *, least: float
) -> list[Span]:
    """One of every phrase and label that is worth `least`, the best first."""
    left, chosen = dict(scores), list[Span]()
    seen = {_as_read(text, span) for span in taken}
    while left and len(chosen) < MOST_OFFERED:
        crossed = [*taken, *chosen]

        def worth(span: Span, crossed: Sequence[Span] = crossed) -> tuple[float, int]:
            met = sum(
                span.overlaps(other.start, other.end)
                and (span.start, span.end) != (other.start, other.end)
                for other in crossed
            )
            return left[span] * _CROSSING**met, -span.start

        best = max(left, key=worth)
        if worth(best)[0] < least:
            break
        del left[best]
        if (read := _as_read(text, best)) not in seen:
            seen.add(read)
            chosen.append(best)
    return chosen


def _as_read(text: str, span: Span) -> tuple[str, str]:
    return fold(text[span.start : span.end]), span.label


def _words(sentence: Sentence, known: dict[Span, float], labels: Sequence[str]) -> Iterator[Span]:
    likeliest: dict[Offsets, str] = {}
    for span in sorted(known, key=lambda span: -known[span]):
        likeliest.setdefault((span.start, span.end), span.label)
    for place in sentence.tokens:
        if any(map(str.isalnum, sentence.text[slice(*place)])):
            yield Span(*place, likeliest.get(place, labels[0]))


def most_used(phrases: Sequence[tuple[str, str]], labels: Sequence[str]) -> tuple[str, ...]:
    """The labels of a project, those of most phrases first."""
    times = Counter(label for _, label in phrases)
    return tuple(sorted(labels, key=lambda label: -times[label]))


def mentions(sentence: Sentence, span: Span) -> tuple[Span, ...]:
    """A phrase wherever it occurs on the borders of words; the editor is for one of its places."""
    starts = {start for start, _ in sentence.tokens}
    ends = {end for _, end in sentence.tokens}
    found = find_mentions(sentence.text, sentence.text[span.start : span.end])
    places = [(start, end) for start, end in found if start in starts and end in ends]
    return tuple(Span(*place, span.label) for place in places) or (span,)


_SHORTER, _LONGER = 2, 4
"""By how many words a phrase of a card can be made shorter and longer at either end."""


def variants(
    tokens: Sequence[Offsets], span: Span, others: Sequence[Span], labels: Sequence[str]
) -> tuple[Span, ...]:
    """What a phrase can become by one choice: another label, a word more or less at one end."""
    inside = [n for n, token in enumerate(tokens) if span.overlaps(*token)]
    if not inside:
        return ()
    first, last = inside[0], inside[-1]
    moved = [
        *((first, last + n) for n in range(1, _LONGER + 1)),
        *((first - n, last) for n in range(1, _LONGER + 1)),
        *((first + n, last) for n in range(1, _SHORTER + 1)),
        *((first, last - n) for n in range(1, _SHORTER + 1)),
    ]
    places = [
        (tokens[one][0], tokens[two][1]) for one, two in moved if 0 <= one <= two < len(tokens)
    ]
    free = [
        place
        for place in places
        if not any(other != span and other.overlaps(*place) for other in others)
    ]
    relabelled = [Span(span.start, span.end, label) for label in labels if label != span.label]
    return (*relabelled, *(Span(*place, span.label) for place in free))
