"""The order in which a project's sentences come."""

from datetime import timedelta

import pytest

from bot.domain.queue import Candidate, ProjectSettings, RankingJob
from bot.domain.training import Model
from bot.services.ports import Work
from bot.store.caretaker import FIRST_RANKED_AT, OF, RANKED_AT, SqlCaretaker
from bot.store.store import SqlStore
from tests.store.conftest import ANN, BEN, HERE, LEASE, Clock, add, annotate, claim

OWNER = "one"
TWICE = ProjectSettings(annotations_per_sentence=2)


async def go_live(work: Work, project_id: int, version: int, clock: Clock) -> None:
    """Make a version the live one."""
    run = await work.runs.active(project_id) or await claim(work, project_id)
    assert run is not None
    await work.models.add(Model(project_id, version, (), clock.now), run_id=run.id)
    live = await work.models.live(project_id)
    before = live.version if live else None
    assert await work.models.set_live(project_id, version, expected=before, person=ANN)


async def begin(work: Work, project_id: int) -> RankingJob:
    job = await work.rankings.claim(project_id, owner=OWNER, lease=LEASE)
    assert job is not None
    return job


async def place(work: Work, project_id: int, job: RankingJob, *ids: int) -> bool:
    return await work.rankings.place(project_id, job, ids, owner=OWNER, lease=LEASE)


async def texts_of(work: Work, project_id: int, person: str, count: int) -> list[str]:
    given = [await work.queue.next(project_id, person) for _ in range(count)]
    return [sentence.text for sentence in given if sentence]


async def test_sentences_come_in_their_order_and_those_without_a_place_after_them_the_oldest_first(
    store: SqlStore, project_id: int
) -> None:
    async with store.writing(HERE) as work:
        _, two, three, _ = await add(work, project_id, "one", "two", "three", "four")
        await place(work, project_id, await begin(work, project_id), three.id, two.id)
        assert await texts_of(work, project_id, ANN, 4) == ["three", "two", "one", "four"]


