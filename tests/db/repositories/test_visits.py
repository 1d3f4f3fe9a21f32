"""What Home needs to know: who opened it, who asked, the newest trainings, since when a model is live."""

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.domain.runs import Model, RunState
from bot.models.repositories.models import Models
from bot.team.repositories.visits import Visits
from bot.team.values.visits import Visit
from tests.db.conftest import ANN, BEN, HERE, Clock, add, claim


async def test_nothing_is_known_of_somebody_new(store: Store) -> None:
    async with store.reading(HERE) as tx:
        assert await Visits(tx).of(ANN) == Visit()


async def test_opening_and_asking_are_noted_apart_and_for_one_person(store: Store) -> None:
    async with store.writing(HERE) as tx:
        await Visits(tx).note_opened(ANN)
        await Visits(tx).note_opened(ANN)
        await Visits(tx).note_asked(BEN)
        assert await Visits(tx).of(ANN) == Visit(opened=True)
        assert await Visits(tx).of(BEN) == Visit(asked=True)
        await Visits(tx).note_asked(ANN)
        assert await Visits(tx).of(ANN) == Visit(opened=True, asked=True)
    async with store.reading("T0THERE") as tx:
        assert await Visits(tx).of(ANN) == Visit()


async def test_the_newest_trainings_come_first(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        for _ in range(3):
            run = await claim(tx, project_id)
            assert run is not None
            await Runs(tx).end(run.id, RunState.FAILED)
        recent = await Runs(tx).page(project_id, size=2)
    assert [run.number for run in recent] == [3, 2]


async def test_a_model_is_live_since_it_went_live(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        assert await Models(tx).live_since(project_id) is None
        run = await claim(tx, project_id)
        assert run is not None
        await Models(tx).add(Model(project_id, 1, (), clock.now), run_id=run.id)
        clock.move(hours=1)
        await Models(tx).set_live(project_id, 1, expected=None, person=ANN)
        assert await Models(tx).live_since(project_id) == clock.now


async def test_the_run_a_model_came_of_is_found(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        run = await claim(tx, project_id)
        assert run is not None
        await Runs(tx).end(run.id, RunState.SUCCEEDED, version=1)
        made = await Runs(tx).that_made(project_id, 1)
        assert made is not None
        assert made.id == run.id
        assert await Runs(tx).that_made(project_id, 2) is None


async def test_a_sentence_keeps_where_its_message_can_be_read(
    store: Store, project_id: int
) -> None:
    link = "https://little-clinic.slack.com/archives/C1/p1"
    async with store.writing(HERE) as tx:
        stored, _ = await Sentences(tx).add(
            project_id, "one", (), person=ANN, source="C1", permalink=link
        )
        again, is_new = await Sentences(tx).add(
            project_id, "one", (), person=BEN, source="C2", permalink="https://another"
        )
        [other] = await add(tx, project_id, "two")
    assert (stored.permalink, again.permalink, is_new, other.permalink) == (link, link, False, None)
