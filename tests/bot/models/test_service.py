"""What goes live by itself, what is gone back to, what is kept: rules on plain values and on a real store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.domain.evaluation import LivePolicy, judge
from bot.domain.models import LiveMove, WhyLive, version_before
from bot.domain.runs import Model, NewRun, RunReason, RunState
from bot.errors import ModelAbsent, ModelUnsound
from bot.jobs.background import Background
from bot.models.lifecycle import ModelLifecycle
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from ner_engine.results import Comparison, Evaluation, Guard, HeldBack, Score
from tests.support.opening import open_database, tables_in

HERE, ME = "T0", "U0BOT"
SCORE = Score(0.8, 0.8, 0.8, 10)
NOW = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)


def evaluation(
    *, probability: float | None = None, interval: tuple[float, float] = (-0.1, 0.1), **more: Any
) -> Evaluation:
    comparison = None
    if probability is not None:
        candidate = 0.8 if probability >= 0.5 else 0.5
        comparison = Comparison(1, candidate, 0.7, 20, probability, interval)
    return Evaluation(SCORE, (), (0.7, 0.9), 20, "cross-validation", comparison, **more)


WORSE, NOT_CLEAR, BETTER = (
    evaluation(probability=0.02, interval=(-0.4, -0.1)),
    evaluation(probability=0.6),
    evaluation(probability=0.99, interval=(0.01, 0.2)),
)
ALONE = evaluation()


@pytest.mark.parametrize(
    ("told", "policy", "live", "expected"),
    [
        (ALONE, LivePolicy.NOT_WORSE, None, None),
        (ALONE, LivePolicy.BETTER, None, None),
        (ALONE, LivePolicy.ASK, None, HeldBack.ASK),
        (ALONE, LivePolicy.NOT_WORSE, 1, None),
        (ALONE, LivePolicy.BETTER, 1, HeldBack.NOT_BETTER),
        (WORSE, LivePolicy.NOT_WORSE, 1, HeldBack.WORSE),
        (WORSE, LivePolicy.BETTER, 1, HeldBack.WORSE),
        (NOT_CLEAR, LivePolicy.NOT_WORSE, 1, None),
        (NOT_CLEAR, LivePolicy.BETTER, 1, HeldBack.NOT_BETTER),
        (BETTER, LivePolicy.BETTER, 1, None),
        (BETTER, LivePolicy.ASK, 1, HeldBack.ASK),
        (evaluation(guard=Guard(9, 8)), LivePolicy.NOT_WORSE, None, HeldBack.GUARD),
        (evaluation(guard=Guard(9, 9)), LivePolicy.NOT_WORSE, None, None),
    ],
)
def test_the_policy_and_the_scores_decide_what_goes_live(
    told: Evaluation, policy: LivePolicy, live: int | None, expected: HeldBack | None
) -> None:
    assert judge(told, policy, live_version=live) is expected


def moves(*told: tuple[int, int | None, WhyLive]) -> tuple[LiveMove, ...]:
    """Moves in the order in which they were made, newest first."""
    made = [LiveMove(to, before, NOW, "U", why) for to, before, why in told]
    return tuple(reversed(made))


def test_going_back_twice_goes_back_two_models() -> None:
    """After 1, 2, 3 and a step back to 2, the model before is 1 and not 3."""
    history = moves(
        (1, None, WhyLive.TRAINING),
        (2, 1, WhyLive.TRAINING),
        (3, 2, WhyLive.TRAINING),
        (2, 3, WhyLive.ROLLBACK),
    )
    assert version_before(history, 3) == 2
    assert version_before(history, 2) == 1
    assert version_before(history, 1) is None


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(WhyLive)), max_size=12))
def test_going_back_ends(told: list[tuple[int, WhyLive]]) -> None:
    """Following the models back never leads from a model straight to itself."""
    before: int | None = None
    made = []
    for version, why in told:
        if version != before:
            made.append((version, before, why))
            before = version
    for version in range(1, 6):
        assert version_before(moves(*made), version) != version


# --- what is kept -----------------------------------------------------------------------------------------------


class Files:
    """The engine's files: versions are there until they are removed; some do not load."""

    def __init__(self) -> None:
        self.removed: set[int] = set()
        self.damaged: set[int] = set()
        self.absent: set[int] = set()

    async def remove(self, _project: int, versions: Sequence[int]) -> None:
        self.removed |= set(versions)

    async def load(self, _project: int, version: int) -> None:
        if version in self.damaged | self.removed:
            raise ModelUnsound(f"Model {version} is damaged.")
        if version in self.absent:
            raise ModelAbsent(f"Model {version} is not here.")


async def _me(_workspace: str) -> str:
    return ME


