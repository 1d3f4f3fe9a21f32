"""What people can cause and what they are told: each message says what happened and what to do next."""

from collections.abc import Sequence


class NerbotError(Exception):
    """Something went wrong in a way nerbot knows about."""


class PersonError(NerbotError):
    """A request that cannot be done as asked; its text is shown to the person as it stands."""


class NotUnderstood(PersonError):
    """The words of a command have no meaning for it; usage is shown beside the reason."""


class TextRefused(PersonError):
    """A text that cannot be stored or tagged as it is."""


class NotFound(PersonError):
    """What a button or an id points at is not (or no longer) in this workspace."""


class NothingToDo(PersonError):
    """There is nothing the request could act on, such as a sentence in hand."""


class NotAllowed(PersonError):
    """Something this person may not do here; `who` are the people who can."""

    def __init__(self, words: str, who: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.who = tuple(who)


class Busy(PersonError):
    """Too much is asked at the moment, by this person or by all; `seconds` is when to try again."""

    def __init__(
        self, seconds: int, reason: str = "nerbot is busy with questions that were asked before."
    ) -> None:
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(f"{reason} Please try again in {seconds} {unit}.")
        self.seconds = seconds


class LimitReached(PersonError):
    """A workspace has or does as much as it may; the text says what, and what to do."""


class CannotPromise(PersonError):
    """That so little slips through a redaction cannot be promised; the text says why."""


class TrainingRefused(PersonError):
    """A training that cannot begin; the text says what is missing."""


class InvalidSchedule(PersonError):
    """A time in words or cron that cannot be read."""


class InvalidSetting(PersonError):
    """A value a project's setting cannot have."""


class SettingsError(NerbotError):
    """A missing or malformed setting; one line that names it."""


class BackupRefused(NerbotError):
    """A backup that cannot be made or restored as asked; the text says why."""


class JobLost(NerbotError):
    """Whatever ran a job is gone: the training is told as interrupted, and tried again."""


class StoreUnavailable(NerbotError):
    """The database did not take a write or answer a read; nothing was saved."""


class DiskFull(StoreUnavailable):
    """There is no room for what was to be saved."""

    def __init__(self) -> None:
        super().__init__(
            "the disk of the machine nerbot runs on is full. Ask whoever runs nerbot to free some space: 32 MB are "
            "needed. Undo and deleting still work: nerbot keeps a reserve for them"
        )


class EngineUnavailable(NerbotError):
    """The engine could not answer: a model is damaged or the training process could not start."""


class CannotMask(EngineUnavailable):
    """What a project masks before it stores a text cannot be found now, so nothing is stored."""


class ModelUnusable(EngineUnavailable):
    """A version that cannot be asked here and now; another one may answer meanwhile."""


class ModelAbsent(ModelUnusable):
    """A version whose files are not here, or cannot be read now: they may come back."""


class ModelUnsound(ModelUnusable):
    """A version whose files are not what was saved: it is never asked again."""


class ObjectsUnavailable(NerbotError):
    """The object store did not do what was asked of it; the text says which one, and why."""


class ObjectAbsent(NerbotError):
    """There is no such object in the store."""
