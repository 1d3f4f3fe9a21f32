"""The order in which a project's sentences come."""

from dataclasses import replace

import pytest

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.db.served import EVERY_WORKSPACE
from bot.db.transaction import Transaction
from bot.domain.ranking import Candidate, RankingJob
from bot.domain.runs import Model
from bot.labelling.repositories.projects_to_rank import (
    FIRST_RANKED_AT,
    OF,
    RANKED_AT,
    ProjectsToRank,
)
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.rankings import Rankings
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from tests.db.conftest import ANN, BEN, HERE, LEASE, Clock, add, annotate, claim

OWNER = "one"
TWICE = ProjectSettings(annotations_per_sentence=2)


@pytest.fixture
def to_rank(database: Database, clock: Clock) -> ProjectsToRank:
    return ProjectsToRank(database, EVERY_WORKSPACE, lease=LEASE, monotonic=clock.monotonic)


async def go_live(tx: Transaction, project_id: int, version: int, clock: Clock) -> None:
    """Make a version the live one."""
    run = await Runs(tx).active(project_id) or await claim(tx, project_id)
    assert run is not None
    await Models(tx).add(Model(project_id, version, (), clock.now), run_id=run.id)
    live = await Models(tx).live(project_id)
    before = live.version if live else None
    assert await Models(tx).set_live(project_id, version, expected=before, person=ANN)


async def begin(tx: Transaction, project_id: int) -> RankingJob:
    job = await Rankings(tx).claim(project_id, owner=OWNER, lease=LEASE)
    assert job is not None
    return job


async def place(tx: Transaction, project_id: int, job: RankingJob, *ids: int) -> bool:
    return await Rankings(tx).place(project_id, job, ids, owner=OWNER, lease=LEASE)


async def texts_of(tx: Transaction, project_id: int, person: str, count: int) -> list[str]:
    given = [await Queue(tx).next(project_id, person) for _ in range(count)]
    return [sentence.text for sentence in given if sentence]


