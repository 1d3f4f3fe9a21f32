"""Leases are judged by what a process saw of them, and by its own monotonic clock."""

from dataclasses import dataclass

from bot.jobs.lease_watch import LeaseWatch


@dataclass
class Monotonic:
    """A monotonic clock that is moved."""

    now: float = 1e6

    def __call__(self) -> float:
        return self.now


def test_a_lease_is_over_when_its_sign_has_not_changed_for_as_long_as_one_lasts() -> None:
    watch = LeaseWatch[str, int](lease=20, monotonic=(time := Monotonic()))
    for _ in range(4):
        assert watch.look({"run": 1}) == {}
        time.now += 5
    assert watch.look({"run": 1}) == {"run": 1}


def test_a_sign_that_changes_keeps_a_lease_whether_it_grows_or_not() -> None:
    watch = LeaseWatch[str, int](lease=20, monotonic=(time := Monotonic()))
    for sign in (5, 4, 100_000, 3, 3, 3):
        assert watch.look({"run": sign}) == {}
        time.now += 5


def test_time_in_which_nobody_looked_does_not_end_a_lease() -> None:
    """The process was stopped, and with it perhaps those it watches."""
    watch = LeaseWatch[str, int](lease=20, monotonic=(time := Monotonic()))
    watch.look({"run": 1})
    time.now += 3600
    assert watch.look({"run": 1}) == {}
    time.now += 5
    assert watch.look({"run": 2}) == {}


def test_what_is_gone_is_forgotten() -> None:
    watch = LeaseWatch[str, int](lease=20, monotonic=(time := Monotonic()))
    for signs in ({"run": 1}, {}, {"run": 1}):
        time.now += 10
        assert watch.look(signs) == {}
    time.now += 10
    assert watch.look({"run": 1}) == {}
