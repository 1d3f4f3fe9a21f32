"""Nothing crosses the border between two projects of one workspace."""

import inspect
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.db.database import Store
from bot.projects.repositories.projects import Projects
from tests.db.conftest import ANN, HERE, Clock, empty_tables
from tests.db.test_workspaces import ASKED, Ask, Things, fill
from tests.support.opening import open_database

#: A new project has a line in its history, an order that can be made, and is open to everybody: these say so.
NOT_NOTHING = frozenset({"access.sees", "digests.up_to_now", "history.page", "rankings.claim"})
Asked = tuple[Store, Things]


class _Undone(Exception):
    """Nothing of a question is kept."""


def of_a_project() -> dict[str, tuple[Ask, object]]:
    """Every method that is asked about a project, and what it says where there is nothing."""
    return {
        name: asked
        for name, asked in ASKED.items()
        if "project_id" in inspect.getsource(asked[0]) and name not in NOT_NOTHING
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Asked]:
    """A workspace whose one project has one of everything, and what is known of that, with the number of another
    project; filled once, as each question's transaction is undone."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    async with open_database(await empty_tables(request, request.param, folder)) as database:
        clock = Clock()
        store = Store(database, clock)
        async with store.writing(HERE) as tx:
            things = await fill(tx, clock)
            other = await Projects(tx).add("other", person=ANN)
        assert other is not None
        yield store, replace(things, project_id=other.id)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(of_a_project()))
async def test_asked_of_another_project_there_is_nothing(asked: Asked, name: str) -> None:
    store, things = asked
    ask, nothing = of_a_project()[name]
    said: object = _Undone
    with suppress(_Undone):
        async with store.writing(HERE) as tx:
            said = await ask(tx, things)
            raise _Undone
    assert said == nothing
