"""In which order trainings that wait get a place: no workspace's queue keeps another workspace waiting."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A training that waits, by what it is known and in whose workspace; what was asked for later has a higher id."""

    id: int
    workspace: str


def fair_order(
    waiting: Iterable[Waiting], *, running: Mapping[str, int], ended: Mapping[str, datetime]
) -> list[int]:
    """The ids in the order in which they get places while none ends.

    `running`: how many train in each workspace. `ended`: when the last one of a workspace ended, of those that ended
    since the oldest of the waiting was asked for: where there is one place alone, nobody has a training that runs when
    it is free.

    Each place goes to the workspace that trains least, of several to the one whose last training ended longest ago,
    and there to what was asked for first.
    """
    queues: dict[str, list[int]] = {}
    for each in sorted(waiting, key=lambda each: each.id, reverse=True):
        queues.setdefault(each.workspace, []).append(each.id)
    train, order = Counter(running), list[int]()

    def key(workspace: str) -> tuple[int, datetime, int]:
        return train[workspace], ended.get(workspace, _NEVER), queues[workspace][-1]

    while queues:
        workspace = min(queues, key=key)
        order.append(queues[workspace].pop())
        train[workspace] += 1
        if not queues[workspace]:
            del queues[workspace]
    return order


def contend(waiting: Sequence[Waiting]) -> frozenset[str]:
    """The workspaces that wait for each other; none where one waits alone."""
    found = frozenset(each.workspace for each in waiting)
    return found if len(found) > 1 else frozenset()