async def test_sentences_come_in_their_order_and_those_without_a_place_after_them_the_oldest_first(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        _, two, three, _ = await add(tx, project_id, "one", "two", "three", "four")
        await place(tx, project_id, await begin(tx, project_id), three.id, two.id)
        assert await texts_of(tx, project_id, ANN, 4) == ["three", "two", "one", "four"]


async def test_a_new_order_takes_the_place_of_the_old_one(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        one, two, three = await add(tx, project_id, "one", "two", "three")
        job = await begin(tx, project_id)
        await place(tx, project_id, job, one.id, two.id, three.id)
        await place(tx, project_id, job, three.id, two.id)
        await place(tx, project_id, job, one.id)
        assert await texts_of(tx, project_id, ANN, 3) == ["three", "two", "one"]


async def test_a_sentence_that_moves_forward_comes_to_one_who_was_further_on(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *(f"text {i}" for i in range(200)))
        assert len(await texts_of(tx, project_id, ANN, 150)) == 150
        await place(tx, project_id, await begin(tx, project_id), sentences[199].id)
        assert await texts_of(tx, project_id, ANN, 2) == ["text 199", "text 150"]


async def test_a_ranking_is_one_owners_until_it_shows_no_life_for_a_lease(
    store: Store, to_rank: ProjectsToRank, project_id: int, clock: Clock
) -> None:
    async def two_claims() -> RankingJob | None:
        await to_rank.all()
        async with store.writing(HERE) as tx:
            return await Rankings(tx).claim(project_id, owner="two", lease=LEASE)

    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        job = await begin(tx, project_id)
    for _ in range(6):
        assert await two_claims() is None
        clock.move(seconds=14)
        async with store.writing(HERE) as tx:
            assert await place(tx, project_id, job, one.id)
    for _ in range(2):
        assert await two_claims() is None
        clock.move(seconds=15)
    assert await two_claims() is not None
    async with store.writing(HERE) as tx:
        assert not await place(tx, project_id, job, one.id)


@pytest.mark.parametrize("change", ["another model", "another share"])
async def test_an_order_that_is_no_longer_wanted_is_not_gone_on_with(
    store: Store, project_id: int, clock: Clock, change: str
) -> None:
    async with store.writing(HERE) as tx:
        [one] = await add(tx, project_id, "one")
        job = await begin(tx, project_id)
        if change == "another model":
            await go_live(tx, project_id, 1, clock)
        else:
            await Projects(tx).change_settings(project_id, ProjectSettings(1, 0.5), person=ANN)
        scores = [(one.id, 0.5)]
        rankings = Rankings(tx)
        assert not await place(tx, project_id, job, one.id)
        assert not await rankings.score(project_id, job, scores, owner=OWNER, lease=LEASE)
        assert not await rankings.end(project_id, job, owner=OWNER)


async def test_scores_are_kept_for_the_version_that_gave_them(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await go_live(tx, project_id, 1, clock)
        one, two, done = await add(tx, project_id, "one", "two", "done")
        await annotate(tx, project_id, done)
        job = await begin(tx, project_id)
        await Rankings(tx).score(project_id, job, [(two.id, 0.5)], owner=OWNER, lease=LEASE)

        known = await Rankings(tx).scored(project_id, after=None, limit=9)
        assert [(each.id, each.uncertainty) for each in known] == [(two.id, 0.5)]

        async def oldest(version: int) -> list[tuple[int, str]]:
            found = await Rankings(tx).oldest(project_id, version, limit=9)
            return [(each.id, each.text) for each in found]

        assert await oldest(1) == [(one.id, "one")]
        assert await oldest(2) == [(one.id, "one"), (two.id, "two")]


async def test_the_oldest_scores_come_first_to_be_made_again(store: Store, project_id: int) -> None:
    """What has none comes before them."""
    async with store.writing(HERE) as tx:
        new, young, old = await add(tx, project_id, "new", "young", "old")
        job = await begin(tx, project_id)
        for each, version in ((young, 2), (old, 1)):
            by = replace(job, asked=version)
            await Rankings(tx).score(project_id, by, [(each.id, 0.5)], owner=OWNER, lease=LEASE)
        found = await Rankings(tx).oldest(project_id, 3, limit=9)
        assert [each.id for each in found] == [new.id, old.id, young.id]
        assert len(await Rankings(tx).oldest(project_id, 3, limit=2)) == 2


async def test_candidates_come_in_pages(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *"abcde")
        names = {each.id: each.text for each in sentences}
        job = await begin(tx, project_id)
        scores = [(each.id, 0.5) for each in sentences]
        await Rankings(tx).score(project_id, job, scores, owner=OWNER, lease=LEASE)
        await place(tx, project_id, job, sentences[3].id)
        after: Candidate | None = None
        seen = []
        for _ in range(4):
            page = await Rankings(tx).scored(project_id, after=after, limit=2)
            seen.append("".join(names[each.id] for each in page))
            after = page[-1] if page else after
    assert seen == ["da", "bc", "e", ""]


async def test_a_sample_is_of_what_nobody_finished_and_always_the_same(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        sentences = await add(tx, project_id, *"abcdef")
        await annotate(tx, project_id, sentences[0])
        first = await Rankings(tx).sample(project_id, limit=3)
        assert first == await Rankings(tx).sample(project_id, limit=3)
        everything = await Rankings(tx).sample(project_id, limit=9)
    assert {each.text for each in everything} == set("bcdef")
    assert everything[:3] == first


async def test_begun_are_those_that_wait_for_more_people_and_have_no_place(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await Projects(tx).change_settings(project_id, TWICE, person=ANN)
        begun, done, placed, _ = await add(tx, project_id, *"abcd")
        for sentence in (begun, done, placed):
            await annotate(tx, project_id, sentence)
        await annotate(tx, project_id, done, person=BEN)
        await place(tx, project_id, await begin(tx, project_id), placed.id)
        assert await Rankings(tx).begun(project_id, limit=9) == (begun.id,)


# --- what is to be done -----------------------------------------------------------------------------------------


async def fill(store: Store, project_id: int, number: int, *, prefix: str = "text") -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, *(f"{prefix} {i}" for i in range(number)))


async def finish_ranking(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        assert await Rankings(tx).end(project_id, await begin(tx, project_id), owner=OWNER)


async def test_a_first_order_waits_for_enough_sentences(
    store: Store, to_rank: ProjectsToRank, project_id: int
) -> None:
    await fill(store, project_id, FIRST_RANKED_AT - 1)
    assert await to_rank.all() == ()
    await fill(store, project_id, FIRST_RANKED_AT)
    assert await to_rank.all() == ((HERE, project_id),)
    await finish_ranking(store, project_id)
    assert await to_rank.all() == ()


async def test_every_model_that_goes_live_makes_an_order(
    store: Store, to_rank: ProjectsToRank, project_id: int, clock: Clock
) -> None:
    for version in (1, 2):
        async with store.writing(HERE) as tx:
            await go_live(tx, project_id, version, clock)
        assert await to_rank.all() == ((HERE, project_id),)
        await finish_ranking(store, project_id)
        assert await to_rank.all() == ()


async def test_new_sentences_are_ranked_when_they_are_enough_of_those_that_wait(
    store: Store, to_rank: ProjectsToRank, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await go_live(tx, project_id, 1, clock)
    await fill(store, project_id, 2_000)
    await finish_ranking(store, project_id)
    await fill(store, project_id, RANKED_AT, prefix="new")
    assert RANKED_AT * OF < 2_000
    assert await to_rank.all() == ()
    await fill(store, project_id, 2 * RANKED_AT, prefix="new")
    assert await to_rank.all() == ((HERE, project_id),)


async def test_a_changed_share_makes_an_order_anew(
    store: Store, to_rank: ProjectsToRank, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await go_live(tx, project_id, 1, clock)
    await finish_ranking(store, project_id)
    async with store.writing(HERE) as tx:
        await Projects(tx).change_settings(project_id, ProjectSettings(1, 0.5), person=ANN)
    assert await to_rank.all() == ((HERE, project_id),)


async def test_what_is_under_way_is_not_to_be_done_and_what_was_let_go_is(
    store: Store, to_rank: ProjectsToRank, project_id: int
) -> None:
    await fill(store, project_id, FIRST_RANKED_AT)
    async with store.writing(HERE) as tx:
        await begin(tx, project_id)
    assert await to_rank.all() == ()
    async with store.writing(HERE) as tx:
        await Rankings(tx).let_go(project_id, owner=OWNER)
    assert await to_rank.all() == ((HERE, project_id),)
