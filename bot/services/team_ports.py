"""What the team's use cases need from the store, as protocols."""

from datetime import datetime
from typing import Any, Protocol

from bot.domain.history import Event
from bot.domain.project import Offsets, Precedent, Sentence
from bot.domain.review import Decision, Dispute, PersonStats, Version
from bot.domain.team import ChangeLabels, Role
from ner_engine.annotation import Span


class Roles(Protocol):
    """Who may do what in the workspace."""

    async def all(self) -> dict[str, Role]:
        """Everybody who has a role, longest first; all others are labellers."""

    async def give(
        self, project_id: int, person: str, to: Role, *, by: str, undoes: int | None = None
    ) -> Role:
        """Give a person a role; the one they had. The project's record has it."""


class Confirmations(Protocol):
    """Questions before something is changed everywhere, for one person and ten minutes."""

    async def put(self, project_id: int, person: str, command: ChangeLabels) -> str:
        """Keep what the person is asked about; its opaque id."""

    async def take(self, project_id: int, person: str, offer: str) -> ChangeLabels | None:
        """What the person was asked, once; None where it is another's or over."""


class Decisions(Protocol):
    """Disagreements, and what reviewers decided."""

    async def waiting(self, project_id: int) -> int:
        """Sentences whose finished annotations differ and that nobody decided on."""

    async def next(self, project_id: int, *, after: int = 0) -> Dispute | None:
        """The first of them by id, or the first after a sentence."""

    async def dispute(self, project_id: int, sentence_id: int) -> Dispute | None:
        """The ways in which a sentence was finished; None where they agree or it was decided."""

    async def of(self, project_id: int, sentence_id: int) -> Decision | None:
        """What was decided on a sentence."""

    async def decide(
        self,
        project_id: int,
        sentence: Sentence,
        spans: tuple[Span, ...],
        *,
        at_stake: tuple[Offsets, ...],
        person: str,
    ) -> Decision:
        """These spans are the sentence's gold; `at_stake` are the phrases the question was."""

    async def revoke(
        self, project_id: int, sentence_id: int, *, person: str, undoes: int
    ) -> Decision | None:
        """Take a decision back; what it was, None where there is none any more."""

    async def note(self, project_id: int, person: str, words: str) -> Decision | None:
        """Say why the person's last decision was made; None where there is none."""

    async def give_reason(
        self, project_id: int, was: Decision, words: str, *, person: str, undoes: int | None = None
    ) -> Decision:
        """Write a decision's reason down in place of the one before."""

    async def precedents(self, project_id: int, phrase: str) -> tuple[Precedent, ...]:
        """What was decided on this phrase before, newest first."""

    async def precedents_in(self, project_id: int, of: Sentence) -> tuple[Precedent, ...]:
        """What was decided last on each phrase that stands in a sentence."""


class History(Protocol):
    """The record, read."""

    async def page(
        self, project_id: int, *, limit: int, before: int | None = None, person: str | None = None
    ) -> tuple[Event, ...]:
        """Events, newest first."""

    async def get(self, project_id: int, event_id: int) -> Event | None:
        """One event."""

    async def later(self, project_id: int, entry: Event, **detail: Any) -> bool:
        """Whether a later event of the same kind that still holds is about the same things."""

    async def steps(self, project_id: int, *, limit: int) -> tuple[Event, ...]:
        """The newest steps on annotations, oldest of them first, without what they changed."""


class Statistics(Protocol):
    """How much the team has done."""

    async def finished_since(self, project_id: int, since: datetime) -> int:
        """Sentences somebody finished, or changed as finished, at that time or later."""

    async def people(
        self, project_id: int, *, today: datetime, week: datetime
    ) -> tuple[PersonStats, ...]:
        """What each person finished, who finished most first."""

    async def shared(self, project_id: int, *, limit: int) -> tuple[tuple[Version, ...], ...]:
        """The newest sentences that several people finished, with each person's spans."""
