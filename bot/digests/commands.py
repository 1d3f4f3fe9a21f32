"""What a team hears of itself once a day, in a channel that asked for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.project import ProjectCounts
from bot.domain.runs import Model, Run


@dataclass(frozen=True, slots=True)
class SetDigest:
    """`/train digest every day at 09:00`: a cron line in a named time zone, with the words it was asked in."""

    cron: str
    timezone: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ChooseDigestZone:
    """The menu below a digest: the person's own time zone."""

    zone: str


@dataclass(frozen=True, slots=True)
class DigestOff:
    """`/train digest off` in its channel, and the button of a digest."""

    digest_id: int | None = None


@dataclass(frozen=True, slots=True)
class DigestState:
    """`/train digest`."""


@dataclass(frozen=True, slots=True)
class ShowReminders:
    """`/nerbot reminders`."""


@dataclass(frozen=True, slots=True)
class SetReminders:
    """`/nerbot reminders on`, `/nerbot reminders off`, and [No more of these]."""

    on: bool


@dataclass(frozen=True, slots=True)
class Reminders:
    """Whether a reviewer is told by direct message what waits for them; `changed` by this very request."""

    on: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ForReviewers:
    """What waits for a reviewer in the project of their direct messages."""

    disputed: int
    flagged: int
    project: str | None = None
    """The project's name, where the workspace has several."""


@dataclass(frozen=True, slots=True)
class Digest:
    """When a channel hears of the project it uses; what was told last ends at `since`."""

    id: int
    channel: str
    person: str
    cron: str
    timezone: str
    words: str
    since: datetime
    next_due: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """How far a digest has told, by the order in which things happened: clocks are set, numbers only go up."""

    event: int
    """The last event."""
    run: int
    """The last end of a training, in the order of its workspace."""


@dataclass(frozen=True, slots=True)
class DigestSet:
    """The digest of this channel; None where there is none."""

    digest: Digest | None
    assumed: bool = False
    """The time zone is the bot's own, because nobody said which is the person's."""
    type: Literal["digest_set"] = "digest_set"


@dataclass(frozen=True, slots=True)
class DigestRemoved:
    """This channel has no digest any more; `was` is what was switched off, if anything."""

    was: Digest | None = None
    type: Literal["digest_removed"] = "digest_removed"


@dataclass(frozen=True, slots=True)
class News:
    """What happened in a project since the last digest."""

    finished: tuple[tuple[str, int], ...]
    """Who finished how many sentences, most first."""
    trainings: tuple[Run, ...]
    """Those that ended, oldest first."""
    live: Model | None
    before: Run | None
    """The training whose model was live when the last digest was told."""
    counts: ProjectCounts
    project: str | None = None
    """The project's name, where the workspace has several."""
    flagged: int = 0
    """Sentences that wait for a reviewer because somebody flagged them."""
    newly_flagged: int = 0
    """Those that were flagged since."""
    has_picture: bool = False
    """There are scores of several models to be compared in a picture."""

    @property
    def is_worth_telling(self) -> bool:
        """Whether anything happened at all."""
        return bool(self.finished or self.trainings or self.newly_flagged)
