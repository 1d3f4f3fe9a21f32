"""The bot is killed while it watches: what was written is in the file and in the table, each once."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.cli.main import main
from tests.bot.watching.conftest import open_slack
from tests.support.bot_process import bot_process, socket_mode
from tests.support.patience import PATIENCE, patient

WRITTEN = 24


async def test_nothing_is_lost_or_doubled_when_nerbot_is_killed(
    trained_data: Path, tmp_path: Path
) -> None:
    file, table = tmp_path / "entities.jsonl", tmp_path / "entities.db"
    async with open_slack(tmp_path) as slack:
        environment = socket_mode(slack) | {"NERBOT_WATCHING": "on", "NERBOT_RESERVE_MB": "0"}
        async with bot_process(trained_data, environment, patience=PATIENCE) as bot:
            await slack.command("ada", "#triage", "/nerbot", "project settings confidence 20")
            await slack.command("ada", "#triage", "/nerbot", "watch #triage")
            for kind, target in (("file", str(file)), ("table", f"sqlite:///{table}")):
                await asyncio.to_thread(
                    _add, trained_data, slack.workspace.identity.team_id, kind, target
                )
            for number in range(WRITTEN // 3):
                slack.events.twice = 1
                slack.say("ada", "#triage", _text(number))
            async with asyncio.timeout(patient(30)):
                while not file.exists():  # noqa: ASYNC110 - files do not call
                    await asyncio.sleep(0.01)
            await bot.kill()
        for number in range(WRITTEN // 3, 2 * WRITTEN // 3):
            slack.say("ada", "#triage", _text(number))
        async with bot_process(trained_data, environment, patience=PATIENCE) as bot:
            for number in range(2 * WRITTEN // 3, WRITTEN):
                slack.say("ada", "#triage", _text(number))
            await asyncio.sleep(0.2)
            await bot.kill()
        async with bot_process(trained_data, environment, patience=PATIENCE):
            async with asyncio.timeout(patient(60)):
                while len({ts for _, ts in _rows(table)}) < WRITTEN:  # noqa: ASYNC110 - rows do not call
                    await asyncio.sleep(0.1)
            await asyncio.sleep(1)
        slack.problems.clear()  # nobody heard of them, as it was meant
    told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    wanted = sorted(m.ts for m in slack.messages("#triage") if m.text.startswith("Bed "))
    assert sorted({row["ts"] for row in told}) == wanted
    assert len({row["id"] for row in told}) == len(told)
    assert sorted(_rows(table)) == sorted((row["id"], row["ts"]) for row in told)


def _text(number: int) -> str:
    return f"Bed {number} has a fever."


def _add(data: Path, workspace: str, kind: str, target: str) -> None:
    import os  # noqa: PLC0415 - for this call alone

    os.environ["NERBOT_DATA"] = str(data)
    try:
        assert main(["outputs", "add", kind, target, "--workspace", workspace]) == 0
    finally:
        del os.environ["NERBOT_DATA"]


def _rows(table: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(table)) as database:
        try:
            return database.execute(
                "SELECT id, ts FROM nerbot_entities WHERE state = 'out'"
            ).fetchall()
        except sqlite3.OperationalError:
            return []
