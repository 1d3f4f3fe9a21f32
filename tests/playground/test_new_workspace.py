"""A new workspace of the simulator has the id it is given, once and for all."""

from pathlib import Path

from bot.playground import Playground
from bot.playground.playground import listen
from bot.slack.simulator import LOCAL_WORKSPACE


async def test_what_was_imported_before_the_first_start_is_in_its_workspace(tmp_path: Path) -> None:
    async with Playground.open(data=tmp_path, team_id=LOCAL_WORKSPACE) as slack:
        assert slack.workspace.identity.team_id == LOCAL_WORKSPACE


async def test_a_workspace_that_is_there_keeps_its_id(tmp_path: Path) -> None:
    async with Playground.open(data=tmp_path) as slack:
        first = slack.workspace.identity.team_id
    async with Playground.open(data=tmp_path, team_id=LOCAL_WORKSPACE) as slack:
        assert slack.workspace.identity.team_id == first


async def test_two_that_had_the_same_port_both_open(tmp_path: Path) -> None:
    """A copied workspace remembers the port of the one it was copied from."""
    async with Playground.open(data=tmp_path / "one") as one:
        port = int(one.base_url.rsplit(":", 1)[1].strip("/"))
    with listen(port, 0) as first, listen(port, 0) as second:
        assert first.getsockname()[1] == port
        assert second.getsockname()[1] != port
