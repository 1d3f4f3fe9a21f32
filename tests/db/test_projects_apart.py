"""Nothing crosses the border between two projects of one workspace."""

import inspect
from dataclasses import replace

import pytest

from bot.db.database import Store
from bot.projects.repositories.projects import Projects
from tests.db.conftest import ANN, HERE, Clock
from tests.db.test_workspaces import ASKED, Ask, fill

#: A new project has a line in its history, an order that can be made, and is open to everybody: these say so.
NOT_NOTHING = frozenset({"access.sees", "digests.up_to_now", "history.page", "rankings.claim"})


def of_a_project() -> dict[str, tuple[Ask, object]]:
    """Every method that is asked about a project, and what it says where there is nothing."""
    return {
        name: asked
        for name, asked in ASKED.items()
        if "project_id" in inspect.getsource(asked[0]) and name not in NOT_NOTHING
    }


@pytest.mark.parametrize("name", sorted(of_a_project()))
async def test_asked_of_another_project_there_is_nothing(
    store: Store, clock: Clock, name: str
) -> None:
    async with store.writing(HERE) as tx:
        things = await fill(tx, clock)
        other = await Projects(tx).add("other", person=ANN)
        assert other is not None
        ask, nothing = of_a_project()[name]
        assert await ask(tx, replace(things, project_id=other.id)) == nothing
