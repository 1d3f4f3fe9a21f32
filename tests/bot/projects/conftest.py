"""A closed project in a private channel, with people of every kind about it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_bot
from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.domain.runs import Model, NewRun, RunReason, RunState
from bot.models.repositories.models import Models
from bot.playground import Playground
from bot.playground.values import Person
from ner_engine.results import Evaluation, Finding, Score
from tests.bot.conftest import Team, settings_for
from tests.bot.projects.people import (
    answered_to,
    invite_guest,
    open_channel,
    rows,
    rows_of,
    shown_to,
    unsent,
)
from tests.support.once import copy_of, made_once
from tests.support.opening import open_database, patient_timing
from tests.support.patience import patient


@dataclass
class Ward:
    """A closed project with people of every kind about it, and the numbers of its rows."""

    team: Team
    data: Path
    project: int
    numbers: dict[str, int]

    def of_the_project(self) -> dict[str, list[Any]]:
        return rows_of(self.data, self.project)

    async def reads(self, person: str, before: int) -> str:
        """What a person is shown by what Slack was asked since then."""
        slack = self.team.slack
        await slack.until(lambda: len(shown_to(slack, person)) > before)
        return shown_to(slack, person)[-1]

    async def is_answered(self, person: str, before: int) -> str:
        """The answer since then to what a person pressed."""
        slack = self.team.slack
        await slack.until(lambda: len(answered_to(slack, person)) > before)
        return answered_to(slack, person)[-1]


@pytest.fixture(scope="session")
def closed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with that project: the folder of its Slack and of its bot, with the numbers of its rows."""

    async def make(folder: Path) -> None:
        async with (
            Playground.open(data=folder / "slack", timing=patient_timing()) as slack,
            closed_project(slack, folder / "data") as ward,
        ):
            guest = asdict(slack.workspace.person("zoe"))
            told = {"project": ward.project, "numbers": ward.numbers, "guest": guest}
            (folder / "ward.json").write_text(json.dumps(told))

            def all_told() -> bool:
                """All that is said of the training: what is left unsent would be sent by the bots of tests."""
                said = "\n".join(m.text for m in slack.messages("#ward"))
                ends = "Training 1: done" in said and "Training 1 is done" in said
                return ends and not unsent(ward.data)

            await slack.until(all_told, timeout=patient(60))

    return made_once(tmp_path_factory, "closed", make)


@pytest.fixture
def closed_data(closed_once: Path, tmp_path: Path) -> Path:
    """The bot's data folder of that workspace; the `slack` of the test is that workspace."""
    return copy_of(closed_once, tmp_path)


@pytest.fixture
async def ward(closed_data: Path, slack: Playground) -> AsyncIterator[Ward]:
    """Ada owns it, Mei reviews, Linus labels; Grace is not in its channel, and Zoe is a guest in there."""
    told = json.loads((closed_data.parent / "ward.json").read_text())
    # A Slack simulator that starts again knows its own people alone.
    slack.workspace.put_person(Person(**told["guest"]))
    async with open_bot(settings_for(slack, closed_data)) as bot:
        yield Ward(Team(slack, bot), closed_data, told["project"], told["numbers"])


@asynccontextmanager
async def closed_project(slack: Playground, data: Path) -> AsyncIterator[Ward]:
    """The bot, and in it that project."""
    async with open_bot(settings_for(slack, data)) as bot:
        team = Team(slack, bot)
        await team.types("/nerbot")
        there = open_channel(slack, "ward", "ada", "mei", "linus", is_private=True)
        invite_guest(slack, channel="#ward")
        for line in (
            "/nerbot project new Oncology",
            "/nerbot project use Oncology",
            "/nerbot roles reviewer @mei",
            "/label none in: Confidential pericarditis was found.",
            "/label SARCOMA sarcoma in: A sarcoma of the femur.",
            "/train digest every day at 09:00",
        ):
            await team.types(line, channel="#ward")
        for person in ("mei", "linus"):
            await team.types("/nerbot labels", person=person, channel="#ward")
        await slack.until(lambda: len(rows(data)["channel_member"]) == 4)
        for person in ("ada", "mei", "linus"):
            await team.types("/nerbot project use Oncology", person=person, channel="dm")
        await team.types("/nerbot project", person="grace")
        await slack.until(lambda: len(rows(data)["channel_member"]) == 5)
        [project] = (row[0] for row in rows(data)["project"] if "Oncology" in row)
        found = rows_of(data, project)
        owner = slack.workspace.person("ada").id
        sentence = found["sentence"][-1][0]
        run, active = await _train(data, bot.workspace, owner, there.id, project, sentence)
        numbers = {
            "project": project,
            "sentence": sentence,
            "of_the_owner": found["sentence"][0][0],
            "event": next(row[0] for row in found["event"] if "no_entities" in row),
            "digest": rows(data)["digest"][0][0],
            "run": run,
            "active": active,
        }
        yield Ward(team, data, project, numbers)


async def _train(
    data: Path, workspace: str, owner: str, channel: str, project: int, sentence: int
) -> tuple[int, int]:
    """A training of the owner's that made a model and found something, and one that is on."""
    lease, now = timedelta(hours=1), partial(datetime.now, UTC)
    finding = Finding("SARCOMA has one example.", (sentence,))
    evaluation = Evaluation(
        Score(1.0, 1.0, 1.0, 1), (), (0.0, 1.0), 1, method="held-out", findings=(finding,)
    )
    url = f"sqlite+aiosqlite:///{data / 'nerbot.db'}"
    async with (
        open_database(url) as database,
        Store(database, clock=now).writing(workspace) as tx,
    ):
        new = NewRun(project, RunReason.COMMAND, "encoder", person=owner, channel=channel)
        first = await Runs(tx).claim(new, owner="another process", lease=lease)
        assert first
        await Runs(tx).begin(first.id, sentences=1)
        ended = RunState.SUCCEEDED
        await Runs(tx).end(first.id, ended, version=1, evaluation=evaluation)
        await Models(tx).add(Model(project, 1, ("SARCOMA",), now()), run_id=first.id)
        active = await Runs(tx).claim(new, owner="another process", lease=lease)
        assert active
        return first.id, active.id
