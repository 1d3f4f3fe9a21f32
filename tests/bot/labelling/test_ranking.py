"""In which order a project's sentences come, made in the background."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.transaction import Transaction
from bot.domain.project import Annotation
from bot.domain.ranking import Candidate
from bot.domain.runs import Model, NewRun, RunReason
from bot.domain.steps import AnnotationState, StepKind
from bot.engine.client import EngineClient
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, ModelAbsent
from bot.jobs.background import Background
from bot.labelling.ranking import RETRY, Ranking
from bot.labelling.ranking_task import FIRST_BATCH, LEASE
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.projects_to_rank import ProjectsToRank
from bot.labelling.repositories.queue import Queue
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from ner_engine.selection import rank
from tests.support.opening import open_database, tables_in
from tests.support.patience import PATIENCE, patient

HERE, ANN, BEN = "T0HERE", "U0ANN", "U0BEN"


@dataclass
class Table:
    """A ranker that has looked all uncertainties up: a text says its own."""

    scored: list[int] = field(default_factory=list)
    known: dict[int, float] = field(default_factory=dict)
    opened: int = 0
    version: int | None = None
    dies_after: int | None = None
    absent: set[int] = field(default_factory=set)
    surer: bool = False
    """It is sure of everything it is asked from now on."""
    meanwhile: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody waits for `meanwhile`."""

    @asynccontextmanager
    async def ranking(self, _project_id: int, version: int | None) -> AsyncIterator["Table"]:
        self.opened += 1
        self.known = {}
        self.version = version
        yield self

    async def load(self, _project_id: int, version: int) -> None:
        if version in self.absent:
            raise ModelAbsent(f"Model {version} is not here now.")

    async def score(self, sentences: Sequence[Candidate]) -> list[float]:
        if self.version in self.absent:
            raise EngineUnavailable("gone")
        if self.dies_after is not None and len(self.scored) >= self.dies_after:
            raise EngineUnavailable("gone")
        if self.meanwhile:
            self.asked.set()
            await self.meanwhile.wait()
        self.scored += [sentence.id for sentence in sentences]
        scores = [0.0 if self.surer else float(sentence.text.split()[-1]) for sentence in sentences]
        self.known |= {each.id: score for each, score in zip(sentences, scores, strict=True)}
        return scores

    async def know(self, scored: Sequence[Candidate]) -> None:
        self.known |= {each.id: each.uncertainty for each in scored}

    async def ranked(self, *, random_share: float, seed: int, start: int, size: int) -> list[int]:
        ids = sorted(self.known)
        places = rank([self.known[i] for i in ids], random_share=random_share, seed=seed)
        return [ids[place] for place in places][start : start + size]

    async def diverse(self, sentences: Sequence[Candidate], *, count: int) -> list[int]:
        return [sentence.id for sentence in sorted(sentences, key=lambda each: each.text)][:count]


