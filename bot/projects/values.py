"""What a project can be asked to do differently."""

from dataclasses import dataclass

from bot.errors import InvalidSetting

MAX_ANNOTATIONS = 10
"""Most people a project can want on one sentence."""
MAX_DAYS = 3650
"""For how many days at most the texts of watched messages are kept."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What a project can be asked to do differently. Raises InvalidSetting."""

    annotations_per_sentence: int = 1
    """How many people finish each sentence before it leaves the queue."""
    random_share: float = 0.25
    """Share of the queue drawn at random, in 0..1; the rest are what the live model is least sure of."""
    second_share: float = 0.0
    """Share of the finished sentences that a second person labels, too, in 0..1: those that most probably are wrong."""
    confidence: float = 0.8
    """From which confidence on an entity that is suggested counts as sure, in 0..1."""
    is_open: bool = True
    """For everybody of the workspace; else for those who have used nerbot in one of its channels."""
    guests: bool = False
    """Whether people of other workspaces (Slack Connect) are let in."""
    language: str = "en"
    """spaCy's code of the language its words are told apart by."""
    message_days: int = 0
    """How many days the texts of messages in watched channels are kept; 0: not at all."""
    rereads: bool = False
    """Whether a new live model reads the messages again whose texts are kept."""
    precision: float | None = None
    """The share of what goes out that is promised to be right, in 0..1; None: nothing is."""

    redacts: str = ""
    """Labels, with commas between them, that are masked in what others send before it is stored; empty: none."""

    @property
    def masked(self) -> tuple[str, ...]:
        """The labels that are masked before anything is stored."""
        return tuple(filter(None, self.redacts.split(",")))

    def __post_init__(self) -> None:
        if not 1 <= self.annotations_per_sentence <= MAX_ANNOTATIONS:
            raise InvalidSetting(
                f"A sentence can be labelled by 1 to {MAX_ANNOTATIONS} people, not by {self.annotations_per_sentence}."
            )
        if not 0 <= self.random_share <= 1:
            raise InvalidSetting("random takes per cent from 0 to 100, as in random 25.")
        if not 0 <= self.second_share <= 1:
            raise InvalidSetting("second takes per cent from 0 to 100, as in second 30.")
        if not 0 <= self.message_days <= MAX_DAYS:
            raise InvalidSetting(f"messages takes days from 0 to {MAX_DAYS}, as in messages 30.")
        if self.precision is not None and not 0 < self.precision < 1:
            raise InvalidSetting("precision takes per cent from 50 to 99.5, as in precision 95.")
        if not 0 <= self.confidence <= 1:
            raise InvalidSetting("confidence takes per cent from 0 to 100, as in confidence 80.")
