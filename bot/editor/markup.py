"""A whole sentence in inline markup, `[chest pain](SYMPTOM)` or `{chest pain=SYMPTOM}`, and back to spans."""

import re
from collections.abc import Iterator, Sequence

from bot.errors import NotUnderstood
from bot.slack.text_normalization import unquoted
from ner_engine.annotation import Span, fold, parse_label
from ner_engine.errors import EngineError

_CLOSED = re.compile(r"\]\(([^\[\](){}=]{1,80})\)|=([^\[\](){}=]{1,80})\}")
_STATES = 20_000
_VARIATION = "\ufe0f"


def to_markup(text: str, spans: Sequence[Span], *, form: str = "[{phrase}]({label})") -> str:
    """The text with each span as `[phrase](LABEL)`."""
    pieces, end = [], 0
    for span in sorted(spans):
        phrase = text[span.start : span.end]
        pieces += [text[end : span.start], form.format(phrase=phrase, label=span.label)]
        end = span.end
    return "".join([*pieces, text[end:]])


def editable_markup(text: str, spans: Sequence[Span]) -> str | None:
    """The text in the first of both forms that is read as these spans again.

    None where the brackets of the sentence itself leave both open to another reading: `a [b](c)` with a label on `b`
    is written like one with a label on `[b`.
    """
    for form in ("[{phrase}]({label})", "{{{phrase}={label}}}"):
        markup = to_markup(text, spans, form=form)
        try:
            if read_markup(markup, text) == tuple(sorted(spans)):
                return markup
        except NotUnderstood:
            continue
    return None


def labels_in(typed: str) -> list[str]:
    """The labels of the marks, as they are typed."""
    return [closed[1] or closed[2] for closed in _CLOSED.finditer(typed)]


def read_markup(typed: str, text: str) -> tuple[Span, ...]:
    """The spans marked in a known text; raises NotUnderstood where the words differ from it.

    The typed words are laid beside those of the text, so that brackets which stand in the sentence itself are told from
    markup. Case, kinds of quotes and dashes do not matter.
    """
    reader = _Reader(typed, text)
    spans = reader.read()
    if spans is None:
        raise NotUnderstood(
            f"From “{text[reader.furthest : reader.furthest + 20]}” on this is not the sentence, or a bracket is left "
            "over. Only add or take out marks such as [chest pain](SYMPTOM); the words have to stay."
        )
    return spans


def _label(written: str | None) -> str | None:
    try:
        return parse_label(unquoted(written.strip())) if written else None
    except EngineError:
        return None


class _Reader:
    """Looks for the one way in which the typed text is the sentence with marks in it."""

    def __init__(self, typed: str, text: str) -> None:
        self._typed, self._text = fold(typed), fold(text)
        self._original = typed
        self.furthest = 0

    def read(self) -> tuple[Span, ...] | None:
        """Depth first with a stack of its own: each state is a place in both texts and the marks so far."""
        seen: set[tuple[int, int]] = set()
        states: list[tuple[int, int, tuple[Span, ...]]] = [(0, 0, ())]
        while states and len(seen) < _STATES:
            i, j, spans = states.pop()
            if (i, j) in seen:
                continue
            seen.add((i, j))
            self.furthest = max(self.furthest, j)
            if i == len(self._typed) and j == len(self._text):
                return spans
            states += self._literal(i, j, spans)
            states += self._marked(i, j, spans)
        return None

    def _literal(
        self, i: int, j: int, spans: tuple[Span, ...]
    ) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
        typed, text = self._typed[i : i + 1], self._text[j : j + 1]
        if typed == _VARIATION:  # clients add and drop it as they like
            yield i + 1, j, spans
        if text == _VARIATION:
            yield i, j + 1, spans
        if typed and typed == text:
            yield i + 1, j + 1, spans

    def _marked(
        self, i: int, j: int, spans: tuple[Span, ...]
    ) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
        opened = self._typed[i : i + 1]
        if opened not in {"[", "{"}:
            return
        for closed in _CLOSED.finditer(self._original, i + 1):
            label = _label(closed[1] if opened == "[" else closed[2])
            phrase = self._typed[i + 1 : closed.start()]
            if not label:
                continue
            if len(phrase) > len(self._text) - j:
                return
            bare = phrase.strip()
            start = j + len(phrase) - len(phrase.lstrip())
            if bare and self._text.startswith(phrase, j):
                mark = Span(start, start + len(bare), label)
                yield closed.end(), j + len(phrase), (*spans, mark)
