"""Texts and the spans people marked in them. Offsets are code points, ends are exclusive."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ner_engine.errors import (
    BlankEdge,
    EmptySpan,
    EmptyText,
    InvalidCharacter,
    InvalidLabel,
    OverlappingSpans,
    RunTooLong,
    SpanOutsideText,
    TextTooLong,
)

#: The most characters a text may have; spaCy's tokenizer needs seconds for hostile longer ones.
MAX_TEXT = 2_000
#: The most characters without a blank; a run of 8,000 ``$`` keeps spaCy's tokenizer busy for 14 s.
MAX_RUN = 200
#: The most characters of a label's name.
MAX_LABEL = 64
#: The tag of "no entity" in every tagging scheme, hence no label.
RESERVED_LABEL = "O"
_LABEL_SIGNS = "_-./"
_JOINERS = "\u200c\u200d"

_LIKENESSES = {
    **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
# What is folded letter by letter, for texts that have nothing else: ten times as fast.
_PLAIN_ASCII = str.maketrans({"`": "'"} | {chr(n): " " for n in range(128) if chr(n).isspace()})


_LABEL_LIKENESSES = {ord(sign): "_" for sign in "- "} | dict.fromkeys(map(ord, _JOINERS))


#: Thai, Lao, Burmese, Khmer, Tibetan, kana, Chinese and what is written with it.
_SOLID_SCRIPT = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text with a label: ``start`` and ``end`` in code points, ``end`` exclusive."""

    start: int
    end: int
    label: str

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a character with a stretch of the text."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """A text with its spans: sorted, inside the text, apart from each other, with no blank edges.

    ``finished`` says that these are all there are; else nothing is known of the other tokens.
    ``group`` names the document or message it is from: its sentences are scored together.
    Raises an :class:`~ner_engine.errors.AnnotationError` that says which rule is broken.
    """

    text: str
    spans: tuple[Span, ...] = ()
    finished: bool = True
    group: str | None = None

    def __post_init__(self) -> None:
        spans = tuple(sorted(self.spans))
        for span in spans:
            _check_span(self.text, span)
        for before, after in pairwise(spans):
            if after.start < before.end:
                raise OverlappingSpans(
                    start=after.start,
                    end=after.end,
                    other_start=before.start,
                    other_end=before.end,
                )
        object.__setattr__(self, "spans", spans)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model finds in a text.

    ``confidences``, one a span, are the probabilities that just this span is right, None for one of
    a base's; ``uncertainty`` is the mean of -log p over the tokens, p that of the tag taken;
    ``displaced`` is how many entities of a base ours took the place of.
    """

    spans: tuple[Span, ...] = ()
    confidences: tuple[float | None, ...] = ()
    uncertainty: float = 0.0
    displaced: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """A phrase that may be an entity, below what is found, and how probable it is that just this span is right."""

    span: Span
    probability: float


def _check_span(text: str, span: Span) -> None:
    if span.start >= span.end:
        raise EmptySpan(start=span.start, end=span.end)
    if span.start < 0 or span.end > len(text):
        raise SpanOutsideText(start=span.start, end=span.end, length=len(text))
    if text[span.start].isspace() or text[span.end - 1].isspace():
        raise BlankEdge(start=span.start, end=span.end)
    if parse_label(span.label) != span.label:
        raise InvalidLabel(label=span.label)


@lru_cache(maxsize=1_024)
def parse_label(word: str) -> str:
    """The label some words mean, as they are written, with single blanks and plain dashes.

    A label is letters, marks and digits of any script, and between them ``_``, ``-``, ``.``, ``/`` and blanks.
    Raises InvalidLabel.
    """
    if len(word) > 10 * MAX_LABEL:
        raise InvalidLabel(label=word)
    label = _plain_label(word)
    inside = all(_is_of_word(c) or c in _LABEL_SIGNS or c in _JOINERS or c == " " for c in label)
    if (
        not inside
        or not 0 < len(label) <= MAX_LABEL
        or label_key(label) == label_key(RESERVED_LABEL)
    ):
        raise InvalidLabel(label=word)
    if unicodedata.category(label[0])[0] not in "LN" or not (
        _is_of_word(label[-1]) or label[-1] == "_"
    ):
        raise InvalidLabel(label=word)
    return label


@lru_cache(maxsize=4_096)
def label_key(name: str) -> str:
    """What tells labels apart: case, width, and which of ``-``, ``_`` and a blank is written do not."""
    wide = unicodedata.normalize("NFKC", _plain_label(name))
    return unicodedata.normalize("NFKC", wide.casefold()).translate(_LABEL_LIKENESSES)


def _plain_label(word: str) -> str:
    plain = "".join(_LIKENESSES.get(character, character) for character in word)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _is_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def check_text(text: str) -> None:
    """Refuse a text the engine cannot bear: a :class:`~ner_engine.errors.TextError` says why."""
    if not text or text.isspace():
        raise EmptyText
    if len(text) > MAX_TEXT:
        raise TextTooLong(length=len(text), limit=MAX_TEXT)
    longest = longest_run(text)
    if longest > MAX_RUN:
        raise RunTooLong(length=longest, limit=MAX_RUN)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidCharacter(position=error.start) from None


def longest_run(text: str) -> int:
    """The most characters without a blank; a character of a script that is written without blanks ends a run."""
    if text.isascii():
        return max(map(len, text.split()), default=0)
    return max(map(len, _SOLID_SCRIPT.sub(" ", text).split()), default=0)


def fold(text: str) -> str:
    """The text without case, with plain quotes, dashes and blanks; exactly as long as the text."""
    if text.isascii():
        return text.translate(_PLAIN_ASCII).lower()
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    if character in _LIKENESSES:
        return _LIKENESSES[character]
    if character.isspace():
        return " "
    # Some letters fold to several ('ß' to 'ss', 'İ' to 'i' and a dot), which would shift offsets.
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character.casefold()[0]


def find_mentions(text: str, phrase: str, *, exact: bool = False) -> tuple[tuple[int, int], ...]:
    """Every mention of a phrase, as (start, end) in code points; none overlaps another.

    Case, kinds of quotes and dashes, and lengths of blanks do not matter, unless ``exact`` asks for
    the very characters. Mentions that begin or end inside a word count only if there are no others.
    """
    wanted, text = (phrase.strip(), text) if exact else (fold(phrase).strip(), fold(text))
    if not wanted:
        return ()
    bare = re.escape(wanted) if exact else " +".join(map(re.escape, wanted.split()))
    head = r"(?<!\w)" if re.match(r"\w", wanted) else ""
    tail = r"(?!\w)" if re.search(r"\w\Z", wanted) else ""
    return _matches(head + bare + tail, text) or _matches(bare, text)


def _matches(pattern: str, text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in re.finditer(pattern, text))


def snap_to_tokens(start: int, end: int, tokens: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The smallest stretch on token borders that covers start..end; the same if it is on them.

    ``tokens`` are the (start, end) of a text's tokens in order, blank ones left out, so that edge
    blanks fall away. Raises EmptySpan where no token is touched.
    """
    touched = [token for token in tokens if token[0] < end and start < token[1]]
    if not touched:
        raise EmptySpan(start=start, end=end)
    return touched[0][0], touched[-1][1]
