"""Every format that can be written, and what each of them cannot carry."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ner_engine.formats.writers.columns import ConllWriter, TableWriter, TextWriter
from ner_engine.formats.writers.docbin import SpacyWriter
from ner_engine.formats.writers.documents import BratWriter, WebannoWriter
from ner_engine.formats.writers.lines import (
    JsonWriter,
    doccano_values,
    hf_values,
    jsonl_values,
    label_studio_min_values,
    label_studio_values,
    offsets_values,
    prodigy_values,
    records_values,
)
from ner_engine.formats.writers.spacy_project import readme_text
from ner_engine.formats.writers.values import OutText, WriteOptions, Writer, tag_names


@dataclass(frozen=True, slots=True)
class OutFormat:
    """A format that can be written: to a file whose name ends in ``suffix``, or to a folder where it has none."""

    name: str
    suffix: str
    open: Callable[[Path, WriteOptions], Writer]
    cannot: str
    """What it cannot carry, in words."""


class HfWriter(JsonWriter):
    """Rows of `datasets` in a folder, with the names of the tags and a card."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "train.jsonl", hf_values(options))
        self._folder, self._options = folder, options
        self._labels: Counter[str] = Counter()
        self._count = 0

    def write(self, text: OutText) -> None:
        """The next text."""
        super().write(text)
        self._count += text.spans is not None
        self._labels.update(span.label for span in text.spans or ())

    def close(self) -> tuple[Path, ...]:
        """Write the names of the tags, too."""
        card, info = self._folder / "README.md", self._folder / "dataset_info.json"
        card.write_text(readme_text(self._options, self._labels, self._count, 0), encoding="utf-8")
        names = tag_names(self._labels, self._options.scheme)
        features = {
            "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
            "ner_tags": {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"},
        }
        info.write_text(
            json.dumps({"features": features}, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        return (*super().close(), info, card)


def _lines(
    values: Callable[..., object], *, array: bool = False
) -> Callable[[Path, WriteOptions], Writer]:
    return lambda path, _: JsonWriter(path, values, array=array)  # type: ignore[arg-type]


_ONE = "several annotators, unfinished sentences, suggestions, flags, reasons, "
WRITTEN: dict[str, OutFormat] = {
    each.name: each
    for each in (
        OutFormat("jsonl", ".jsonl", _lines(jsonl_values), "nothing of a sentence is left out"),
        OutFormat(
            "text",
            ".txt",
            lambda path, _: TextWriter(path),
            "labels and all else but the sentence; line breaks in it",
        ),
        OutFormat(
            "csv",
            ".csv",
            lambda path, _: TableWriter(path, ","),
            _ONE + "what is between the sentences of a document",
        ),
        OutFormat(
            "tsv",
            ".tsv",
            lambda path, _: TableWriter(path, "\t"),
            _ONE + "what is between the sentences of a document",
        ),
        OutFormat(
            "records",
            ".jsonl",
            _lines(records_values),
            _ONE + "which of several mentions of a phrase is labelled",
        ),
        OutFormat("offsets", ".jsonl", _lines(offsets_values), _ONE + "documents, meta"),
        OutFormat(
            "prodigy",
            ".jsonl",
            _lines(prodigy_values),
            "unfinished sentences, suggestions, flags, reasons",
        ),
        OutFormat(
            "doccano",
            ".jsonl",
            _lines(doccano_values),
            _ONE + "whether a sentence without labels was looked at",
        ),
        OutFormat(
            "label-studio",
            ".json",
            _lines(label_studio_values, array=True),
            "unfinished sentences, flags, reasons",
        ),
        OutFormat(
            "label-studio-min",
            ".json",
            _lines(label_studio_min_values, array=True),
            "sentences nobody has finished, suggestions, flags, reasons",
        ),
        OutFormat("conll", ".conll", ConllWriter, _ONE + "meta, line breaks in a sentence"),
        OutFormat(
            "brat",
            "",
            lambda path, _: BratWriter(path),
            _ONE + "meta, whether a sentence without labels was looked at",
        ),
        OutFormat(
            "webanno",
            "",
            lambda path, _: WebannoWriter(path),
            _ONE + "meta, whether a sentence without labels was looked at",
        ),
        OutFormat("hf", "", HfWriter, _ONE + "what is between the sentences of a document"),
        OutFormat("spacy", "", SpacyWriter, _ONE + "documents, meta"),
    )
}
