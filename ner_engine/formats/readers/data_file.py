"""A data file as it is learned from or scored on, in any format that `nerbot import` reads, by the same readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import EngineError, InvalidLine
from ner_engine.formats.raw.labels import LabelMap
from ner_engine.formats.raw.preparation import Prepared, Preparer, texts_of
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.recognition import open_file

#: Ours: a line that is wrong in them is a mistake, and is not passed over.
_STRICT = frozenset({"jsonl", "records", "offsets"})
#: What no model can bear is left out of any file.
_LIMITS = frozenset({"run too long", "empty text", "invalid character", "zero byte"})
_UNLABELLED = "nobody has labelled it"


@dataclass(frozen=True, slots=True)
class DataFile:
    """The texts of a file with the number of each one's line, from 1.

    ``left_out`` says why lines, or parts of them, are not among them or not as they were; ``form`` is the name of
    the format that was recognised; ``unlabelled`` are the texts that nobody has labelled.
    """

    texts: tuple[AnnotatedText, ...]
    lines: tuple[int, ...]
    left_out: Mapping[int, str]
    form: str = "jsonl"
    unlabelled: tuple[str, ...] = ()


def read_data(path: str | Path, *, form: str | None = None) -> DataFile:
    """Read a file of any tool, recognised by its content or as ``form`` says.

    Texts that are too long are cut at the ends of sentences; what nobody has labelled is left out. Of several people's
    annotations the first finished one counts. Spans stay as they are: those that cut words are told by the training.
    Raises FileRefused, InvalidLine for a line of ours that is wrong, OSError.
    """
    file = open_file(Path(path), form=form)
    reading = _Reading(strict=file.form in _STRICT)
    for item in texts_of(file.items(), split=False, stem=file.path.stem):
        reading.take(item)
    return DataFile(
        tuple(reading.texts),
        tuple(reading.lines),
        reading.left_out,
        file.form,
        tuple(reading.unlabelled),
    )


class _Reading:
    """What has been read of a file so far."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._preparer = Preparer(LabelMap(), self.remark, lambda _theirs, _ours: None)
        self.texts: list[AnnotatedText] = []
        self.lines: list[int] = []
        self.left_out: dict[int, str] = {}
        self.unlabelled: list[str] = []

    def take(self, item: RawText | Remark) -> None:
        if isinstance(item, Remark):
            self.remark(item)
            return
        # Each character is a border: what cuts words is the training's to tell.
        borders = tuple((place, place + 1) for place in range(len(item.text)))
        said = _first(self._preparer.prepare(item, borders).annotations)
        if said is None:
            self.left_out.setdefault(item.line, _UNLABELLED)
            self.unlabelled.append(item.text)
            return
        try:
            text = AnnotatedText(item.text, said.spans, finished=said.finished, group=item.document)
        except EngineError as error:
            raise InvalidLine(number=item.line, reason=str(error)) from error
        self.texts.append(text)
        self.lines.append(item.line)

    def remark(self, remark: Remark) -> None:
        wrong = remark.kind != "text that was split"
        if self._strict and wrong and remark.kind not in _LIMITS:
            raise InvalidLine(number=remark.line, reason=f"{remark.words}.")
        self.left_out.setdefault(remark.line, remark.words)


def _first(said: tuple[Prepared, ...]) -> Prepared | None:
    return next((each for each in said if each.finished), said[0] if said else None)
