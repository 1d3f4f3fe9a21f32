"""Columns: CoNLL, tables and plain lines."""

import csv
import json
from itertools import pairwise
from pathlib import Path

from ner_engine.formats.writers.lines import region, utf16_places
from ner_engine.formats.writers.values import (
    OneFile,
    OutText,
    WriteOptions,
    count_meta,
    one_version,
    tags_of,
)


class ConllWriter(OneFile):
    """A token a line with its start, its end and its tag: the first column and the last one are those of CoNLL."""

    def __init__(self, path: Path, options: WriteOptions) -> None:
        super().__init__(path)
        self._scheme = options.scheme
        self._document: str | None = None

    def write(self, text: OutText) -> None:
        """The next text; one that nobody has finished has no tags that would be true."""
        spans = one_version(text, self.lost)
        count_meta(text, self.lost, document=False)
        if spans is None:
            self.lost["sentences that nobody has finished"] += 1
            return
        if text.document != self._document:
            self._document = text.document
            name = "" if text.document is None else " ".join(text.document.split())
            self._file.write(f"# document = {name}\n\n" if name else "-DOCSTART-\t-X-\tO\tO\n\n")
        if not _is_plain(text):
            self._file.write(
                f"# text = {text.text}\n" if "\n" not in text.text and "\r" not in text.text else ""
            )
            if "\n" in text.text or "\r" in text.text:
                self.lost["line breaks in a sentence"] += 1
        if self._scheme == "none" and any(
            a.end == b.start and a.label == b.label for a, b in pairwise(spans)
        ):
            self.lost["borders of phrases that touch"] += 1
        for (start, end), tag in zip(
            text.tokens, tags_of(text.tokens, spans, self._scheme), strict=True
        ):
            self._file.write(f"{text.text[start:end]}\t{start}\t{end}\t{tag}\n")
        self._file.write("\n")


def _is_plain(text: OutText) -> bool:
    """Whether offsets say what is between the tokens: blanks."""
    at = 0
    for start, end in text.tokens:
        if text.text[at:start].strip(" "):
            return False
        at = end
    return not any("\xa0" in text.text[a:b] for a, b in text.tokens) and text.text[:1] != "#"


class TextWriter(OneFile):
    """A sentence a line."""

    def write(self, text: OutText) -> None:
        """The next text; line breaks in it become blanks."""
        if text.annotations or text.spans is not None:
            self.lost["labels"] += 1
        count_meta(text, self.lost)
        line = " ".join(text.text.splitlines())
        if line != text.text:
            self.lost["line breaks in a sentence"] += 1
        self._file.write(f"{line}\n")


class TableWriter(OneFile):
    """A row a text: its number, itself, its labelled phrases as JSON, its document, and what goes with it."""

    def __init__(self, path: Path, delimiter: str) -> None:
        super().__init__(path)
        self._rows = csv.writer(self._file, delimiter=delimiter, lineterminator="\n")
        self._rows.writerow(["id", "text", "label", "document", "meta"])

    def write(self, text: OutText) -> None:
        """The next text."""
        spans = one_version(text, self.lost)
        count_meta(text, self.lost, document=False, meta=False)
        place = utf16_places(text.text)
        regions = [region(text, s, n, place)["value"] for n, s in enumerate(spans or ())]
        said = "" if spans is None else json.dumps(regions, ensure_ascii=False)
        meta = json.dumps(dict(text.meta), ensure_ascii=False) if text.meta else ""
        self._rows.writerow([text.number, text.text, said, text.document or "", meta])
