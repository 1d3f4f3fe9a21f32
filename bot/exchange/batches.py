"""A file in portions that are ready to be stored."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.project import Offsets
from bot.exchange.commands import ImportOptions
from bot.exchange.values import ImportReport, NewAnnotation, NewSentence
from ner_engine.formats.raw.labels import LabelMap
from ner_engine.formats.raw.preparation import Prepared, PreparedText, Preparer, texts_of
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.recognition import OpenFile

#: Sentences of one transaction.
PORTION = 500
#: Whose an annotation is where nobody is named.
IMPORTER = "import"
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}\Z")


@dataclass(frozen=True, slots=True)
class Portion:
    """Some texts of a file, and whether it ends with them."""

    texts: tuple[RawText, ...]
    remarks: tuple[Remark, ...]
    last: bool


class Portions:
    """Reads a file portion by portion; what was stored before is passed over."""

    def __init__(self, file: OpenFile, options: ImportOptions, *, skip: int = 0) -> None:
        self._items = texts_of(file.items(), split=options.split, stem=file.path.stem)
        self._skip = skip

    def next(self, size: int = PORTION) -> Portion:
        """The next texts, fewer than `size` at the end. Raises FileRefused, OSError."""
        texts: list[RawText] = []
        remarks: list[Remark] = []
        for item in self._items:
            if self._skip:
                self._skip -= isinstance(item, RawText)
            elif isinstance(item, Remark):
                remarks.append(item)
            else:
                texts.append(item)
                if len(texts) == size:
                    return Portion(tuple(texts), tuple(remarks), last=False)
        return Portion(tuple(texts), tuple(remarks), last=True)


class Translator:
    """Makes sentences of ours of a file's texts, and tells the report what that changes."""

    def __init__(
        self, options: ImportOptions, report: ImportReport, labels: Iterable[str] = ()
    ) -> None:
        self._options, self._report = options, report
        self._preparer = Preparer(LabelMap(options.labels, labels), report.remark, report.label)

    def translate(
        self, texts: Sequence[RawText], tokens: Sequence[tuple[Offsets, ...]]
    ) -> list[NewSentence]:
        """The sentences in their order."""
        return [
            self._sentence(self._preparer.prepare(*pair))
            for pair in zip(texts, tokens, strict=True)
        ]

    def _sentence(self, text: PreparedText) -> NewSentence:
        raw = text.raw
        if raw.document is not None:
            self._report.documents.add(raw.document)
        return NewSentence(
            raw.text,
            text.tokens,
            raw.line,
            self._annotations(text),
            raw.document,
            raw.gap,
            _json(dict(raw.meta)) if raw.meta else None,
            _json([[s.person, _spans(s)] for s in text.suggestions]) if text.suggestions else None,
            self._effort(text),
        )

    def _annotations(self, text: PreparedText) -> tuple[NewAnnotation, ...]:
        by_person: dict[str, NewAnnotation] = {}
        for said in text.annotations:
            person = self.person(said.person)
            self._report.people[said.person or "", person] += 1
            new = NewAnnotation(person, said.spans, said.finished and not self._options.unfinished)
            if by_person.setdefault(person, new) != new:
                words = (
                    f"there is a second annotation by {said.person or person}; the first is kept"
                )
                self._report.remark(
                    Remark(text.raw.line, "second annotation", words, refused=False)
                )
        return tuple(by_person.values())

    def person(self, name: str | None) -> str:
        """Who somebody of the file is here."""
        options = self._options
        if name is not None and name in options.people:
            return options.people[name]
        if name is None or options.everybody is not None:
            return options.everybody or IMPORTER
        return name if _PERSON.match(name) else as_name(name)

    def _effort(self, text: PreparedText) -> str | None:
        effort = {
            self.person(said.person): [said.at, said.seconds]
            for said in text.annotations
            if said.at is not None or said.seconds is not None
        }
        return _json(effort) if effort else None


def labels_of(sentence: NewSentence) -> Iterator[str]:
    """The labels that somebody or a model gave in a sentence."""
    for said in sentence.annotations:
        yield from (span.label for span in said.spans)
    if sentence.suggestions is not None:
        for _, spans in json.loads(sentence.suggestions):
            yield from (label for _, _, label in spans)


def as_name(name: str) -> str:
    """A name of another tool, unlike an id of Slack's."""
    return " ".join(name.split())[:80] or IMPORTER


def _spans(said: Prepared) -> list[list[Any]]:
    return [[span.start, span.end, span.label] for span in said.spans]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
