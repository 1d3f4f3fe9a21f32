"""Which training gets the next place: random workspaces that ask, train and end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_order import Waiting, fair_order

BEGIN = datetime(2031, 5, 4, tzinfo=UTC)
WORKSPACES = ("A", "B", "C")


class Machine:
    """Places, and what has happened there; each event a second after the one before."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.now = BEGIN
        self.asked: list[tuple[Waiting, datetime]] = []
        self.running: list[tuple[Waiting, datetime]] = []
        self.ended: list[tuple[str, datetime]] = []
        self.granted: list[tuple[str, datetime, frozenset[str]]] = []
        """Of whom, when, and who had waited since before with nothing running."""
        self._idle_since: dict[str, datetime] = {}

    def count(self, workspace: str) -> int:
        return sum(each.workspace == workspace for each, _ in self.running)

    def ask(self, workspace: str) -> None:
        if workspace not in {each.workspace for each, _ in self.asked}:
            self._idle_since[workspace] = self.now
        number = len(self.asked) + len(self.running) + len(self.ended)
        self.asked.append((Waiting(number, workspace), self.now))
        self.fill()

    def end(self, which: int) -> None:
        if self.running:
            gone, _ = self.running.pop(which % len(self.running))
            self.ended.append((gone.workspace, self.now))
            if self.count(gone.workspace) == 0:
                self._idle_since[gone.workspace] = self.now
            self.fill()

    def fill(self) -> None:
        while self.asked and len(self.running) < self.places:
            since = min(asked for _, asked in self.asked)
            ended = {who: when for who, when in self.ended if when >= since}
            counts = {who: self.count(who) for who in WORKSPACES}
            waiting = [each for each, _ in self.asked]
            order = fair_order(waiting, running=counts, ended=ended)
            assert sorted(order) == sorted(each.id for each in waiting)
            chosen = next(each for each in self.asked if each[0].id == order[0])
            self._check(chosen[0], counts)
            self.asked.remove(chosen)
            self.running.append((chosen[0], self.now))
            self.now += timedelta(seconds=1)
        self.now += timedelta(seconds=1)

    def _check(self, chosen: Waiting, counts: dict[str, int]) -> None:
        mine = [each.id for each, _ in self.asked if each.workspace == chosen.workspace]
        assert chosen.id == min(mine), "a workspace's own are in the order they were asked for"
        there = {each.workspace for each, _ in self.asked}
        assert counts[chosen.workspace] == min(counts[who] for who in there)
        before = [when for who, when, _ in self.granted if who == chosen.workspace]
        for other in there - {chosen.workspace}:
            if before and counts[other] == 0 == counts[chosen.workspace]:
                waited = max(
                    self._idle_since[other],
                    min(asked for each, asked in self.asked if each.workspace == other),
                )
                assert waited > before[-1], f"{chosen.workspace} goes twice while {other} waits"
        self.granted.append((chosen.workspace, self.now, frozenset(there)))


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from(range(len(WORKSPACES)))),
        st.tuples(st.just("end"), st.integers(0, 3)),
    ),
    max_size=60,
)


@given(places=st.integers(1, 3), steps=_STEPS)
def test_no_workspace_goes_twice_while_another_waits_that_trains_nothing(
    places: int, steps: list[tuple[str, int]]
) -> None:
    """Nor is a place ever left empty; and each place goes to whoever trains least of those that wait."""
    machine = Machine(places)
    for what, number in steps:
        if what == "ask":
            machine.ask(WORKSPACES[number])
        else:
            machine.end(number)
        assert not machine.asked or len(machine.running) == places


def test_whoever_asks_once_waits_for_one_training_of_whoever_asked_for_ten() -> None:
    """With one place, too, where nothing runs at the moment at which it is free."""
    machine = Machine(1)
    for _ in range(10):
        machine.ask("A")
    machine.ask("B")
    for _ in range(3):
        machine.end(0)
    assert [who for who, _, _ in machine.granted] == ["A", "B", "A", "A"]


def test_what_was_trained_before_anybody_waited_counts_for_nothing() -> None:
    machine = Machine(1)
    for _ in range(3):
        machine.ask("A")
        machine.end(0)
    machine.ask("C")
    machine.ask("A")
    machine.ask("B")
    machine.end(0)
    assert [who for who, _, _ in machine.granted][-1] == "A"


def test_the_order_says_how_many_have_to_end_first() -> None:
    """One that runs counts as two that wait do: the second of a workspace comes after the first of each other one."""
    waiting = [Waiting(1, "A"), Waiting(2, "A"), Waiting(3, "B"), Waiting(4, "C")]
    assert fair_order(waiting, running={"A": 1}, ended={}) == [3, 4, 1, 2]
