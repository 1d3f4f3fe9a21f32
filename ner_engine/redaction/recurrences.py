"""The other places of phrases that were found once: a name that slipped through where a model did not know it."""

import re
from collections.abc import Iterable, Iterator

from ner_engine.annotation import Span, fold

_WORD = re.compile(r"\w+")
#: Letters and digits a phrase needs to be looked for: a lone letter is in many words' places.
_FEWEST = 2


class Recurrences:
    """Finds phrases again wherever they are whole words, whatever their case, quotes, dashes and blanks."""

    def __init__(self, phrases: Iterable[tuple[str, str]] = ()) -> None:
        self._by_first: dict[str, dict[str, str]] = {}
        for phrase, label in phrases:
            self.add(phrase, label)

    def add(self, phrase: str, label: str) -> None:
        """Know a phrase; the label it had first stays."""
        folded = " ".join(fold(phrase).split())
        first = _WORD.search(folded)
        if first is None or sum(map(str.isalnum, folded)) < _FEWEST:
            return
        # What is before the first word of a phrase, such as a bracket, is not looked for.
        self._by_first.setdefault(first[0], {}).setdefault(folded[first.start() :], label)

    def find(self, text: str) -> list[Span]:
        """Every place of every phrase; they may overlap."""
        folded = fold(text)
        return list(self._found(folded)) if self._by_first else []

    def _found(self, folded: str) -> Iterator[Span]:
        for word in _WORD.finditer(folded):
            for phrase, label in self._by_first.get(word[0], {}).items():
                end = _end_of(folded, word.start(), phrase)
                if end is not None:
                    yield Span(word.start(), end, label)


def _end_of(folded: str, at: int, phrase: str) -> int | None:
    """Where a phrase that begins here ends; None where another text is here, or it ends within a word."""
    for number, part in enumerate(phrase.split(" ")):
        if number:
            blank = at
            while at < len(folded) and folded[at] == " ":
                at += 1
            if at == blank:
                return None
        if not folded.startswith(part, at):
            return None
        at += len(part)
    inside = at < len(folded) and _is_of_word(folded[at]) and _is_of_word(folded[at - 1])
    return None if inside else at


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"
