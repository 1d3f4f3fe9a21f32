"""Names of labels: letters and digits of any script, shown as they were first written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ner_engine.annotation import AnnotatedText, Span, label_key, parse_label

__all__ = ["LabelNames", "label_key", "parse_label", "unify_labels"]

_BLANKS = re.compile(r"\s+")


class LabelNames:
    """The labels that are known, by what tells them apart; a new one is known once it was asked for."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}
        for name in names:
            self._names.setdefault(label_key(name), name)

    def find(self, name: str) -> str | None:
        """The known label of this name, however it is written; None where there is none."""
        return self._names.get(label_key(name))

    def name(self, name: str) -> str:
        """The same, and a new one as it is written."""
        return self._names.setdefault(label_key(name), name)

    def spans(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Spans with the labels that are meant."""
        return tuple(Span(span.start, span.end, self.name(span.label)) for span in spans)

    def split(self, words: str) -> tuple[str, str] | None:
        """The longest known label that some words begin with, and the words behind it."""
        ends = [match.start() for match in _BLANKS.finditer(words.strip())]
        for end in reversed(ends):
            if found := self.find(words.strip()[:end]):
                return found, words.strip()[end:].strip()
        return None


def unify_labels(
    texts: Sequence[AnnotatedText], known: Iterable[str] = ()
) -> tuple[AnnotatedText, ...]:
    """The texts with each label in one spelling: that of the known ones, else the first of the texts."""
    names = LabelNames(known)
    for annotated in texts:
        for span in annotated.spans:
            names.name(span.label)
    return tuple(_under(names, annotated) for annotated in texts)


def _under(names: LabelNames, annotated: AnnotatedText) -> AnnotatedText:
    spans = names.spans(annotated.spans)
    return annotated if spans == annotated.spans else replace(annotated, spans=spans)