class Place:
    """A project with models, one made a day, each live as it comes."""

    def __init__(self, store: Store, files: Files, project_id: int) -> None:
        self.store = store
        self.files = files
        self.project = project_id
        self.now = NOW
        self.lifecycle = ModelLifecycle(
            store, cast("Any", files), cast("Any", None), Background(), me=_me, clock=self.clock
        )

    def clock(self) -> datetime:
        return self.now

    async def make(self, count: int, *, live: Sequence[int] = ()) -> None:
        """Make models; those named in `live` become it."""
        for _ in range(count):
            self.now += timedelta(days=1)
            async with self.store.writing(HERE) as tx:
                new = NewRun(self.project, RunReason.COMMAND, "cnn", "U", "C")
                run = await Runs(tx).claim(new, owner="o", lease=timedelta(seconds=9))
                assert run
                await Runs(tx).end(run.id, RunState.SUCCEEDED)
                version = await Models(tx).next_version(self.project)
                model = Model(self.project, version, ("A",), self.now, ALONE)
                await Models(tx).add(model, run_id=run.id)
                if version in live:
                    await self.set_live(tx, version)

    async def set_live(self, tx: Any, version: int, why: WhyLive = WhyLive.TRAINING) -> None:
        was = await Models(tx).live(self.project)
        expected = was.version if was else None
        assert await Models(tx).set_live(
            self.project, version, expected=expected, person="U", why=why
        )


@pytest.fixture
async def place(tmp_path: Path) -> Any:
    url = tables_in(tmp_path)
    async with open_database(url) as database:
        place = Place.__new__(Place)
        store = Store(database, clock=lambda: place.now)
        place.now = NOW
        async with store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
        place.__init__(store, Files(), project.id)  # type: ignore[misc]
        yield place


async def test_the_last_ten_versions_and_what_was_live_lately_are_kept(place: Place) -> None:
    """Of 50 versions, one a day: the last ten, the live one, and those that were live in the last 30 days."""
    await place.make(50, live=(2, 5, 25, 30))
    await place.lifecycle.tidy(HERE, place.project)
    async with place.store.reading(HERE) as tx:
        kept = [v.number for v in await Models(tx).versions(place.project) if not v.gone]
    assert kept == [*range(50, 40, -1), 30, 25, 5]
    assert place.files.removed == set(range(1, 51)) - set(kept)


async def test_the_live_version_stays_however_old_it_is(place: Place) -> None:
    """Nothing newer went live for two months."""
    await place.make(70, live=(1,))
    await place.lifecycle.tidy(HERE, place.project)
    assert 1 not in place.files.removed


async def test_what_a_crash_left_of_cleared_versions_goes_next_time(place: Place) -> None:
    """The rows are marked before the files go: the next chores ask for the same files again."""
    await place.make(15)
    assert await place.lifecycle.tidy(HERE, place.project) == (5, 4, 3, 2, 1)
    place.files.removed.clear()
    assert await place.lifecycle.tidy(HERE, place.project) == ()
    assert place.files.removed == {1, 2, 3, 4, 5}


# --- damage -----------------------------------------------------------------------------------------------------


async def test_the_last_good_version_takes_the_place_of_a_damaged_one(place: Place) -> None:
    """What was live before comes first, then the newest that loads; the move is nerbot's own, with its reason."""
    await place.make(5, live=(2, 3, 5))
    place.files.damaged = {5, 3}
    place.lifecycle.show_again = lambda *_: None  # type: ignore[method-assign]
    assert await place.lifecycle.fall_back(HERE, place.project, 5) == 2
    async with place.store.reading(HERE) as tx:
        (newest, *_) = await Models(tx).moves(place.project)
        damaged = [v.number for v in await Models(tx).versions(place.project) if v.damaged]
    assert newest == LiveMove(2, 5, place.now, ME, WhyLive.DAMAGED)
    assert damaged == [5, 3]


async def test_many_questions_at_once_find_one_version_in_the_place_of_a_damaged_one(
    place: Place,
) -> None:
    """Whoever comes second is told the version that is live by now."""
    await place.make(3, live=(1, 2, 3))
    place.files.damaged = {3}
    place.lifecycle.show_again = lambda *_: None  # type: ignore[method-assign]
    found = [await place.lifecycle.fall_back(HERE, place.project, 3) for _ in range(3)]
    assert found == [2, 2, 2]
    async with place.store.reading(HERE) as tx:
        assert len(await Models(tx).moves(place.project)) == 4


async def test_where_no_version_loads_the_pointer_stays(place: Place) -> None:
    """There is nothing to put in its place, and it says so."""
    await place.make(2, live=(1, 2))
    place.files.damaged = {1, 2}
    assert await place.lifecycle.fall_back(HERE, place.project, 2) is None


async def test_another_version_stands_in_for_an_absent_one_and_nothing_is_marked(
    place: Place,
) -> None:
    """The live version stays the one it is: its files may come back."""
    await place.make(3, live=(1, 3))
    place.files.absent = {3, 1}
    assert await place.lifecycle.stand_in(HERE, place.project, 3) == 2
    async with place.store.reading(HERE) as tx:
        assert not any(each.damaged for each in await Models(tx).versions(place.project))
        assert await Projects(tx).live_version(place.project) == 3


async def test_an_absent_version_does_not_take_the_place_of_a_damaged_one(place: Place) -> None:
    """It is passed over, and not marked."""
    await place.make(3, live=(1, 2, 3))
    place.files.damaged, place.files.absent = {3}, {2}
    place.lifecycle.show_again = lambda *_: None  # type: ignore[method-assign]
    assert await place.lifecycle.fall_back(HERE, place.project, 3) == 1
    async with place.store.reading(HERE) as tx:
        damaged = [v.number for v in await Models(tx).versions(place.project) if v.damaged]
    assert damaged == [3]
