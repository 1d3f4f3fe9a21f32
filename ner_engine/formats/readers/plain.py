"""Plain text: a sentence a line, or one document."""

from collections.abc import Iterator

from ner_engine.formats.raw.source import Source
from ner_engine.formats.raw.values import RawText, Remark


def read_plain(source: Source) -> Iterator[RawText | Remark]:
    """Each line that is not blank is a text."""
    for line in source.lines():
        if line.wrong:
            yield Remark(line.number, "unreadable line", line.wrong)
        elif line.text.strip():
            yield RawText(line.text, line.number)
