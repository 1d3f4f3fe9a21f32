"""What a project can be asked to do differently."""

import pytest
from sqlalchemy import select

from bot.db.database import Database, Store
from bot.db.tables.sentences import event
from bot.errors import InvalidSetting, NotFound
from bot.projects.repositories.projects import Projects
from bot.projects.values import MAX_ANNOTATIONS, ProjectSettings
from tests.db.conftest import ANN, HERE

TWICE = ProjectSettings(annotations_per_sentence=2, random_share=0.5)
OTHERS = {
    "second_share": 0.0,
    "confidence": 0.8,
    "is_open": True,
    "guests": False,
    "language": "en",
    "message_days": 0,
    "rereads": False,
    "precision": None,
    "redacts": "",
}


async def test_a_project_begins_with_the_usual_settings(store: Store, project_id: int) -> None:
    async with store.reading(HERE) as tx:
        assert await Projects(tx).settings(project_id) == ProjectSettings()


async def test_changed_settings_hold_and_an_event_says_who_changed_what(
    database: Database, store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        before = await Projects(tx).change_settings(project_id, TWICE, person=ANN)
    async with store.reading(HERE) as tx:
        assert (before, await Projects(tx).settings(project_id)) == (ProjectSettings(), TWICE)
    async with database.reading() as connection:
        [told] = await connection.execute(select(event.c.kind, event.c.person, event.c.detail))
    assert tuple(told) == (
        "settings_changed",
        ANN,
        {
            "from": {"annotations_per_sentence": 1, "random_share": 0.25, **OTHERS},
            "to": {"annotations_per_sentence": 2, "random_share": 0.5, **OTHERS},
        },
    )


async def test_settings_that_stay_as_they_are_leave_no_event(
    database: Database, store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await Projects(tx).change_settings(project_id, ProjectSettings(), person=ANN)
    async with database.reading() as connection:
        assert (await connection.execute(select(event))).all() == []


async def test_a_project_that_is_not_there_has_no_settings(store: Store) -> None:
    async with store.reading(HERE) as tx:
        with pytest.raises(NotFound):
            await Projects(tx).settings(999)


@pytest.mark.parametrize("number", [0, -1, MAX_ANNOTATIONS + 1])
def test_a_number_of_annotations_has_bounds(number: int) -> None:
    with pytest.raises(InvalidSetting):
        ProjectSettings(annotations_per_sentence=number)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_random_share_is_a_share(share: float) -> None:
    with pytest.raises(InvalidSetting):
        ProjectSettings(random_share=share)
