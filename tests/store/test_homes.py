"""What Home needs to know: who opened it, who asked, the newest trainings, since when a model is live."""

from bot.domain.home import Visit
from bot.domain.training import Model, RunState
from bot.store.store import SqlStore
from tests.store.conftest import ANN, BEN, HERE, Clock, add, claim


async def test_nothing_is_known_of_somebody_new(store: SqlStore) -> None:
    async with store.reading(HERE) as work:
        assert await work.homes.of(ANN) == Visit()


async def test_opening_and_asking_are_noted_apart_and_for_one_person(store: SqlStore) -> None:
    async with store.writing(HERE) as work:
        await work.homes.note_opened(ANN)
        await work.homes.note_opened(ANN)
        await work.homes.note_asked(BEN)
        assert await work.homes.of(ANN) == Visit(opened=True)
        assert await work.homes.of(BEN) == Visit(asked=True)
        await work.homes.note_asked(ANN)
        assert await work.homes.of(ANN) == Visit(opened=True, asked=True)
    async with store.reading("T0THERE") as work:
        assert await work.homes.of(ANN) == Visit()


async def test_the_newest_trainings_come_first(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        for _ in range(3):
            run = await claim(work, project_id)
            assert run is not None
            await work.runs.end(run.id, RunState.FAILED)
        recent = await work.runs.page(project_id, size=2)
    assert [run.number for run in recent] == [3, 2]


async def test_a_model_is_live_since_it_went_live(
    store: SqlStore, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as work:
        assert await work.models.live_since(project_id) is None
        run = await claim(work, project_id)
        assert run is not None
        await work.models.add(Model(project_id, 1, (), clock.now), run_id=run.id)
        clock.move(hours=1)
        await work.models.set_live(project_id, 1, expected=None, person=ANN)
        assert await work.models.live_since(project_id) == clock.now


async def test_the_run_a_model_came_of_is_found(store: SqlStore, project_id: int) -> None:
    async with store.writing(HERE) as work:
        run = await claim(work, project_id)
        assert run is not None
        await work.runs.end(run.id, RunState.SUCCEEDED, version=1)
        made = await work.runs.that_made(project_id, 1)
        assert made is not None
        assert made.id == run.id
        assert await work.runs.that_made(project_id, 2) is None


async def test_a_sentence_keeps_where_its_message_can_be_read(
    store: SqlStore, project_id: int
) -> None:
    link = "https://little-clinic.slack.com/archives/C1/p1"
    async with store.writing(HERE) as work:
        stored, _ = await work.sentences.add(
            project_id, "one", (), person=ANN, source="C1", permalink=link
        )
        again, is_new = await work.sentences.add(
            project_id, "one", (), person=BEN, source="C2", permalink="https://another"
        )
        [other] = await add(work, project_id, "two")
    assert (stored.permalink, again.permalink, is_new, other.permalink) == (link, link, False, None)
