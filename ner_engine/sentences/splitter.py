"""Where sentences end: rules of punctuation that know abbreviations, ordinals, initials and brackets.

A text needs no language for that: the lists hold several, and none has a word that ends sentences of another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ner_engine.sentences.abbreviations import (
    ALSO_WORDS,
    BEFORE_ORDINALS,
    ENDS,
    IN_NAMES,
    LEADS,
    MONTHS,
    STARTERS,
    UNITS,
)

Offsets = tuple[int, int]

#: These end a sentence wherever they are: full stops of scripts without blanks between sentences.
_FULL = "。！？｡।॥۔؟።॥።፧။៕"
_END = re.compile(rf"[{_FULL}]+|[.!?…‽]+")
_CLOSERS = "\"'”’»)]}›」』）】*_"
_OPENERS = "\"'“„«‘‚([{‹¿¡「『（【*_-–—•#"
_BEFORE_WORD = re.compile(r"[\s()\[\]{}\"“”„«»,;:/'’]")
_NOT_OF_WORD = re.compile(r"[\s.,;:!?)]")
_BRACKET = re.compile(r"[()]")
_LONGEST_BRACKET = 300
#: Laughs with what is before it.
_SMILE = re.compile(
    r"\s?(?:[:;=8]['-]?[)(DPp/|*3]+|[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?){1,5}(?=\s|$)"
)
#: The last characters before a stop that are looked at for a word.
_LOOK_BACK = 40


def split_sentences(text: str) -> tuple[Offsets, ...]:
    """The (start, end) of the sentences in code points, edge blanks left out."""
    found: list[Offsets] = []
    start = 0
    for end in _borders(text):
        if piece := _stripped(text, start, end):
            found.append(piece)
        start = end
    if piece := _stripped(text, start, len(text)):
        found.append(piece)
    return tuple(found)


def _borders(text: str) -> Iterator[int]:
    brackets = _bracketed(text)
    letters = next((character for character in text if character.isalpha()), "")
    start = 0
    for stop in _END.finditer(text):
        end = stop.end()
        while end < len(text) and text[end] in _CLOSERS:
            end += 1
        closed = end > stop.end()
        if smile := _SMILE.match(text, end):
            end = smile.end()
        place = _Place(text, start, stop, end, closed=closed, informal=letters.islower())
        opened = brackets.get(stop.start())
        # Sentences within a bracket end with it, if it is not within another sentence.
        if opened and (end <= opened[1] or text[start : opened[0]].strip()):
            continue
        if bool(smile) or place.ends_sentence():
            yield end
            start = end


@dataclass(frozen=True, slots=True)
class _Place:
    """A stop at which a sentence may end, in the text from its beginning on."""

    text: str
    start: int
    stop: re.Match[str]
    end: int
    closed: bool
    """A quote or a bracket ends with it."""
    informal: bool
    """The text begins in lower case, so that its sentences may."""

    def ends_sentence(self) -> bool:
        first = self.stop[0][0]
        if first in _FULL and first not in "؟۔":
            return True
        if self.end < len(self.text) and not self.text[self.end].isspace():
            return False
        rest = self.text[self.end : self.end + _LOOK_BACK].lstrip()
        if rest[:1] in {"", "."}:
            return False
        following = rest.lstrip(_OPENERS)
        word = following.split(None, 1)[0] if following else ""
        # p75NTR, hiPS-CMs and iPhone begin sentences.
        is_lower = word.islower() and not any(map(str.isdigit, word[1:]))
        if self.stop[0] != ".":
            # "What?" he asked; wait… what
            return not (is_lower and (self.closed or first in ".…") and not self.informal)
        next_word = _NOT_OF_WORD.split(following, maxsplit=1)[0].lower()
        return self._period_ends(next_word, is_lower=is_lower)

    def _period_ends(self, next_word: str, *, is_lower: bool) -> bool:
        ahead = self.text[max(self.start, self.stop.start() - _LOOK_BACK) : self.stop.start()]
        word = _BEFORE_WORD.split(ahead)[-1].lstrip(_OPENERS)
        bare, begins = word.lower(), next_word in STARTERS and not is_lower
        if self.closed and not is_lower:
            return bare not in LEADS
        if bare in LEADS:
            shouted = word.isupper() and len(word) > 1 and "." not in word
            return begins and (shouted or bare in ALSO_WORDS)
        if bare.isdigit():
            return not self._is_ordinal(bare, next_word, is_lower=is_lower)
        if bare in IN_NAMES or ("." in bare and bare not in ENDS):
            return begins
        if len(bare) == 1 and bare.isalpha():
            # An initial or a species (E. coli) goes on; degrees may end a sentence.
            return (begins and len(next_word) > 1) or self._is_unit(
                bare, next_word, is_lower=is_lower
            )
        return (self.informal and len(bare) > 2) if is_lower else True

    def _is_unit(self, letter: str, next_word: str, *, is_lower: bool) -> bool:
        ahead = self.text[max(self.start, self.stop.start() - 4) : self.stop.start() - 1].rstrip()
        return letter in UNITS and ahead[-1:].isdigit() and next_word.isalpha() and not is_lower

    def _is_ordinal(self, number: str, next_word: str, *, is_lower: bool) -> bool:
        if next_word[:1].isdigit():
            return len(number) < 4  # 0. 48, as some publishers write it
        if is_lower or next_word in MONTHS:
            return len(number) < 4
        begun = self.stop.start() - len(number)
        ahead = self.text[max(self.start, begun - _LOOK_BACK) : begun].split()
        if not ahead:
            return True  # the number of a list
        before = ahead[-1].lower()
        return len(number) < 3 and before in BEFORE_ORDINALS and next_word not in STARTERS


def _bracketed(text: str) -> dict[int, Offsets]:
    """The places within brackets that are closed again soon, each with where the outermost begins and ends."""
    inside: dict[int, Offsets] = {}
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "(":
            opened.append(match.start())
        elif opened:
            begun = opened.pop()
            if match.start() - begun < _LONGEST_BRACKET:
                inside.update(dict.fromkeys(range(begun, match.start()), (begun, match.start())))
    return inside


def _stripped(text: str, start: int, end: int) -> Offsets | None:
    piece = text[start:end]
    inner = piece.strip()
    if not inner:
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(inner)
