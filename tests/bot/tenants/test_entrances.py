"""Two workspaces of one bot: whatever is typed, pressed or asked with guessed ids, nothing of the other is answered.

Nor is anything said to one with the token of the other.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from bot.api.repositories.tokens import Tokens
from bot.api.values import Scope, hash_of, new_secret
from bot.db.clock import DatabaseClock
from bot.db.database import Store
from bot.playground.grid import Grid
from bot.projects.repositories.projects import Projects
from tests.bot.projects.people import with_button
from tests.bot.projects.permissions import BUTTONS
from tests.bot.tenants.conftest import ONE, TWO, Town
from tests.support.opening import open_database, patient_timing

STEPS = 120
TYPED = (
    "/label #{n}",
    "/label delete #{n}",
    "/label undo",
    "/label",
    "/label none in: Number {n} is well.",
    "/label DRUG everywhere",
    "/label phrases {other}",
    "/ner {other} and fever.",
    "/nerbot history",
    "/nerbot labels",
    "/nerbot models compare {n} {n}",
    "/nerbot models live {n}",
    "/nerbot project use {other}",
    "/nerbot stats",
    "/nerbot review",
    "/train status",
    "/train history",
    "/train cancel",
)
ASKED = (
    ("GET", "/labels"),
    ("GET", "/sentences"),
    ("GET", "/sentences/{n}"),
    ("GET", "/sentences/{n}/suggestions"),
    ("POST", "/sentences/next"),
    ("GET", "/trainings"),
    ("GET", "/trainings/{n}"),
    ("POST", "/trainings/{n}/cancel"),
    ("GET", "/models"),
    ("GET", "/stats"),
    ("GET", "/export"),
    ("GET", "/imports"),
    ("POST", "/imports/{n}/undo"),
)


def mark_of(workspace: str) -> str:
    """A word that only one of them has written."""
    return f"ZYXW{workspace[2:]}QUIRK"


@pytest.fixture
async def api_town(tmp_path: Path) -> AsyncIterator[Town]:
    """Both have installed it, have a project and a token of the API."""
    async with Grid.open(
        data=tmp_path / "slack", teams=(ONE, TWO), timing=patient_timing()
    ) as grid:
        more = {"api": True, "api_requests_per_minute": 100_000, "questions_per_minute": 100_000}
        async with Town(grid, tmp_path / "data", more=more).running() as town:
            for workspace in (ONE, TWO):
                await town.install(workspace)
                mark = mark_of(workspace)
                await town.team(workspace).types(f"/label A patient with {{{mark}={mark}}}.")
                await town.team(workspace).types(f"/nerbot project new {mark}")
            yield town


async def tokens_of(town: Town) -> dict[str, str]:
    """A token of the API for each."""
    secrets = {}
    async with open_database(f"sqlite+aiosqlite:///{town.data}/nerbot.db") as database:
        store = Store(database, await DatabaseClock.of(database))
        for workspace in (ONE, TWO):
            secrets[workspace] = new_secret()
            person = town.grid.slacks[workspace].workspace.person("ada").id
            async with store.writing(workspace) as tx:
                project = await Projects(tx).ensure_default()
                await Tokens(tx).add(
                    project.id,
                    name="t",
                    scopes=frozenset(Scope),
                    person=person,
                    secret_hash=hash_of(secrets[workspace]),
                )
    return secrets


async def do_something(town: Town, draw: Random, workspace: str, words: dict[str, Any]) -> str:
    """Type or press something; what is read then."""
    slack, person = town.grid.slacks[workspace], draw.choice(("ada", "grace"))
    if draw.random() < 0.6:
        line = draw.choice(TYPED).format(**words)
        command, _, rest = line.partition(" ")
        return (await slack.command(person, "#triage", command, rest)).text
    action = draw.choice(sorted(BUTTONS))
    value = draw.choice((str(words["n"]), f"{words['n']}:{draw.randrange(3)}", "made-up:0"))
    message = slack.say(person, "#triage", "hello")
    await slack.click(person, with_button(message, action, value), action)
    return ""


async def test_nothing_of_the_other_one_is_answered_nor_said_with_its_token(
    api_town: Town,
) -> None:
    town, draw = api_town, Random(7)
    secrets, heard = await tokens_of(town), {ONE: list[str](), TWO: list[str]()}
    async with aiohttp.ClientSession() as session:
        for _ in range(STEPS):
            workspace, other = draw.sample((ONE, TWO), 2)
            words = {"n": draw.randrange(1, 7), "other": mark_of(other)}
            if draw.random() < 0.7:
                heard[workspace].append(await do_something(town, draw, workspace, words))
                continue
            method, path = draw.choice(ASKED)
            headers = {"Authorization": f"Bearer {secrets[workspace]}"}
            url = f"{town.address}/api/v1{path.format(**words)}"
            async with session.request(method, url, headers=headers) as answer:
                assert answer.status < 500
                heard[workspace].append(await answer.text())
    await check(town, heard)


async def check(town: Town, heard: dict[str, list[str]]) -> None:
    """What each has read, and every call with a token. The word that was guessed is echoed; its sentence is not."""
    for workspace, other in ((ONE, TWO), (TWO, ONE)):
        slack = town.grid.slacks[workspace]
        read = [message.shown for message in slack.messages("#triage", viewer="ada")]
        secret = f"A patient with {mark_of(other)}"
        assert [text for text in (*heard[workspace], *read) if secret in text] == []
        channels = {"", *slack.workspace.channels}
        used = [(method, channel) for team, method, channel in town.grid.used if team == workspace]
        assert [each for each in used if each[1] not in channels] == []
        own = f"A patient with {mark_of(workspace)}"
        assert any(own in text for text in heard[workspace])  # it would be seen