@dataclass
class Bench:
    """A project on SQLite, what ranks it, and a clock that stands until it is moved."""

    database: Database
    table: Table
    background: Background
    now: datetime = datetime(2031, 5, 4, tzinfo=UTC)
    project_id: int = 0
    elsewhere: "Elsewhere | None" = None

    @property
    def store(self) -> Store:
        return Store(self.database, lambda: self.now)

    def monotonic(self) -> float:
        return self.now.timestamp()

    def ranking(self, *, owner: str = "one", background: Background | None = None) -> Ranking:
        return Ranking(
            self.store,
            ProjectsToRank(self.database, EVERY_WORKSPACE, lease=LEASE, monotonic=self.monotonic),
            cast("Engine", self.table),
            background or self.background,
            owner=owner,
            stand_in=self.stand_in,
            scoring=self.elsewhere,
            monotonic=self.monotonic,
        )

    async def stand_in(self, _workspace: str, _project_id: int, live: int) -> int | None:
        """The version before."""
        return live - 1 or None

    async def fill(self, number: int) -> None:
        """Sentences with an uncertainty each, the later ones the surer."""
        async with self.store.writing(HERE) as tx:
            self.project_id = (await Projects(tx).ensure_default()).id
            for i in range(number):
                text = f"sentence {i} {(number - i) / number}"
                await Sentences(tx).add(self.project_id, text, (), person=ANN, source="test")

    async def go_live(self, version: int) -> None:
        async with self.store.writing(HERE) as tx:
            new = NewRun(self.project_id, RunReason.COMMAND, "encoder", ANN, "C0")
            run = await Runs(tx).active(self.project_id) or await Runs(tx).claim(
                new, owner="one", lease=timedelta(days=1)
            )
            assert run is not None
            await Models(tx).add(Model(self.project_id, version, (), self.now), run_id=run.id)
            live = await Models(tx).live(self.project_id)
            expected = live.version if live else None
            await Models(tx).set_live(self.project_id, version, expected=expected, person=ANN)

    async def change(self, **settings: Any) -> None:
        async with self.store.writing(HERE) as tx:
            after = ProjectSettings(**settings)
            await Projects(tx).change_settings(self.project_id, after, person=ANN)

    async def look(self, ranking: Ranking | None = None) -> None:
        """One look of the clock, until what it began is over."""
        await (ranking or self.ranking()).look()
        if self.background._tasks:
            await asyncio.wait(self.background._tasks)

    async def order(self, count: int) -> list[int]:
        """Numbers of the sentences that come to somebody new."""
        async with self.store.writing(HERE) as tx:
            found = [await Queue(tx).next(self.project_id, BEN) for _ in range(count)]
        return [int(sentence.text.split()[1]) for sentence in found if sentence]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with (
        open_database(tables_in(tmp_path)) as database,
        Background(grace=patient(5)) as background,
    ):
        yield Bench(database, Table(), background)


async def test_what_the_live_model_is_least_sure_of_comes_first(bench: Bench) -> None:
    await bench.fill(30)
    await bench.change(random_share=0.0)
    await bench.go_live(1)
    await bench.look()
    assert await bench.order(30) == list(range(30))


async def test_a_share_of_what_comes_is_drawn_at_random(bench: Bench) -> None:
    await bench.fill(400)
    await bench.go_live(1)
    await bench.look()
    first = await bench.order(100)
    # A fourth of them are drawn from all 400, so that some are among the surest by chance as well.
    assert 75 <= sum(number < 100 for number in first) <= 90
    assert max(first) > 200


async def test_a_changed_share_is_an_order_from_the_scores_that_are_there(bench: Bench) -> None:
    await bench.fill(30)
    await bench.go_live(1)
    await bench.look()
    await bench.change(random_share=0.0)
    await bench.look()
    assert await bench.order(30) == list(range(30))
    assert len(bench.table.scored) == 30


async def test_every_model_that_goes_live_is_asked_anew(bench: Bench) -> None:
    await bench.fill(30)
    for version in (1, 2):
        await bench.go_live(version)
        await bench.look()
    assert len(bench.table.scored) == 60


async def test_new_sentences_are_scored_without_the_others(bench: Bench) -> None:
    await bench.fill(30)
    await bench.go_live(1)
    await bench.look()
    await bench.fill(61)
    await bench.look()
    assert len(bench.table.scored) == len(set(bench.table.scored)) == 30 + 60  # one was there


