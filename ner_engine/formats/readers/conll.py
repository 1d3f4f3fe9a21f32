"""Columns of tokens and tags, a token a line and a blank line between sentences, in the many shapes there are."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.raw.source import Source
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.tags import Sentence, to_text

_TAG = re.compile(r"(O|[BILUESMW][-_].+|[BILUESMW])\Z", re.DOTALL)
_DOCUMENT = re.compile(r"-DOCSTART-|#\s*(?:newdoc|document)\b", re.IGNORECASE)
_NAMED = re.compile(r"#\s*(?:newdoc\s+id|document|doc_id|newdoc)\s*[=:]?\s*(.*)", re.IGNORECASE)
_TEXT = re.compile(r"#\s*text\s*=\s?(.*)", re.IGNORECASE | re.DOTALL)
_COUNTER = re.compile(r"\d{1,9}(?:[-.]\d{1,9})?\Z")
"""A token's number: 3; in WebAnno's older files 1-3; in CoNLL-U also 3-4 for what two words share and 3.1 for one that
is left out in the text."""
_SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a line are what."""

    word: int
    tags: tuple[int, ...]
    offsets: tuple[int, int] | None
    count: int
    tabs: bool
    counted: bool = False
    """The first column numbers the tokens."""
    ranges: bool = False
    """A row whose number is no whole number is not a token of its own."""


def columns_of(lines: Sequence[str]) -> Columns | None:
    """What the columns of these lines are; None where they are none."""
    kept = [line for line in lines if line.strip() and not _is_comment(line)]
    # Where all look like remarks, tokens begin with that sign.
    kept = kept or [line for line in lines if line.strip() and not _is_said_anywhere(line)]
    if not kept:
        return None
    tabs = sum("\t" in line for line in kept) > 0.6 * len(kept)
    rows = [_cells(line, tabs=tabs) for line in kept]
    count, often = Counter(map(len, rows)).most_common(1)[0]
    if count < 2 or count > 12 or often < 0.6 * len(rows):
        return None
    rows = [row for row in rows if len(row) == count]
    counted = all(_COUNTER.match(row[0]) for row in rows)
    whole = [row for row in rows if row[0].isdecimal()] if counted else []
    rows = whole or rows
    shares = [sum(bool(_TAG.match(row[n])) for row in rows) / len(rows) for n in range(count)]
    integers = [all(row[n].lstrip("-").isdecimal() for row in rows) for n in range(count)]
    offsets = next(
        (
            (n, n + 1)
            for n in range(count - 1)
            if integers[n]
            and integers[n + 1]
            and all(int(row[n]) <= int(row[n + 1]) for row in rows)
        ),
        None,
    )
    counted = counted and (offsets is None or offsets[0] != 0)
    free = [n for n in range(count) if not integers[n] and not (counted and n == 0)]
    if not free:
        return None
    found = _roles(rows, shares, free, offsets, counted=counted)
    if found is None:
        return None
    word, tags, offsets = found
    return Columns(word, tags, offsets, count, tabs, counted, ranges=counted and bool(whole))


def _roles(
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    free: Sequence[int],
    offsets: tuple[int, int] | None,
    *,
    counted: bool,
) -> tuple[int, tuple[int, ...], tuple[int, int] | None] | None:
    """The columns of the word, of the tags and of the offsets; None where there are none."""
    if len(free) == 1:
        return None
    word = free[0]
    if len(free) == 2 and shares[free[0]] > 0.99 > shares[free[1]]:
        word = free[1]
        tags: tuple[int, ...] = (free[0],)
    else:
        # Behind a counter come outer and nested tags; elsewhere the last column of tags is the one.
        tagged = [n for n in free[1:] if shares[n] > 0.99]
        tags = tuple(tagged) if counted and len(tagged) > 1 else tuple(tagged[-1:]) or (free[-1],)
    if offsets is not None and not _fits(rows, word, offsets):
        offsets = None
    if shares[tags[-1]] < 0.99 and not _is_plain_tags(rows, tags[-1]):
        return None
    return word, tags, offsets


def _fits(rows: Sequence[Sequence[str]], word: int, offsets: tuple[int, int]) -> bool:
    return all(int(row[offsets[1]]) - int(row[offsets[0]]) == len(row[word]) for row in rows[:50])


def _is_plain_tags(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Labels without prefixes: few different ones, the one for nothing among them.

    A column of nothing but `_`, as treebanks have, says that nobody has looked for entities.
    """
    values = Counter(row[column] for row in rows)
    outside = values["O"] + values["0"] + values["_"]
    return len(values) <= 60 and outside > 0.05 * len(rows) and values["_"] < len(rows)


def _cells(line: str, *, tabs: bool) -> list[str]:
    return (
        line.split("\t") if tabs else line.split(" ") if "  " not in line.strip() else line.split()
    )


def _is_comment(line: str) -> bool:
    return line.startswith(("# ", "#\t", "-DOCSTART-", "#newdoc", "#text", "#document"))


def read_conll(source: Source, hints: Hints) -> Iterator[RawText | Remark]:
    """Read sentences of tokens."""
    columns = columns_of([line.text for line in islice(source.lines(), _SAMPLE)])
    if columns is None:
        yield Remark(1, "no columns", "it has no columns of tokens and tags")
        return
    sentence, documents = Sentence(), 0
    for line in source.lines():
        text = line.text.strip("\ufeff\n")
        if line.wrong:
            yield Remark(line.number, "unreadable line", line.wrong)
            continue
        said = _is_said(text, columns)
        if text.strip() and not said:
            yield from _token(text, line.number, columns, sentence)
            continue
        if sentence.words:
            yield from to_text(sentence, hints)
        if sentence.words or not said:
            sentence = Sentence(document=sentence.document)
        if said:
            documents += _read_said(text, sentence, f"{source.path.stem} {documents + 1}")
    if sentence.words:
        yield from to_text(sentence, hints)


def _is_said_anywhere(text: str) -> bool:
    return text.startswith("-DOCSTART-") or bool(_TEXT.match(text) or _DOCUMENT.match(text))


def _is_said(text: str, columns: Columns) -> bool:
    """Whether a line is a remark on what follows, and not a token that looks like one."""
    if not _is_comment(text):
        return False
    if _is_said_anywhere(text):
        return True
    cells = _cells(text, tabs=columns.tabs)
    return len(cells) != columns.count or (columns.counted and cells[0] == "#")


def _read_said(text: str, sentence: Sentence, next_document: str) -> bool:
    """Note a document or the sentence's own text; whether a document begins."""
    if _DOCUMENT.match(text):
        named = _NAMED.match(text)
        name = named[1].strip() if named else ""
        # Where nothing is named, what follows is another document than what was before.
        sentence.document = name or next_document
        return True
    if said := _TEXT.match(text):
        sentence.text = said[1]
    return False


def _token(text: str, number: int, columns: Columns, sentence: Sentence) -> Iterator[Remark]:
    cells = _cells(text, tabs=columns.tabs)
    if len(cells) != columns.count:
        cells = text.split()
    if len(cells) != columns.count or not cells[columns.word].strip():
        words = f"it has {len(cells)} columns where the others have {columns.count}"
        yield Remark(number, "wrong number of columns", words)
        return
    if columns.ranges and not cells[0].isdecimal():
        return
    place = None
    if columns.offsets is not None:
        first, last = (cells[n] for n in columns.offsets)
        if first.isdecimal() and last.isdecimal():
            place = int(first), int(last)
    sentence.add(number, cells[columns.word], *(cells[n] for n in columns.tags), offsets=place)
