"""Labels that a project does not have yet: what is asked before one is made. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from bot.domain.project import Annotation
from bot.labelling.values.bulk import EverywhereIntent
from bot.labelling.values.cards import LEAVE, Choice, Question, QuestionKind
from bot.labelling.values.intents import (
    Form,
    LabelIntent,
    MarkedSentence,
    MarkedSentences,
    Reading,
    UnlabelIntent,
)
from bot.labelling.values.messages import MessageIntent, Piece
from ner_engine.annotation import find_mentions, label_key
from ner_engine.label_names import LabelNames

_TAKES_OFF = frozenset({"remove", "delete", "unlabel", "unmark", "clear", "no", "not"})
_NO_LABELS = _TAKES_OFF | {
    *(
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
    ),
    *("is", "are", "was", "were", "has", "have", "had", "and", "or", "of", "in", "on", "at", "to"),
    *("for", "with", "add", "label", "mark", "tag", "find", "show", "please"),
}
"""Words that people begin a sentence or an order with; none is proposed as a label."""
SENTENCE_WORDS = 4
"""A line of so many words may be a sentence."""


def ask_label(intent: LabelIntent | EverywhereIntent, labels: Sequence[str]) -> Question | None:
    """Ask where a new label differs from an existing one by one letter."""
    near = None if intent.label_confirmed else near_label(intent.label, labels)
    if near is None:
        return None
    return Question(
        QuestionKind.LABEL,
        intent,
        (
            Choice(f"Use {near}", replace(intent, label=near, label_confirmed=True)),
            Choice(f"Create {intent.label}", replace(intent, label_confirmed=True)),
            LEAVE,
        ),
    )


def ask_marked_labels(
    marked: MarkedSentence | MarkedSentences, labels: Sequence[str]
) -> Question | None:
    """Ask, for whole sentences at once, about new labels one letter away from an existing one or in small letters."""
    sentences = marked.marked if isinstance(marked, MarkedSentences) else (marked,)
    used = {span.label for each in sentences for span in each.spans}
    small = {label for each in sentences for label in each.not_in_capitals}
    near = {label: other for label in used if (other := near_label(label, labels))}
    new = sorted(near.keys() | (small - set(labels)))
    if marked.labels_confirmed or not new:
        return None
    create = Choice("Create " + ", ".join(new), replace(marked, labels_confirmed=True))
    if not near:
        return Question(QuestionKind.NEW_LABEL, marked, (create, LEAVE))
    words = "Use " + ", ".join(sorted(set(near.values())))
    return Question(
        QuestionKind.LABEL, marked, (Choice(words, _mended(marked, near)), create, LEAVE)
    )


def _mended(
    marked: MarkedSentence | MarkedSentences, names: Mapping[str, str]
) -> MarkedSentence | MarkedSentences:
    """With other names for some labels; what is new besides is still asked about."""
    if isinstance(marked, MarkedSentences):
        each = tuple(_renamed(sentence, names) for sentence in marked.marked)
        sure = not any(sentence.not_in_capitals for sentence in each)
        return replace(marked, marked=each, labels_confirmed=sure)
    renamed = _renamed(marked, names)
    return replace(renamed, labels_confirmed=not renamed.not_in_capitals)


def _renamed(marked: MarkedSentence, names: Mapping[str, str]) -> MarkedSentence:
    spans = tuple(replace(span, label=names.get(span.label, span.label)) for span in marked.spans)
    small = tuple(name for name in marked.not_in_capitals if name not in names)
    return replace(marked, spans=spans, not_in_capitals=small)


def near_label(label: str, labels: Sequence[str]) -> str | None:
    """The existing label that a new one differs from by one letter (optimal string alignment distance 1), if any."""
    key, keys = label_key(label), {other: label_key(other) for other in labels}
    if key in keys.values() or len(key) < 4:
        return None
    return next(
        (other for other, its in keys.items() if OSA.distance(key, its, score_cutoff=1) == 1), None
    )


def under_known_names(marked: MarkedSentence, labels: LabelNames) -> MarkedSentence:
    """The sentence with each label as the project writes it, and a new one as it is first written."""
    known = {
        span.label: found for span in marked.spans if (found := labels.find(span.label)) is not None
    }
    return replace(_renamed(marked, known), spans=labels.spans(marked.spans))


def ask_which_label(
    words: str,
    readings: Sequence[Reading],
    labels: Sequence[str],
    *,
    here: Annotation | None,
    is_elsewhere: bool = False,
    everywhere: bool = False,
    as_sentence: Piece | None = None,
) -> Question | None:
    """Ask which label a phrase is meant to have, where no word of the line is one; None where there is no such phrase.

    `is_elsewhere`: the words are in other sentences of the project.
    """
    text = here.sentence.text if here else ""
    reading = _new_in(readings, text) if not find_mentions(text, words) else None
    phrase = reading.phrase if reading else words
    if not find_mentions(text, phrase) and not is_elsewhere:
        if as_sentence is None:
            return None
        intent = LabelIntent("", words)
        return Question(QuestionKind.NEW_LABEL, intent, (*_sentence(as_sentence), LEAVE))
    across = everywhere or not find_mentions(text, phrase)
    choices = [
        *_taking_off(reading, here),
        *(Choice(name, _labelled(name, phrase, across=across), listed=True) for name in labels),
        *_creating(reading, phrase, across=across),
        *_sentence(as_sentence),
        LEAVE,
    ]
    intent = LabelIntent(reading.label if reading else "", phrase)
    if across:
        return Question(QuestionKind.NEW_LABEL, intent, tuple(choices))
    assert here is not None
    return Question(QuestionKind.NEW_LABEL, intent, tuple(choices), here.sentence, here.spans)


def _new_in(readings: Sequence[Reading], text: str) -> Reading | None:
    """The reading whose phrase is in the sentence, so that the rest may have been meant as a label."""
    order = (Form.EXPLICIT, Form.SAID, Form.BEFORE, Form.BEHIND)
    there = [each for each in readings if find_mentions(text, each.phrase)]
    there.sort(key=lambda each: (not each.in_capitals, order.index(each.form), each.words))
    return there[0] if there else None


def _labelled(label: str, phrase: str, *, across: bool) -> LabelIntent | EverywhereIntent:
    if across:
        return EverywhereIntent(label, phrase, label_confirmed=True)
    return LabelIntent(label, phrase, label_confirmed=True)


def _taking_off(reading: Reading | None, here: Annotation | None) -> Iterator[Choice]:
    """`remove fever` takes a label off where “fever” has one."""
    if reading is None or here is None or reading.label.lower() not in _TAKES_OFF:
        return
    places = find_mentions(here.sentence.text, reading.phrase)
    if any(span.overlaps(*place) for span in here.spans for place in places):
        intent = UnlabelIntent(reading.phrase, here.sentence.id)
        yield Choice(f"Take the label off “{reading.phrase}”", intent)


def _creating(reading: Reading | None, phrase: str, *, across: bool) -> Iterator[Choice]:
    if reading is None or reading.label.lower() in _NO_LABELS:
        return
    yield Choice(f"Create {reading.label}", _labelled(reading.label, phrase, across=across))


def _sentence(piece: Piece | None) -> Iterator[Choice]:
    if piece is not None:
        yield Choice("It is a sentence: label it next", MessageIntent((piece,)))