async def test_a_large_project_has_an_order_before_all_of_it_is_scored(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new model's first round is placed among the scores of the one before."""
    monkeypatch.setattr("bot.labelling.ranking_task.ROUND", 40)
    await bench.fill(200)
    await bench.change(random_share=0.0)
    await bench.go_live(1)
    await bench.look()
    assert len(bench.table.scored) == 200
    await bench.go_live(2)
    bench.table.dies_after, bench.table.surer = 200 + 64, True
    await bench.look()
    again = bench.table.scored[200:]
    assert 40 <= len(again) < 200
    # The head of the order was scored first, and what the new model is surer of has gone behind all others.
    assert await bench.order(3) == [40, 41, 42]


async def test_what_one_model_did_not_come_to_is_the_next_ones_first(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that goes live often does not leave the tail with the oldest scores for ever."""
    monkeypatch.setattr("bot.labelling.ranking_task.ROUND", 40)
    await bench.fill(120)
    await bench.go_live(1)
    await bench.look()
    await bench.go_live(2)
    bench.table.dies_after = 120 + 32
    await bench.look()
    second = set(bench.table.scored[120:])
    await bench.go_live(3)
    bench.table.dies_after = None
    await bench.look(bench.ranking())
    third = bench.table.scored[120 + len(second) :]
    assert len(third) == 120
    assert not second & set(third[: 120 - len(second)])


async def test_before_there_is_a_model_a_diverse_batch_comes_first_and_the_oldest_after_it(
    bench: Bench,
) -> None:
    await bench.fill(FIRST_BATCH + 20)
    await bench.look()
    order = await bench.order(FIRST_BATCH + 20)
    by_text = sorted(range(FIRST_BATCH + 20), key=lambda number: f"{number} ")
    assert order[:FIRST_BATCH] == by_text[:FIRST_BATCH]
    assert order[FIRST_BATCH:] == sorted(by_text[FIRST_BATCH:])


async def test_where_nothing_is_left_to_label_no_process_is_started(bench: Bench) -> None:
    await bench.fill(1)
    async with bench.store.writing(HERE) as tx:
        await finish(tx, bench.project_id, 1)
    await bench.go_live(1)
    await bench.look()
    assert bench.table.opened == 0
    assert await bench.ranking()._to_rank.all() == ()


async def finish(tx: Transaction, project_id: int, sentence_id: int) -> None:
    sentence = await Sentences(tx).get(project_id, sentence_id)
    assert sentence is not None
    after = AnnotationState(finished=True)
    before = Annotation(sentence, ANN)
    await Annotations(tx).change(project_id, before, StepKind.FINISHED, after, request="r")


async def test_what_somebody_has_finished_comes_before_what_is_new(bench: Bench) -> None:
    await bench.fill(30)
    await bench.change(annotations_per_sentence=2, random_share=0.0)
    async with bench.store.writing(HERE) as tx:
        for number in (20, 25):
            await finish(tx, bench.project_id, number + 1)
    await bench.go_live(1)
    await bench.look()
    assert await bench.order(4) == [20, 25, 0, 1]


async def test_after_a_restart_it_goes_on_where_it_was(bench: Bench) -> None:
    await bench.fill(100)
    await bench.change(random_share=0.0)
    await bench.go_live(1)
    bench.table.dies_after = 64
    await bench.look()
    assert len(bench.table.scored) == 64
    bench.table.dies_after = None
    bench.now += RETRY + timedelta(seconds=1)
    await bench.look(bench.ranking(owner="two"))
    assert len(bench.table.scored) == len(set(bench.table.scored)) == 100
    assert await bench.order(3) == [0, 1, 2]


async def test_a_model_that_cannot_be_asked_is_left_alone_for_a_while(bench: Bench) -> None:
    await bench.fill(30)
    await bench.go_live(1)
    bench.table.dies_after = 0
    ranking = bench.ranking()
    await bench.look(ranking)
    await bench.look(ranking)
    assert bench.table.opened == 1
    bench.now += RETRY + timedelta(seconds=1)
    await bench.look(ranking)
    assert bench.table.opened == 2


async def test_while_the_live_model_is_absent_the_one_before_ranks_once_and_then_it_itself(
    bench: Bench,
) -> None:
    """Its scores are not taken for those of the live one, which ranks as soon as it is back."""
    await bench.fill(30)
    await bench.change(random_share=0.0)
    await bench.go_live(1)
    await bench.go_live(2)
    bench.table.absent = {2}
    ranking = bench.ranking()
    await bench.look(ranking)
    assert bench.table.version == 1
    assert await bench.order(30) == list(range(30))
    scored = len(bench.table.scored)
    await bench.look(ranking)
    opened = bench.table.opened
    bench.now += RETRY
    await bench.look(ranking)
    # The live one was tried again; what the other one made stays.
    assert (bench.table.opened, bench.table.version) == (opened + 1, 2)
    assert len(bench.table.scored) == scored
    bench.table.absent = set()
    bench.now += RETRY
    await bench.look(ranking)
    assert (bench.table.version, len(bench.table.scored)) == (2, scored + 30)
    await bench.look(ranking)
    assert bench.table.opened == opened + 2


async def test_a_model_that_goes_live_meanwhile_is_ranked_by_instead(bench: Bench) -> None:
    await bench.fill(30)
    await bench.go_live(1)
    bench.table.meanwhile = asyncio.Event()
    ranking = bench.ranking()
    await ranking.look()
    await bench.table.asked.wait()
    await bench.go_live(2)
    bench.table.meanwhile.set()
    await bench.look(ranking)
    assert len(bench.table.scored) == 30
    await bench.look(ranking)
    assert len(bench.table.scored) == 60


async def test_two_bots_do_not_rank_one_project_at_once(bench: Bench) -> None:
    await bench.fill(30)
    await bench.go_live(1)
    bench.table.meanwhile = asyncio.Event()
    first, second = bench.ranking(), bench.ranking(owner="two")
    await first.look()
    await bench.table.asked.wait()
    assert not await second.rank(HERE, bench.project_id)
    bench.table.meanwhile.set()
    await bench.look(first)
    assert bench.table.opened == 1


async def test_a_bot_that_stops_lets_go_at_once(bench: Bench) -> None:
    await bench.fill(30)
    await bench.go_live(1)
    bench.table.meanwhile = asyncio.Event()
    async with Background(grace=patient(60)) as background:
        await bench.ranking(background=background).look()
        await bench.table.asked.wait()
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < patient(1)
    bench.table.meanwhile.set()
    await bench.look(bench.ranking(owner="two"))
    assert len(bench.table.scored) == 30


async def test_people_label_while_a_project_is_ranked(bench: Bench) -> None:
    await bench.fill(300)
    await bench.go_live(1)
    ranking = bench.ranking()
    await ranking.look()
    seen = []
    while bench.background._tasks:
        seen += await bench.order(1)
        await asyncio.sleep(0)
    seen += await bench.order(300 - len(seen))
    assert sorted(seen) == list(range(300))


# --- the engine's own process -----------------------------------------------------------------------------------


async def test_the_engines_process_gives_a_diverse_batch_without_a_model(tmp_path: Path) -> None:
    texts = [
        kind.format(name)
        for kind in ("The sun shines in {}.", "She has chest pain since {}.")
        for name in ("May", "June", "July")
    ]
    sentences = [Candidate(10 + place, 0, text) for place, text in enumerate(texts)]
    async with (
        EngineClient(tmp_path, patience=PATIENCE) as engine,
        engine.ranking(1, None) as ranker,
    ):
        first = await ranker.diverse(sentences, count=2)
    assert sorted((number - 10) // 3 for number in first) == [0, 1]


async def test_a_model_that_is_not_there_is_said_to_be_unavailable(tmp_path: Path) -> None:
    async with EngineClient(tmp_path, patience=PATIENCE) as engine, engine.ranking(1, 7) as ranker:
        with pytest.raises(EngineUnavailable):
            await ranker.score([Candidate(1, 0, "one")])
        # The process is still there.
        await ranker.know([Candidate(1, 0, "", 0.5)])
        assert await ranker.ranked(random_share=0, seed=0, start=0, size=9) == [1]


async def test_a_process_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    async with (
        EngineClient(tmp_path, patience=PATIENCE) as engine,
        engine.ranking(1, None) as ranker,
    ):
        process = ranker._process
        assert process is not None
        process.kill()
        await process.wait()
        with pytest.raises(EngineUnavailable):
            await ranker.know([])


async def test_the_live_model_ranks_what_waits_after_a_start(trained_data: Path) -> None:
    file = trained_data / "nerbot.db"
    texts = ["The court sits on Monday.", "A doctor with a fever takes codeine.", "Rain falls."]
    async with (
        open_database(f"sqlite+aiosqlite:///{file}") as database,
        EngineClient(trained_data, patience=PATIENCE) as engine,
        Background(grace=patient(5)) as background,
    ):

        def clock() -> datetime:
            return datetime.now(UTC) + LEASE

        store, to_rank = (
            Store(database, clock),
            ProjectsToRank(database, EVERY_WORKSPACE, lease=LEASE),
        )
        with sqlite3.connect(file) as raw:
            [workspace, project_id] = raw.execute("SELECT workspace, id FROM project").fetchone()
            raw.execute(
                "UPDATE project SET ranked_by = NULL, ranking_until = NULL, ranking_owner = NULL"
            )
        async with store.writing(workspace) as tx:
            for text in texts:
                await Sentences(tx).add(project_id, text, (), person=ANN, source="test")
        ranking = Ranking(store, to_rank, engine, background, owner="one")
        assert await ranking.rank(workspace, project_id)
        with sqlite3.connect(file) as raw:
            rows = raw.execute(
                "SELECT rank, uncertainty, scored_by FROM sentence WHERE finished_by = 0"
            ).fetchall()
            [ranked_by] = raw.execute("SELECT ranked_by FROM project").fetchone()
    assert sorted(rank for rank, _, _ in rows) == [1, 2, 3]
    assert all(uncertainty >= 0 for _, uncertainty, _ in rows)
    assert {version for _, _, version in rows} == {1} == {ranked_by}


# --- scored elsewhere -------------------------------------------------------------------------------------------


@dataclass
class Elsewhere:
    """Other machines: each page of sentences comes back one look later, the last of those under way first."""

    pages: list[int] = field(default_factory=list)
    dies_after: int | None = None
    silent: bool = False
    is_open: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    _project: tuple[str, int, int] | None = None

    @asynccontextmanager
    async def open(
        self, workspace: str, project_id: int, version: int
    ) -> AsyncIterator["Elsewhere"]:
        self._project = (workspace, project_id, version)
        self.is_open = True
        try:
            yield self
        finally:
            self.is_open = False

    async def scores(
        self, pages: AsyncIterator[Sequence[Candidate]]
    ) -> AsyncGenerator[Sequence[Candidate] | None]:
        given = [page async for page in pages]
        while given:
            self.asked.set()
            await asyncio.sleep(0)
            yield None
            if self.silent:
                await asyncio.sleep(0.01)
                continue
            page = given.pop()
            if self.dies_after is not None and len(self.pages) >= self.dies_after:
                raise EngineUnavailable("no worker is left")
            self.pages.append(len(page))
            yield [replace(each, uncertainty=float(each.text.split()[-1])) for each in page]

    async def clear_away(self) -> None:
        """Nothing is kept."""


@pytest.fixture
def elsewhere(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """More than 60 are many, shards have 16."""
    for name, number in (("FEW", 60), ("SHARD", 16), ("ROUND", 64)):
        monkeypatch.setattr(f"bot.labelling.ranking_task.{name}", number)
    bench.elsewhere = Elsewhere()
    return bench.elsewhere


async def test_many_are_scored_elsewhere_in_rounds_of_shards(
    bench: Bench, elsewhere: Elsewhere
) -> None:
    """The order is that of a machine alone: shards that come back in another order change nothing."""
    await bench.fill(200)
    await bench.change(random_share=0.0)
    await bench.go_live(1)
    await bench.look()
    assert bench.table.scored == []
    assert elsewhere.pages == [16] * 12 + [8]
    assert await bench.order(200) == list(range(200))


async def test_few_are_scored_here(bench: Bench, elsewhere: Elsewhere) -> None:
    await bench.fill(60)
    await bench.go_live(1)
    await bench.look()
    assert len(bench.table.scored) == 60
    assert elsewhere.pages == []


async def test_what_other_machines_have_scored_is_not_scored_again(
    bench: Bench, elsewhere: Elsewhere
) -> None:
    """Where it broke off, the project rests, and then goes on with the rest alone."""
    await bench.fill(200)
    await bench.change(random_share=0.0)
    await bench.go_live(1)
    elsewhere.dies_after = 7
    ranking = bench.ranking()
    await bench.look(ranking)
    assert len(elsewhere.pages) == 7
    elsewhere.dies_after = None
    await bench.look(ranking)
    assert len(elsewhere.pages) == 7
    bench.now += RETRY
    await bench.look(ranking)
    assert sum(elsewhere.pages) == 200
    assert await bench.order(200) == list(range(200))


async def test_nothing_goes_on_elsewhere_once_another_model_is_live(
    bench: Bench, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is prolonged while nothing comes back, which is how it is noticed."""
    monkeypatch.setattr("bot.labelling.ranking_task.BEAT_SECONDS", 0.05)
    await bench.fill(100)
    await bench.go_live(1)
    elsewhere.silent = True
    await bench.ranking().look()
    await elsewhere.asked.wait()
    assert elsewhere.is_open
    await bench.go_live(2)
    await asyncio.wait(bench.background._tasks, timeout=patient(10))
    assert not elsewhere.is_open
    elsewhere.silent = False
    await bench.look()
    assert sum(elsewhere.pages) == 100
