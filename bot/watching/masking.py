"""What a project masks before it stores it: the words of some labels, in rows and in texts that are kept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from bot.watching.values import NewReading, ReadSentence
from ner_engine.annotation import Span
from ner_engine.redaction import Recurrences, redact, style_of


def without_words(
    readings: Iterable[NewReading], masked: Collection[str]
) -> tuple[NewReading, ...]:
    """The entities, those of masked labels without their words."""
    return tuple(
        replace(each, text=f"[{each.label}]") if each.label in masked else each for each in readings
    )


def masked_text(
    sentences: Sequence[ReadSentence], readings: Sequence[NewReading], masked: Collection[str]
) -> str:
    """A message's text, a sentence a line, without what is masked anywhere in it."""
    by_number = {sentence.number: sentence.text for sentence in sentences}
    hidden = [each for each in readings if each.label in masked]
    known = Recurrences(
        (by_number[each.sentence][each.start : each.end], each.label) for each in hidden
    )
    lines = []
    for number, text in by_number.items():
        spans = [
            Span(each.start, each.end, each.label) for each in hidden if each.sentence == number
        ]
        lines.append(redact(text, [*spans, *known.find(text)], style_of("label")).text)
    return "\n".join(lines)
