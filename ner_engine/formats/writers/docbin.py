"""spaCy's `.spacy`, written without spaCy, and what `spacy train` needs beside it."""

import hashlib
import zlib
from array import array
from collections import Counter
from pathlib import Path

from ner_engine.annotation import Span
from ner_engine.formats.raw.msgpack import head, packed_text
from ner_engine.formats.raw.string_hash import string_hash
from ner_engine.formats.readers.docbin import ENT_IOB, ENT_TYPE, ORTH
from ner_engine.formats.writers.spacy_project import config_text, project_text, readme_text
from ner_engine.formats.writers.values import OutText, WriteOptions, count_meta, one_version

_ATTRIBUTES = (ORTH, ENT_IOB, ENT_TYPE)


class DocBinFile:
    """One file of docs. Numbers of tokens wait on the disk, since their count is told before them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = path.with_name(f"{path.name}.part")
        self._numbers = self._waiting.open("wb")
        self._spaces = bytearray()
        self._lengths = array("i")
        self._strings: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._lengths)

    def write(self, text: OutText, spans: tuple[Span, ...]) -> None:
        """The next doc. Blanks that are no single blank between words are tokens of their own."""
        pieces = _pieces(text)
        marks = _marks(pieces, spans)
        numbers = array("Q")
        for (start, end, space), (mark, label) in zip(pieces, marks, strict=True):
            word = text.text[start:end]
            self._strings[word] = None
            if label:
                self._strings[label] = None
            numbers.extend((string_hash(word), mark, string_hash(label)))
            self._spaces.append(space)
        self._lengths.append(len(pieces))
        numbers.tofile(self._numbers)

    def close(self) -> Path:
        """Write the file."""
        self._numbers.close()
        size = self._waiting.stat().st_size
        packer = zlib.compressobj()
        with self._path.open("wb") as out, self._waiting.open("rb") as numbers:
            for piece in self._before(size):
                out.write(packer.compress(piece))
            while some := numbers.read(1 << 20):
                out.write(packer.compress(some))
            for piece in self._after():
                out.write(packer.compress(piece))
            out.write(packer.flush())
        self._waiting.unlink()
        return self._path

    def abandon(self) -> None:
        """Remove what was written."""
        self._numbers.close()
        self._waiting.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _before(self, size: int) -> list[bytes]:
        attributes = head("list", len(_ATTRIBUTES)) + b"".join(
            bytes((0xCD, n >> 8, n & 255)) for n in _ATTRIBUTES
        )
        return [
            head("map", 8),
            packed_text("version"),
            packed_text("0.1"),
            packed_text("attrs"),
            attributes,
            packed_text("tokens"),
            head("bin", size),
        ]

    def _after(self) -> list[bytes]:
        count = len(self._lengths)
        lengths = self._lengths.tobytes()
        strings = sorted(self._strings)
        # No doc has categories; spaCy wants a map and flags for each.
        known = packed_text("has_unknown_spaces") + b"\xc2"
        return [
            packed_text("spaces") + head("bin", len(self._spaces)) + bytes(self._spaces),
            packed_text("lengths") + head("bin", len(lengths)) + lengths,
            packed_text("strings") + head("list", len(strings)),
            *map(packed_text, strings),
            packed_text("cats") + head("list", count) + b"\x80" * count,
            packed_text("flags") + head("list", count) + (head("map", 1) + known) * count,
        ]


class SpacyWriter:
    """A folder with `train.spacy`, `dev.spacy`, `config.cfg`, `project.yml` and a card."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.lost: Counter[str] = Counter()
        (folder / "corpus").mkdir(parents=True, exist_ok=True)
        self._folder, self._options = folder, options
        self._train = DocBinFile(folder / "corpus" / "train.spacy")
        self._dev = DocBinFile(folder / "corpus" / "dev.spacy")
        self._labels: Counter[str] = Counter()

    def write(self, text: OutText) -> None:
        """The next text: which part it goes to depends on its document, or on itself."""
        spans = one_version(text, self.lost)
        count_meta(text, self.lost)
        if spans is None:
            self.lost["sentences that nobody has finished"] += 1
            return
        part = (
            self._dev
            if _share(text.document or text.text) < self._options.dev_share
            else self._train
        )
        self._labels.update(span.label for span in spans)
        part.write(text, spans)

    def close(self) -> tuple[Path, ...]:
        """Write what belongs to it."""
        counts = len(self._train), len(self._dev)
        files = [self._train.close(), self._dev.close()]
        for name, text in (
            ("config.cfg", config_text(self._options)),
            ("project.yml", project_text(self._options)),
            ("README.md", readme_text(self._options, self._labels, *counts)),
        ):
            path = self._folder / name
            path.write_text(text, encoding="utf-8")
            files.append(path)
        return tuple(files)

    def abandon(self) -> None:
        """Remove what was written."""
        self._train.abandon()
        self._dev.abandon()


def _share(text: str) -> float:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4]) / 2**32


def _pieces(text: OutText) -> list[tuple[int, int, int]]:
    """The tokens and the blanks between them: start, end, and whether one blank follows."""
    pieces: list[tuple[int, int, int]] = []
    at = 0
    for start, end in (*text.tokens, (len(text.text), len(text.text))):
        if start > at:
            if pieces and text.text[at] == " ":
                pieces[-1] = (pieces[-1][0], pieces[-1][1], 1)
                at += 1
            if start > at:
                pieces.append((at, start, 0))
        if end > start:
            pieces.append((start, end, 0))
        at = end
    return pieces


def _marks(pieces: list[tuple[int, int, int]], spans: tuple[Span, ...]) -> list[tuple[int, str]]:
    marks = [(2, "")] * len(pieces)
    for span in spans:
        first = True
        for n, (start, end, _) in enumerate(pieces):
            if span.start <= start and end <= span.end:
                marks[n] = (3 if first else 1, span.label)
                first = False
    return marks
