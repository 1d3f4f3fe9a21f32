"""What a project is made of: texts, labels, annotations, gold."""

from dataclasses import dataclass
from datetime import datetime

from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked for something, where, and in which request."""

    workspace: str
    channel: str
    person: str
    request: str
    """Slack's own id of the request; a second delivery of it changes nothing and gets the same answer."""
    is_direct: bool = False
    """In Home or in a direct message, which have no other people in them."""
    is_private: bool = False
    """In a channel that nobody can join without being invited."""
    is_guest: bool = False
    """From another workspace, by Slack Connect."""
    project_id: int | None = None
    """The one project that a program's token is for; None for people, who see several."""

    @property
    def room(self) -> str:
        """What has a project: the channel, or the person where they are with nerbot alone."""
        return self.person if self.is_direct else self.channel


@dataclass(frozen=True, slots=True)
class Project:
    """Labels, sentences, models and settings that belong together."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Label:
    """An entity type of a project."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class DescribedLabel:
    """A label with what helps a person to use it: what it means, phrases that carry it, how many do."""

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    spans: int | None = None
    """Labelled phrases on finished sentences; None where they were not counted."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """What was decided before about the same phrase; `label` is None where it is no entity."""

    phrase: str
    label: str | None
    sentence_id: int
    person: str
    reason: str = ""
    at: datetime | None = None


Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One canonical text with the offsets of its tokens (code points, end exclusive); never changed."""

    id: int
    text: str
    tokens: tuple[Offsets, ...] = ()
    permalink: str | None = None
    """Where the message it comes from can be read, if it comes from one."""
    document: str | None = None
    """The document it was imported as a piece of."""

    @property
    def group(self) -> str | None:
        """What it is scored together with: its document or message."""
        return self.document or self.permalink


@dataclass(frozen=True, slots=True)
class Annotation:
    """One person's spans on one sentence, finished or not."""

    sentence: Sentence
    person: str
    spans: tuple[Span, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence training uses, with the spans all its finished annotators agree on.

    One that nobody has finished has the spans of the person who labelled most in it.
    """

    sentence: Sentence
    spans: tuple[Span, ...]
    finished: bool = True


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """How far a project is: each sentence is finished, disputed or waiting.

    ``finished`` are those a training can learn from; the annotations of disputed ones are finished and differ.
    """

    sentences: int = 0
    finished: int = 0
    unfinished: int = 0
    disputed: int = 0
    spans_per_label: tuple[tuple[str, int], ...] = ()
    """Spans of each label on finished sentences, most frequent first."""

    @property
    def waiting(self) -> int:
        """Sentences that nobody has finished."""
        return self.sentences - self.finished - self.disputed
