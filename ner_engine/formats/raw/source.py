"""A file as lines of text: its encoding is recognised, no line is longer than memory should hold."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ner_engine.errors import FileRefused

#: The most bytes of one line, one JSON value or one document.
MOST = 4_000_000
_SAMPLE = 1_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ARCHIVES = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
)
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich text document"),
)
#: Of every control character but tab, line ends, form feed and escape, this many in a thousand are no text.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file without its end; ``wrong`` says what is wrong with its bytes, if anything."""

    number: int
    text: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and its encoding."""

    path: Path
    encoding: str
    bom: int = 0

    @classmethod
    def open(cls, path: Path, encoding: str | None = None) -> "Source":
        """Recognise the encoding. Raises FileRefused for what is no text, OSError."""
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
        if not head:
            raise FileRefused(reason="it is empty")
        _check_magic(head)
        if encoding is not None:
            return cls(path, _known(encoding))
        for bom, name in _BOMS:
            if head.startswith(bom):
                return cls(path, name, len(bom))
        return cls(path, _without_bom(head))

    def lines(self) -> Iterator[Line]:
        """Every line; LF, CR LF and CR end one."""
        number = 0
        for raw, wrong in self._raw_lines():
            text = raw
            if "\r" not in text:
                number += 1
                yield Line(number, text, wrong)
                continue
            for part in text.removesuffix("\r").split("\r"):
                number += 1
                yield Line(number, part, wrong)

    def chunks(self, size: int = 65_536) -> Iterator[str]:
        """The text in pieces, line ends as they are. Raises FileRefused where it is not in its encoding."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        with self.path.open("rb") as file:
            file.seek(self.bom)
            while True:
                some = file.read(size)
                try:
                    text = decoder.decode(some, final=not some)
                except UnicodeDecodeError:
                    raise FileRefused(reason=f"it is not in {self.encoding}") from None
                if text:
                    yield text
                if not some:
                    return

    def whole(self) -> str:
        """The text, line ends as they are. Raises FileRefused for one that is too long."""
        if self.path.stat().st_size > MOST:
            raise FileRefused(reason=f"it is one document of more than {MOST // 10**6} MB")
        return "".join(self.chunks())

    def _raw_lines(self) -> Iterator[tuple[str, str]]:
        if self.encoding.startswith(("utf-16", "utf-32")):
            yield from self._wide_lines()
            return
        with self.path.open("rb") as file:
            file.seek(self.bom)
            while line := file.readline(MOST + 1):
                if len(line) > MOST and not line.endswith(b"\n"):
                    while line and not line.endswith(b"\n"):
                        line = file.readline(MOST)
                    yield "", f"it is longer than {MOST // 10**6} MB"
                    continue
                try:
                    yield _without_end(line.decode(self.encoding)), ""
                except UnicodeDecodeError:
                    yield "", f"it is not in {self.encoding}"

    def _wide_lines(self) -> Iterator[tuple[str, str]]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        rest, over = "", False
        with self.path.open("rb") as file:
            file.seek(self.bom)
            while some := file.read(65_536):
                *lines, rest = (rest + decoder.decode(some)).split("\n")
                for line in lines:
                    yield ("", "it is too long") if over else _judged(line)
                    over = False
                if len(rest) > MOST:
                    rest, over = "", True
        rest += decoder.decode(b"", final=True)
        if rest or over:
            yield ("", "it is too long") if over else _judged(rest)


def _without_end(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _judged(line: str) -> tuple[str, str]:
    wrong = "it has characters that are not valid in its encoding" if "\ufffd" in line else ""
    return line.removesuffix("\r"), wrong


def _check_magic(head: bytes) -> None:
    for magic, name in _ARCHIVES:
        if head.startswith(magic):
            raise FileRefused(reason=f"it is {name}; unpack it and import what is in it")
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise FileRefused(reason=f"it is {name}, not a text file")


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise FileRefused(reason=f"there is no encoding {encoding}") from None


def _without_bom(head: bytes) -> str:
    if b"\x00" in head:
        return _wide(head)
    if sum(head.count(each) for each in _CONTROLS) > len(head) // 100:
        raise FileRefused(reason="it is binary, not a text file")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=len(head) < _SAMPLE)
    except UnicodeDecodeError as error:
        # One damaged line in a file that is UTF-8 otherwise is told as that line.
        if _mostly_utf8(head, error):
            return "utf-8"
    else:
        return "utf-8"
    try:
        head.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused(
            reason="its encoding is neither UTF-8, UTF-16 nor cp1252; name it with --encoding"
        ) from None
    return "cp1252"


def _mostly_utf8(head: bytes, error: UnicodeDecodeError) -> bool:
    """Whether most of the characters beyond ASCII are UTF-8."""
    del error
    right = sum(1 for each in head.decode("utf-8", "ignore") if each > "\x7f")
    wrong = head.decode("utf-8", "replace").count("\ufffd")
    return right > wrong


def _wide(head: bytes) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half // 3 > even:
        name = "utf-16-le"
    elif even > half // 3 > odd:
        name = "utf-16-be"
    else:
        # A few zero bytes in a text: a damaged line, which is told as one.
        if even + odd <= len(head) // 100 and not _is_binary(head):
            return "utf-8"
        raise FileRefused(reason="it is binary, not a text file")
    try:
        codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        raise FileRefused(reason="it is binary, not a text file") from None
    return name


def _is_binary(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return False
