"""Entities whose borders cut a word, which no model can learn or find."""

from collections.abc import Callable, Iterator, Sequence

from ner_engine.annotation import AnnotatedText, Span, snap_to_tokens
from ner_engine.checks.findings import DataFinding
from ner_engine.checks.words import listed, quote, words_of

#: The number of a text, a span of it that cuts a token, and that span on token borders.
Cut = tuple[int, Span, Span]
#: How many of them are told.
TOLD = 3


def find_cuts(
    gold: Sequence[AnnotatedText], tokens_of: Callable[[str], Sequence[tuple[int, int]]]
) -> tuple[Cut, ...]:
    """Every span that cuts a token; ``tokens_of`` gives the (start, end) of a text's tokens."""
    found: list[Cut] = []
    for number, annotated in enumerate(gold):
        tokens = tokens_of(annotated.text) if annotated.spans else ()
        for span in annotated.spans:
            start, end = snap_to_tokens(span.start, span.end, tokens)
            if (start, end) != (span.start, span.end):
                found.append((number, span, Span(start, end, span.label)))
    return tuple(found)


def cut_words(gold: Sequence[AnnotatedText], cuts: Sequence[Cut]) -> Iterator[DataFinding]:
    """One finding for all of them, with the first few and the sentences of all."""
    if not cuts:
        return
    told = [
        f"{quote(words_of(gold[number].text, span))} as {span.label} in "
        f"{quote(words_of(gold[number].text, whole))}"
        for number, span, whole in cuts[:TOLD]
    ]
    more = [f"{len(cuts) - TOLD} more"] if len(cuts) > TOLD else []
    what = "1 entity begins or ends" if len(cuts) == 1 else f"{len(cuts)} entities begin or end"
    message = (
        f"{what} inside a word, so no model learns or finds {'it' if len(cuts) == 1 else 'them'}: "
        f"{listed(told + more)}. Mark whole words."
    )
    numbers = tuple(dict.fromkeys(number for number, _, _ in cuts))
    yield DataFinding(message, numbers, kind="cut_word", label=cuts[0][1].label)
