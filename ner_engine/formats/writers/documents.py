"""Formats that hold a document: BRAT standoff and WebAnno TSV. Sentences of one document are put together again."""

import re
from collections import Counter
from pathlib import Path

from ner_engine.annotation import Span
from ner_engine.formats.raw.parts import LOOSE
from ner_engine.formats.writers.values import OutText, count_meta, one_version

#: Sentences without a document in one file.
_LOOSE_SENTENCES = 500
_WEBANNO = (
    "#FORMAT=WebAnno TSV 3.3\n"
    "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\n"
)
_SAFE = re.compile(r"[^\w.-]+")


class _DocumentWriter:
    """Gathers the sentences of a document, which come one after the other, and writes a file of it."""

    suffix = ""

    def __init__(self, folder: Path) -> None:
        self.lost: Counter[str] = Counter()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._texts: list[tuple[OutText, tuple[Span, ...]]] = []
        self._names: Counter[str] = Counter()
        self._files: list[Path] = []

    def write(self, text: OutText) -> None:
        """The next text; one that nobody has finished cannot be told from one without entities."""
        spans = one_version(text, self.lost)
        count_meta(text, self.lost, document=False, gap=False)
        if spans is None:
            self.lost["that nobody has finished a sentence"] += 1
        is_full = text.document is None and len(self._texts) == _LOOSE_SENTENCES
        if self._texts and (is_full or text.document != self._texts[-1][0].document):
            self._flush()
        self._texts.append((text, spans or ()))

    def close(self) -> tuple[Path, ...]:
        """Write the last document."""
        self._flush()
        return tuple(self._files)

    def abandon(self) -> None:
        """Remove what was written."""
        for path in self._files:
            path.unlink(missing_ok=True)

    def _flush(self) -> None:
        if not self._texts:
            return
        first = self._texts[0][0]
        name = (
            _SAFE.sub("_", first.document or f"{LOOSE}{first.number:07}").strip("._")[:100]
            or "document"
        )
        self._names[name.casefold()] += 1
        if self._names[name.casefold()] > 1:
            name = f"{name}-{self._names[name.casefold()]}"
        self._write_document(name)
        self._texts.clear()

    def _write_document(self, name: str) -> None:
        raise NotImplementedError

    def _file(self, name: str, text: str) -> None:
        path = self._folder / name
        path.write_text(text, encoding="utf-8", newline="")
        self._files.append(path)

    def _gaps(self) -> list[str]:
        """What is in front of each sentence."""
        return [
            text.gap if text.gap is not None else "\n" if n else ""
            for n, (text, _) in enumerate(self._texts)
        ]


class BratWriter(_DocumentWriter):
    """A text and a file of its spans."""

    def _write_document(self, name: str) -> None:
        pieces: list[str] = []
        lines: list[str] = []
        at = 0
        for gap, (text, spans) in zip(self._gaps(), self._texts, strict=True):
            at += len(gap)
            for span in spans:
                words = text.text[span.start : span.end]
                said = words.replace("\n", " ").replace("\r", " ")
                lines.append(
                    f"T{len(lines) + 1}\t{span.label} {at + span.start} {at + span.end}\t{said}\n"
                )
            pieces += [gap, text.text]
            at += len(text.text)
        self._file(f"{name}.txt", "".join(pieces) + "\n")
        self._file(f"{name}.ann", "".join(lines))


class WebannoWriter(_DocumentWriter):
    """WebAnno TSV 3.3 with one layer, that of named entities."""

    def _write_document(self, name: str) -> None:
        pieces, at, numbers = [_WEBANNO], 0, 0
        for n, (gap, (text, spans)) in enumerate(
            zip(self._gaps(), self._texts, strict=True), start=1
        ):
            at += _units(gap)
            shown = (
                text.text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
            )
            pieces.append(f"\n#Text={shown}\n")
            for t, (start, end) in enumerate(text.tokens, start=1):
                number = next(
                    (k for k, s in enumerate(spans) if s.start <= start and end <= s.end), None
                )
                label = "_"
                if number is not None:
                    label = f"{_escaped(spans[number].label)}[{numbers + number + 1}]"
                mark = "_" if number is None else f"*[{numbers + number + 1}]"
                place = f"{at + _units(text.text[:start])}-{at + _units(text.text[:end])}"
                pieces.append(f"{n}-{t}\t{place}\t{text.text[start:end]}\t{mark}\t{label}\t\n")
            numbers += len(spans)
            at += _units(text.text)
        self._file(f"{name}.tsv", "".join(pieces))


def _escaped(label: str) -> str:
    return re.sub(r"([\\\[\]|_;>*])", r"\\\1", label)


def _units(text: str) -> int:
    """Its length in UTF-16."""
    return len(text) + sum(character > "\uffff" for character in text)
