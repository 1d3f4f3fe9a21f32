"""Which words of a line are the label and which are the phrase, by the project's labels and the sentence. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.labelling.commands import LabelPhrase, LabelWords
from bot.labelling.values.intents import Form, Reading
from bot.slack.text_normalization import unquoted
from ner_engine.annotation import find_mentions, parse_label
from ner_engine.errors import EngineError
from ner_engine.label_names import LabelNames

MOST_LABEL_WORDS = 4
"""Words of a line that are tried as its label."""
# Bounded and anchored, so that no line takes longer than in proportion to its length.
_SIGN = re.compile(r"\s{0,9}(?:=>|->|→|⇒|=|:\s)\s{0,9}|\s{1,9}:\s{0,9}|(?<=[^\W\d]):(?=[^\W\d])")
_BRACKETED = re.compile(r"\A\[?+([^\[\]()]++)\]?+\s{0,9}+(?:\(([^()\[\]]++)\)|\[([^()\[\]]++)\])")
_SAID = re.compile(
    r"\A(.+)\s(?:is|are|as)\s{1,9}+(?:an?\s{1,9}+|the\s{1,9}+)?(\S.*)", re.IGNORECASE
)
_QUOTES = (("“", "”"), ("«", "»"), ('"', '"'), ("„", "“"), ("‘", "’"), ("'", "'"))


def readings_of(words: str) -> tuple[Reading, ...]:
    """Every way in which a line names a label and a phrase, the most explicit first."""
    found = (*_explicit(words), *_beside(words))
    return tuple(dict.fromkeys(reading for reading in found if reading is not None))


def _explicit(words: str) -> Iterator[Reading | None]:
    if bracketed := _BRACKETED.fullmatch(words):
        yield _reading(bracketed[2] or bracketed[3], bracketed[1].strip(), Form.EXPLICIT)
    signs = list(_SIGN.finditer(words))
    for sign in dict.fromkeys((*signs[:1], *signs[-1:])):
        left, right = words[: sign.start()], words[sign.end() :]
        yield _reading(left, right, Form.EXPLICIT)
        yield _reading(right, left, Form.EXPLICIT)
    if said := _SAID.fullmatch(words):
        yield _reading(said[2].rstrip("."), said[1], Form.SAID)


def _beside(words: str) -> Iterator[Reading | None]:
    """The label before the phrase, or behind it."""
    for left, right in _QUOTES:
        if len(words) > 2 and words.startswith(left) and right in words[1:]:
            phrase, _, label = words[1:].partition(right)
            yield _reading(label, phrase, Form.EXPLICIT)
    split = words.split(" ")
    for count in range(1, min(MOST_LABEL_WORDS, len(split) - 1) + 1):
        yield _reading(" ".join(split[:count]), " ".join(split[count:]), Form.BEFORE)
        yield _reading(" ".join(split[-count:]), " ".join(split[:-count]), Form.BEHIND)


def _reading(label: str, phrase: str, form: Form) -> Reading | None:
    label, phrase = unquoted(label.strip()), unquoted(phrase.strip())
    name = label_name(label)
    if name is None or not phrase:
        return None
    return Reading(name, phrase, form, in_capitals(label), words=len(label.split()))


def label_name(words: str) -> str | None:
    """The label these words are, if they can be one."""
    try:
        return parse_label(words)
    except EngineError:
        return None


def in_capitals(label: str) -> bool:
    """Whether a label is typed in capitals, of which one alone says nothing: a sentence may begin with “A”."""
    return label.isupper() and sum(map(str.isalpha, label)) > 1


def known_label(label: str, labels: Sequence[str]) -> str | None:
    """The project's label that is meant by a name, however it is written."""
    return LabelNames(labels).find(label)


def plainly_meant(
    command: LabelWords, labels: Sequence[str], text: str | None
) -> LabelPhrase | None:
    """The label and the phrase that are plainly meant, in the text if there is one; None where it has to be asked."""
    reading = chosen_reading(command.readings, command.words, labels, text)
    if reading is None:
        return None
    return LabelPhrase(
        reading.label, reading.phrase, command.sentence, command.cleaned, command.everywhere
    )


def chosen_reading(
    readings: Sequence[Reading], words: str, labels: Sequence[str], text: str | None
) -> Reading | None:
    """The reading that is plainly meant, with the label as the project writes it; None where it has to be asked.

    A label counts as meant where the project has it or it is typed in capitals; what stands in the sentence decides
    between several.
    """
    best: tuple[tuple[bool, ...], int, Reading] | None = None
    for reading in readings:
        known = known_label(reading.label, labels)
        is_there = text is not None and bool(find_mentions(text, reading.phrase))
        if known is None and not _is_plainly_new(reading):
            continue
        order = (
            text is not None and not is_there,
            not (known and reading.in_capitals),
            known is None and not reading.in_capitals,
            reading.form is not Form.EXPLICIT,
            not reading.in_capitals,
            known is None,
            reading.form is not Form.BEFORE,
        )
        ranked = (order, -reading.words, replace(reading, label=known or reading.label))
        if best is None or ranked[:2] < best[:2]:
            best = ranked
    if best is None:
        return None
    reading = best[2]
    if text is not None and reading.label not in labels and _is_elsewhere(reading, readings, text):
        return None
    is_phrase = text is not None and bool(find_mentions(text, words))
    sure = reading.form is Form.EXPLICIT or (reading.in_capitals and reading.label in labels)
    return None if is_phrase and not sure else reading


def _is_elsewhere(chosen: Reading, readings: Sequence[Reading], text: str) -> bool:
    """Whether only another reading, with a label of several words in capitals, has its phrase in the sentence."""
    if find_mentions(text, chosen.phrase):
        return False
    return any(each.in_capitals and find_mentions(text, each.phrase) for each in readings)


def _is_plainly_new(reading: Reading) -> bool:
    """A label nobody has used yet counts as meant where it is one word in capitals."""
    return reading.in_capitals and reading.words == 1
