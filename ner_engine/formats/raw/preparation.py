"""From raw texts to what can be stored: no longer than a text may be, spans on borders of tokens and apart.

Whatever is changed or left out on the way is told as a remark.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ner_engine.annotation import MAX_TEXT, Span, check_text, snap_to_tokens
from ner_engine.errors import EmptySpan, TextError
from ner_engine.formats.raw.labels import LabelMap
from ner_engine.formats.raw.parts import LOOSE
from ner_engine.formats.raw.splitting import cut_text
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

Tokens = Sequence[tuple[int, int]]
_SHOWN = 60
#: Lines of documents that are no longer are a sentence each: longer ones are paragraphs.
SHORT_LINE = 300


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one person or model said of a text, as it can be stored."""

    spans: tuple[Span, ...]
    person: str | None
    finished: bool
    at: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text as it can be stored, with the tokens it has and what was said of it."""

    raw: RawText
    tokens: tuple[tuple[int, int], ...]
    annotations: tuple[Prepared, ...] = ()
    suggestions: tuple[Prepared, ...] = ()


def cut(raw: RawText, *, split: bool = False, stem: str = "") -> Iterator[RawText | Remark]:
    """Itself without blank edges; its sentences where it is too long or ``split`` says so."""
    text = raw.text
    if raw.whole or split or len(text) > MAX_TEXT:
        yield from _pieces(raw, split=split, stem=stem)
        return
    if text[:1].isspace() or text[-1:].isspace():
        raw = _stripped(raw)
    yield from _checked(raw)


def _pieces(raw: RawText, *, split: bool, stem: str) -> Iterator[RawText | Remark]:
    text = raw.text
    said = [s for each in (*raw.annotations, *raw.suggestions) for s in each.spans]
    kept = {(s.start, s.end) for s in said if 0 <= s.start < s.end <= len(text)}
    pieces = cut_text(text, kept, short_line=0 if split else SHORT_LINE)
    if not pieces:
        yield Remark(raw.line, "no text", "there is no text in it")
        return
    if (len(pieces) > 1 or raw.whole) and raw.document is None and not stem.startswith(LOOSE):
        raw = replace(raw, document=f"{stem or 'text'} {raw.line}")
    if len(text) > MAX_TEXT and not raw.whole:
        words = f"it has {len(text):,} characters and becomes {len(pieces)} sentences"
        yield Remark(raw.line, "text that was split", words, refused=False)
    cuts = _Cuts(text, pieces)
    outside = [s for s in said if not 0 <= s.start < s.end <= len(text)]
    lost = {place for place in kept if cuts.holding(*place) is None}
    yield from _lost(raw, outside, lost)
    unsure = cuts.touched(lost)
    annotations = [cuts.divided(each, lost) for each in raw.annotations]
    suggestions = [cuts.divided(each, lost) for each in raw.suggestions]
    end_before = 0
    for number, (start, end) in enumerate(pieces):
        gap = text[end_before:start] if end_before or raw.gap is None else raw.gap
        finished = not outside and number not in unsure
        end_before = end
        yield from _checked(
            replace(
                raw,
                text=text[start:end],
                gap=gap,
                annotations=tuple(
                    replace(each, spans=spans[number], finished=each.finished and finished)
                    for each, spans in zip(raw.annotations, annotations, strict=True)
                ),
                suggestions=tuple(
                    replace(each, spans=spans[number])
                    for each, spans in zip(raw.suggestions, suggestions, strict=True)
                ),
            )
        )


class _Cuts:
    """The pieces of a text, and which of them a span is in; a document may have thousands of both."""

    def __init__(self, text: str, pieces: Sequence[tuple[int, int]]) -> None:
        self._text, self._pieces = text, pieces
        self._starts = [start for start, _ in pieces]

    def holding(self, start: int, end: int) -> int | None:
        """The piece that a span lies in but for blanks at its edges."""
        inner = self._text[start:end]
        if stripped := inner.strip():
            start += len(inner) - len(inner.lstrip())
            end = start + len(stripped)
        number = bisect_right(self._starts, start) - 1
        return number if number >= 0 and end <= self._pieces[number][1] else None

    def divided(
        self, said: RawAnnotation, lost: Collection[tuple[int, int]]
    ) -> list[tuple[RawSpan, ...]]:
        """The spans of each piece, with places in it; those that are in none are left out."""
        found: list[list[RawSpan]] = [[] for _ in self._pieces]
        for span in said.spans:
            if not 0 <= span.start < span.end <= len(self._text) or (span.start, span.end) in lost:
                continue
            number = self.holding(span.start, span.end)
            assert number is not None, "what no piece holds is lost"
            start, end = self._pieces[number]
            # Blanks at its edges may be between two pieces.
            first, last = max(span.start, start), min(span.end, end)
            found[number].append(RawSpan(first - start, last - start, span.label))
        return [tuple(spans) for spans in found]

    def touched(self, places: Iterable[tuple[int, int]]) -> frozenset[int]:
        """The pieces that some of these places are partly in."""
        change = [0] * (len(self._pieces) + 1)
        for start, end in places:
            first = bisect_right(self._starts, start) - 1
            if first < 0 or self._pieces[first][1] <= start:
                first += 1
            last = bisect_left(self._starts, end)
            if first < last:
                change[first] += 1
                change[last] -= 1
        counts = accumulate(change)
        return frozenset(number for number, count in enumerate(counts) if count)


def _lost(
    raw: RawText, outside: Iterable[RawSpan], lost: Iterable[tuple[int, int]]
) -> Iterator[Remark]:
    for span in outside:
        words = f"the span from {span.start} to {span.end} is not in its text of {len(raw.text)} characters"
        yield Remark(raw.line, "span outside its text", words, refused=False)
    for start, end in sorted(lost):
        if raw.text[start:end].strip():
            words = f"the span from {start} to {end} is too long and is left out"
            yield Remark(raw.line, "span over several sentences", words, refused=False)


def _stripped(raw: RawText) -> RawText:
    """Itself without blanks at its edges, which its spans may have."""
    inner = raw.text.strip()
    start = raw.text.find(inner)

    def moved(each: RawAnnotation) -> RawAnnotation:
        return replace(
            each, spans=tuple(RawSpan(s.start - start, s.end - start, s.label) for s in each.spans)
        )

    return replace(
        raw,
        text=inner,
        annotations=tuple(map(moved, raw.annotations)),
        suggestions=tuple(map(moved, raw.suggestions)),
    )


def _checked(raw: RawText) -> Iterator[RawText | Remark]:
    try:
        check_text(raw.text)
    except TextError as error:
        yield Remark(raw.line, error.code.replace("_", " "), str(error))
        return
    if "\x00" in raw.text:
        yield Remark(raw.line, "zero byte", "it has a character that cannot be stored")
        return
    yield raw


class Preparer:
    """Judges what was said of texts."""

    def __init__(
        self, labels: LabelMap, remark: Callable[[Remark], None], count: Callable[[str, str], None]
    ) -> None:
        """``remark`` is told what is changed or left out, ``count`` each span's label as it was and as it is."""
        self._labels, self._remark, self._count = labels, remark, count

    def prepare(self, raw: RawText, tokens: tuple[tuple[int, int], ...]) -> PreparedText:
        """The text with its spans on borders of these tokens."""
        return PreparedText(
            raw,
            tokens,
            tuple(self._said(raw, tokens, each) for each in raw.annotations),
            tuple(self._said(raw, tokens, each) for each in raw.suggestions),
        )

    def _said(self, raw: RawText, tokens: Tokens, said: RawAnnotation) -> Prepared:
        spans: list[tuple[Span, RawSpan]] = []
        complete = True
        for span in said.spans:
            label = self._labels.ours(span.label)
            if label is None:
                if not self._labels.is_left_out(span.label):
                    complete = False
                    self._tell(
                        raw,
                        "label that cannot be used",
                        f"“{_short(span.label)}” cannot be a label",
                    )
                continue
            place = self._place(raw, tokens, span, label)
            if place is None:
                complete = False
                continue
            self._count(span.label, label)
            spans.append((Span(*place, label), span))
        kept = self._apart(raw, spans)
        return Prepared(kept, said.person, said.finished and complete, said.at, said.seconds)

    def _place(
        self, raw: RawText, tokens: Tokens, span: RawSpan, label: str
    ) -> tuple[int, int] | None:
        text, start, end = raw.text, span.start, span.end
        if not 0 <= start < end <= len(text):
            self._tell(
                raw,
                "span outside its text" if start != end else "empty span",
                f"the span from {start} to {end} is not in its text of {len(text)} characters",
            )
            return None
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        try:
            snapped = snap_to_tokens(start, end, tokens)
        except EmptySpan:
            self._tell(raw, "empty span", f"the span from {span.start} to {span.end} holds nothing")
            return None
        if snapped != (start, end):
            was, now = _short(text[start:end]), _short(text[slice(*snapped)])
            self._tell(raw, "span that cuts a token", f"{label} “{was}” becomes “{now}”")
        return snapped

    def _apart(self, raw: RawText, spans: Sequence[tuple[Span, RawSpan]]) -> tuple[Span, ...]:
        """Of spans that overlap the longest is kept, of equally long ones the first; the same one twice is one."""
        if len(spans) < 2:
            return tuple(span for span, _ in spans)
        kept: list[Span] = []
        for span, _ in sorted(spans, key=lambda pair: pair[0].start - pair[0].end):
            other = next((each for each in kept if each.overlaps(span.start, span.end)), None)
            if other is None:
                kept.append(span)
            elif other != span:
                lost, stays = (
                    _short(raw.text[span.start : span.end]),
                    _short(raw.text[other.start : other.end]),
                )
                self._tell(
                    raw,
                    "overlapping spans",
                    f"{span.label} “{lost}” overlaps {other.label} “{stays}”, which is kept",
                )
        return tuple(sorted(kept))

    def _tell(self, raw: RawText, kind: str, words: str) -> None:
        self._remark(Remark(raw.line, kind, words, refused=False))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def texts_of(
    items: Iterable[RawText | Remark], *, split: bool, stem: str
) -> Iterator[RawText | Remark]:
    """The texts of a file as they can be stored, and what is left out."""
    for item in items:
        if isinstance(item, Remark):
            yield item
        else:
            yield from cut(item, split=split, stem=stem)
