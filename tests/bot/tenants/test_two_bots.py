"""Two bots, each with the token of its own workspace, on one PostgreSQL: neither does the other's work."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import SecretStr

from bot.app import open_bot
from bot.db.clock import DatabaseClock
from bot.db.database import Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.playground import Playground
from bot.projects.repositories.projects import Projects
from tests.bot.conftest import settings_for
from tests.bot.tenants.conftest import ONE, TWO
from tests.db.conftest import Server, server
from tests.support.opening import open_database, patient_timing
from tests.support.patience import patient

__all__ = ["server"]

SAID = "The digest of the first workspace."


async def test_what_one_workspace_is_to_be_told_is_told_by_its_own_bot_alone(
    server: Server, tmp_path: Path
) -> None:
    name = server.create()
    url = server.url(name)
    address = SecretStr(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with AsyncExitStack() as stack:
        stack.callback(server.drop, name)
        slacks = {
            team: await stack.enter_async_context(
                Playground.open(data=tmp_path / team, timing=patient_timing(), team_id=team)
            )
            for team in (ONE, TWO)
        }
        settings = {
            team: settings_for(slack, tmp_path / f"data {team}").model_copy(
                update={"database_url": address}
            )
            for team, slack in slacks.items()
        }
        database = await stack.enter_async_context(open_database(url))
        store = Store(database, await DatabaseClock.of(database))
        channel = slacks[ONE].workspace.channel("#triage").id
        async with store.writing(ONE) as tx:
            await Projects(tx).ensure_default()
            message = OutboxMessage("digest 1", channel, {"text": SAID, "blocks": []})
            await Outbox(tx).put(message)
        await stack.enter_async_context(open_bot(settings[TWO]))
        await asyncio.sleep(6)  # it looks every few seconds
        tried = [call for call in slacks[TWO].calls if call.method == "chat.postMessage"]
        assert tried == []
        await stack.enter_async_context(open_bot(settings[ONE]))
        posted = slacks[ONE].messages
        await slacks[ONE].until(
            lambda: any(each.text == SAID for each in posted("#triage")), timeout=patient(20)
        )
        assert not slacks[TWO].problems
