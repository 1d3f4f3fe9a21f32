"""What trainings, and what is told of them, need from the store, as protocols."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.digest import Digest, SetDigest
from bot.domain.evaluation import Evaluation
from bot.domain.train_commands import Auto, Schedule, SetSchedule
from bot.domain.training import NewRun, Progress, Run, RunState


class Runs(Protocol):
    """Trainings as rows with a lease."""

    async def claim(self, new: NewRun, *, owner: str, lease: timedelta) -> Run | None:
        """Queue a run; None where the project has an active one, the slot is taken, or the retry was made."""

    async def get(self, run_id: int) -> Run | None:
        """The run of this workspace."""

    async def active(self, project_id: int) -> Run | None:
        """The project's queued or running run."""

    async def last(self, project_id: int) -> Run | None:
        """The newest run."""

    async def that_made(self, project_id: int, version: int) -> Run | None:
        """The run a model came of."""

    async def of_request(self, request: str) -> Run | None:
        """The run this request began."""

    async def of_data(self, project_id: int, fingerprint: str) -> Run | None:
        """The newest run that learned from exactly this and succeeded."""

    async def page(
        self, project_id: int, *, size: int, up_to: int | None = None
    ) -> tuple[Run, ...]:
        """The newest runs, or those with the highest numbers up to this one; newest first."""

    async def begin(self, run_id: int, *, sentences: int, fingerprint: str | None = None) -> Run:
        """Note that an active run learns now, and from what; raises NotFound where it is over."""

    async def keep_log(self, run_id: int, log: str) -> None:
        """Keep the end of the process's log, whatever became of the run."""

    async def follow(self, run_id: int, *, channel: str, message: str) -> Run:
        """Note the message that follows this run."""

    async def beat(
        self, run_id: int, *, owner: str, lease: timedelta, progress: Progress | None
    ) -> bool:
        """Prolong the lease and keep the progress; False where the run is no longer this owner's active one."""

    async def end(
        self,
        run_id: int,
        state: RunState,
        *,
        evaluation: Evaluation | None = None,
        failure: str | None = None,
        version: int | None = None,
        went_live: bool = False,
    ) -> Run | None:
        """Move an active run to a final state; None where it had ended already."""


class Schedules(Protocol):
    """At most one schedule a project."""

    async def of(self, project_id: int) -> Schedule | None:
        """The schedule that is on."""

    async def put(
        self,
        project_id: int,
        wanted: SetSchedule,
        *,
        timezone: str,
        person: str,
        channel: str,
        next_due: datetime,
    ) -> Schedule:
        """Switch a schedule on in place of the one before."""

    async def off(self, project_id: int) -> Schedule | None:
        """Switch it off; what was on."""

    async def advance(self, schedule_id: int, *, due: datetime, next_due: datetime) -> bool:
        """Move `next_due` on from `due`; False where somebody else has moved it."""


class Autos(Protocol):
    """At most one number of sentences a project, after which it trains."""

    async def of(self, project_id: int) -> Auto | None:
        """The one that is on."""

    async def put(self, project_id: int, *, every: int, person: str, channel: str) -> Auto:
        """Switch it on in place of the one before; what is finished by now does not count."""

    async def off(self, project_id: int) -> Auto | None:
        """Switch it off; what was on."""

    async def rebase(self, project_id: int) -> None:
        """Count anew from what is finished by now: a training learns from it."""

    async def spend(self, auto_id: int, *, base: int) -> bool:
        """Count anew if it still counts from `base`; False where somebody else has begun a training since."""


class Digests(Protocol):
    """At most one digest a channel, and what there is to tell in it."""

    async def of(self, channel: str) -> Digest | None:
        """The channel's digest."""

    async def put(
        self,
        project_id: int,
        wanted: SetDigest,
        *,
        timezone: str,
        person: str,
        channel: str,
        since: datetime,
        next_due: datetime,
    ) -> Digest:
        """Switch a digest on in place of the channel's one before."""

    async def off(self, digest_id: int) -> Digest | None:
        """Switch it off; what was on."""

    async def advance(self, told: Digest, *, since: datetime, next_due: datetime) -> bool:
        """Move on from a digest that is due; False where somebody else has."""

    async def finished(self, project_id: int, *, since: datetime) -> tuple[tuple[str, int], ...]:
        """Who has finished how many sentences since then, without what was taken back."""

    async def trainings(self, project_id: int, *, since: datetime) -> tuple[Run, ...]:
        """The runs that ended since then, without those that were tried again."""


class Caretaker(Protocol):
    """What has to be looked at over all workspaces, by nerbot itself: ids and times, no texts."""

    async def schedules(self) -> tuple[tuple[str, Schedule], ...]:
        """Every schedule that is on, with its workspace."""

    async def interrupt_stale(self) -> tuple[tuple[str, Run], ...]:
        """Move running ones whose lease ran out to interrupted; those moved now, with their workspaces."""

    async def take_over(self, *, owner: str, lease: timedelta) -> tuple[tuple[str, Run], ...]:
        """Make queued runs whose process is gone this owner's; those taken now."""

    async def leave(self, run_id: int, *, owner: str) -> None:
        """Let go of a queued run, so that the next process takes it over at once."""

    async def take_turn(
        self, run_id: int, *, owner: str, lease: timedelta, limit: int
    ) -> Run | None:
        """Let a queued run begin if fewer than `limit` train or wait before it on this machine, else note how many
        have to end first; None where it is no longer this owner's to begin."""

    async def active_ids(self) -> frozenset[int]:
        """The runs that are queued or running."""

    async def digests(self) -> tuple[tuple[str, Digest], ...]:
        """Every digest that is on, with its workspace."""

    async def autos_due(self) -> tuple[tuple[str, Auto], ...]:
        """Projects in which enough sentences were newly finished, or fewer are finished than were counted."""

    async def corrected(self) -> tuple[tuple[str, int], ...]:
        """Projects whose live model was not asked yet about corrections that were there when it went live, with their
        workspaces."""

    async def retriable(self, *, attempts: int) -> tuple[tuple[str, Run], ...]:
        """Interrupted runs with fewer than `attempts` attempts that no later run of their project follows."""

    async def to_rank(self) -> tuple[tuple[str, int], ...]:
        """Projects whose order is another model's than the live one or does not know enough of their sentences, and
        that nobody ranks now, with their workspaces."""
