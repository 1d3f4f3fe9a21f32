"""What imports and exports are told in."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from bot.domain.project import Offsets, Project
from bot.domain.shared_file import SharedFile
from ner_engine.annotation import Span
from ner_engine.formats.raw.values import Remark

#: The most remarks that are told line by line; of the others how many there are.
REMARKS = 100


class ImportState(StrEnum):
    """How far an import is."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One file's import."""

    id: int
    file: str
    form: str
    person: str
    state: ImportState
    position: int
    counts: Mapping[str, int]
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """What a person said of a sentence elsewhere."""

    person: str
    spans: tuple[Span, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class NewSentence:
    """A sentence of a file, ready to be stored."""

    text: str
    tokens: tuple[Offsets, ...]
    line: int
    annotations: tuple[NewAnnotation, ...] = ()
    document: str | None = None
    gap: str | None = None
    meta: str | None = None
    suggestions: str | None = None
    effort: str | None = None


#: What of an import is counted; kept with it.
TEXTS, NEW, DUPLICATES = "texts", "sentences", "duplicates"
ANNOTATED, FINISHED, SPANS, KEPT = "annotated", "finished", "spans", "kept"
REFUSED = "refused"


@dataclass(slots=True)
class ImportReport:
    """What was found in a file, or would be done with it."""

    file: str = ""
    form: str = ""
    encoding: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    """How many remarks there are of each kind."""
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many spans of each label there are: as it is in the file, and as it is here."""
    new_labels: tuple[str, ...] = ()
    people: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many annotations there are by each person: as the file names them, and as they are here."""
    documents: set[str] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    """The first of them, in order."""
    run: ImportRun | None = None
    resumed_at: int = 0

    def remark(self, remark: Remark) -> None:
        """Count what was found, and keep it where it is one of the first."""
        self.kinds[remark.kind] += 1
        if remark.refused:
            self.counts[REFUSED] += 1
        if len(self.remarks) < REMARKS:
            self.remarks.append(remark)

    def label(self, theirs: str, ours: str) -> None:
        """Count a span."""
        self.labels[theirs, ours] += 1

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "file": self.file,
            "format": self.form,
            "encoding": self.encoding,
            "counts": dict(self.counts),
            "labels": [
                {"file": theirs, "label": ours, "spans": n, "new": ours in self.new_labels}
                for (theirs, ours), n in self.labels.most_common()
            ],
            "people": [
                {"file": theirs, "person": ours, "annotations": n}
                for (theirs, ours), n in self.people.most_common()
            ],
            "documents": len(self.documents),
            "kinds": dict(self.kinds),
            "remarks": [
                {"line": r.line, "kind": r.kind, "words": r.words, "refused": r.refused}
                for r in self.remarks
            ],
            "import": None if self.run is None else self.run.id,
            "state": None if self.run is None else self.run.state.value,
        }


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back did."""

    run: ImportRun
    removed: int
    """Sentences that are gone."""
    taken_back: int
    """Annotations that were undone in sentences that stay."""
    kept: int
    """Sentences that stay because somebody has worked with them, or because they were there before."""


@dataclass(frozen=True, slots=True)
class ImportsShown:
    """How files are imported into a project, and what was."""

    project: str
    runs: tuple[ImportRun, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """Something goes on; whoever asked is told when it is done."""

    project: str
    form: str = ""
    which: str = ""
    run: ImportRun | None = None


class FileState(StrEnum):
    """How far the import of a file from Slack is."""

    READING = "reading"
    """It is fetched, and what is in it is found out."""
    ASKED = "asked"
    """Whoever wants it has yet to say whether and where it is to be imported."""
    IMPORTING = "importing"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


#: In these states something is to be done, after a restart too.
AT_WORK = (FileState.READING, FileState.IMPORTING, FileState.UNDOING)


@dataclass(frozen=True, slots=True)
class FileImport:
    """A file that somebody wants imported, and the files that go with it."""

    id: int
    project_id: int
    person: str
    files: tuple[SharedFile, ...]
    state: FileState
    texts: int = 0
    """How many sentences are in it, as far as that is known."""
    import_id: int | None = None
    failure: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.files[0].name


@dataclass(frozen=True, slots=True)
class FilesTaken:
    """Files that are being read; whoever asked gets a message of each."""

    names: tuple[str, ...]
    ids: tuple[int, ...]
    type: Literal["files_taken"] = "files_taken"


@dataclass(frozen=True, slots=True)
class FileShown:
    """What the message of a file's import says now."""

    wanted: FileImport
    project: str
    report: ImportReport | None = None
    projects: tuple[Project, ...] = ()
    """Those it can go to instead."""
    undone: Undone | None = None
