"""What is asked of imports and exports."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ner_engine.formats.raw.shape import Hints


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be read."""

    form: str | None = None
    encoding: str | None = None
    split: bool = False
    """Every text is cut at the ends of its sentences, not only those that are too long."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What labels of the file become; one that becomes nothing is left out."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Who the people of the file are here."""
    everybody: str | None = None
    """Who it was where the file or `people` do not say."""
    unfinished: bool = False
    """Nothing of it counts as finished."""
    hints: Hints = field(default_factory=Hints)

    def key(self) -> str:
        """The options as one text: an import goes on only where it was asked for in the same way."""
        values = asdict(self)
        values["hints"]["label_names"] = sorted(values["hints"]["label_names"].items())
        return json.dumps(values, sort_keys=True, default=list)


@dataclass(frozen=True, slots=True)
class ShowImports:
    """How files are imported, and the newest imports."""


@dataclass(frozen=True, slots=True)
class UndoImport:
    """Take an import back."""

    number: int


@dataclass(frozen=True, slots=True)
class ExportNow:
    """Send a file with the project to whoever asks."""

    form: str = "jsonl"
    which: str = "gold"


@dataclass(frozen=True, slots=True)
class ChooseProject:
    """Import a file into another project than that in which it was asked for."""

    number: int
    project_id: int


@dataclass(frozen=True, slots=True)
class ImportFile:
    """Import a file whose content was shown."""

    number: int


@dataclass(frozen=True, slots=True)
class CancelFile:
    """Do not import a file whose content was shown."""

    number: int


@dataclass(frozen=True, slots=True)
class UndoFile:
    """Take a file's import back, also while it is under way."""

    number: int


FileCommand = ChooseProject | ImportFile | CancelFile | UndoFile