async def test_a_new_order_takes_the_place_of_the_old_one(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        one, two, three = await add(work, project_id, "one", "two", "three")
        job = await begin(work, project_id)
        await place(work, project_id, job, one.id, two.id, three.id)
        await place(work, project_id, job, three.id, two.id)
        await place(work, project_id, job, one.id)
        assert await texts_of(work, project_id, ANN, 3) == ["three", "two", "one"]


async def test_a_sentence_that_moves_forward_comes_to_one_who_was_further_on(
    store: SqlStore, project_id: int
) -> None:
    async with store.writing(HERE) as work:
        sentences = await add(work, project_id, *(f"text {i}" for i in range(200)))
        assert len(await texts_of(work, project_id, ANN, 150)) == 150
        await place(work, project_id, await begin(work, project_id), sentences[199].id)
        assert await texts_of(work, project_id, ANN, 2) == ["text 199", "text 150"]


async def test_a_ranking_is_one_owners_until_its_lease_is_over(
    store: SqlStore, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as work:
        [one] = await add(work, project_id, "one")
        job = await begin(work, project_id)
        assert await work.rankings.claim(project_id, owner="two", lease=LEASE) is None
        clock.move(seconds=29)
        assert await place(work, project_id, job, one.id)
        clock.move(seconds=29)
        assert await work.rankings.claim(project_id, owner="two", lease=LEASE) is None
        clock.move(seconds=2)
        assert await work.rankings.claim(project_id, owner="two", lease=LEASE) is not None
        assert not await place(work, project_id, job, one.id)


@pytest.mark.parametrize("change", ["another model", "another share"])
async def test_an_order_that_is_no_longer_wanted_is_not_gone_on_with(
    store: SqlStore, project_id: int, clock: Clock, change: str
) -> None:
    async with store.writing(HERE) as work:
        [one] = await add(work, project_id, "one")
        job = await begin(work, project_id)
        if change == "another model":
            await go_live(work, project_id, 1, clock)
        else:
            await work.projects.change_settings(project_id, ProjectSettings(1, 0.5), person=ANN)
        scores = [(one.id, 0.5)]
        rankings = work.rankings
        assert not await place(work, project_id, job, one.id)
        assert not await rankings.score(project_id, job, scores, owner=OWNER, lease=LEASE)
        assert not await rankings.end(project_id, job, owner=OWNER)


async def test_scores_are_kept_for_the_version_that_gave_them(
    store: SqlStore, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as work:
        await go_live(work, project_id, 1, clock)
        one, two, done = await add(work, project_id, "one", "two", "done")
        await annotate(work, project_id, done)
        job = await begin(work, project_id)
        await work.rankings.score(project_id, job, [(two.id, 0.5)], owner=OWNER, lease=LEASE)

        async def candidates(version: int, *, scored: bool) -> list[tuple[int, str, float]]:
            found = await work.rankings.candidates(
                project_id, version, scored=scored, after=None, limit=9
            )
            return [(each.id, each.text, each.uncertainty) for each in found]

        assert await candidates(1, scored=True) == [(two.id, "", 0.5)]
        assert await candidates(1, scored=False) == [(one.id, "one", 0.0)]
        assert await candidates(2, scored=False) == [(one.id, "one", 0.0), (two.id, "two", 0.0)]


async def test_candidates_come_in_pages(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        sentences = await add(work, project_id, *"abcde")
        await place(work, project_id, await begin(work, project_id), sentences[3].id)
        after: Candidate | None = None
        seen = []
        for _ in range(4):
            page = await work.rankings.candidates(project_id, 1, scored=False, after=after, limit=2)
            seen.append("".join(each.text for each in page))
            after = page[-1] if page else after
    assert seen == ["da", "bc", "e", ""]


async def test_a_sample_is_of_what_nobody_finished_and_always_the_same(
    store: SqlStore, project_id: int
) -> None:
    async with store.writing(HERE) as work:
        sentences = await add(work, project_id, *"abcdef")
        await annotate(work, project_id, sentences[0])
        first = await work.rankings.sample(project_id, limit=3)
        assert first == await work.rankings.sample(project_id, limit=3)
        everything = await work.rankings.sample(project_id, limit=9)
    assert {each.text for each in everything} == set("bcdef")
    assert everything[:3] == first


async def test_begun_are_those_that_wait_for_more_people_and_have_no_place(
    store: SqlStore, project_id: int
) -> None:
    async with store.writing(HERE) as work:
        await work.projects.change_settings(project_id, TWICE, person=ANN)
        begun, done, placed, _ = await add(work, project_id, *"abcd")
        for sentence in (begun, done, placed):
            await annotate(work, project_id, sentence)
        await annotate(work, project_id, done, person=BEN)
        await place(work, project_id, await begin(work, project_id), placed.id)
        assert await work.rankings.begun(project_id, limit=9) == (begun.id,)


# --- what is to be done -----------------------------------------------------------------------------------------


async def fill(store: SqlStore, project_id: int, number: int, *, prefix: str = "text") -> None:
    async with store.writing(HERE) as work:
        await add(work, project_id, *(f"{prefix} {i}" for i in range(number)))


async def finish_ranking(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        assert await work.rankings.end(project_id, await begin(work, project_id), owner=OWNER)


async def test_a_first_order_waits_for_enough_sentences(
    store: SqlStore, caretaker: SqlCaretaker, project_id: int
) -> None:
    await fill(store, project_id, FIRST_RANKED_AT - 1)
    assert await caretaker.to_rank() == ()
    await fill(store, project_id, FIRST_RANKED_AT)
    assert await caretaker.to_rank() == ((HERE, project_id),)
    await finish_ranking(store, project_id)
    assert await caretaker.to_rank() == ()


async def test_every_model_that_goes_live_makes_an_order(
    store: SqlStore, caretaker: SqlCaretaker, project_id: int, clock: Clock
) -> None:
    for version in (1, 2):
        async with store.writing(HERE) as work:
            await go_live(work, project_id, version, clock)
        assert await caretaker.to_rank() == ((HERE, project_id),)
        await finish_ranking(store, project_id)
        assert await caretaker.to_rank() == ()


async def test_new_sentences_are_ranked_when_they_are_enough_of_those_that_wait(
    store: SqlStore, caretaker: SqlCaretaker, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as work:
        await go_live(work, project_id, 1, clock)
    await fill(store, project_id, 2_000)
    await finish_ranking(store, project_id)
    await fill(store, project_id, RANKED_AT, prefix="new")
    assert RANKED_AT * OF < 2_000
    assert await caretaker.to_rank() == ()
    await fill(store, project_id, 2 * RANKED_AT, prefix="new")
    assert await caretaker.to_rank() == ((HERE, project_id),)


async def test_a_changed_share_makes_an_order_anew(
    store: SqlStore, caretaker: SqlCaretaker, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as work:
        await go_live(work, project_id, 1, clock)
    await finish_ranking(store, project_id)
    async with store.writing(HERE) as work:
        await work.projects.change_settings(project_id, ProjectSettings(1, 0.5), person=ANN)
    assert await caretaker.to_rank() == ((HERE, project_id),)


async def test_what_is_under_way_or_was_put_off_is_not_to_be_done(
    store: SqlStore, caretaker: SqlCaretaker, project_id: int, clock: Clock
) -> None:
    await fill(store, project_id, FIRST_RANKED_AT)
    async with store.writing(HERE) as work:
        await begin(work, project_id)
    assert await caretaker.to_rank() == ()
    async with store.writing(HERE) as work:
        await work.rankings.put_off(project_id, owner=OWNER, lease=timedelta(minutes=9))
    clock.move(minutes=8)
    assert await caretaker.to_rank() == ()
    clock.move(minutes=2)
    assert await caretaker.to_rank() == ((HERE, project_id),)
