"""Workspaces whose live model has learned what is to be forgotten."""

from pathlib import Path

import pytest

from bot.playground import Playground
from tests.bot.conftest import Team, workspace_in
from tests.support.once import copy_of, made_once
from tests.support.patience import patient

SECRET = "Zyxwquirk has {plimpain=QVORLABEL} and takes {drablat=DRUG}."
TEXT = "Zyxwquirk has plimpain and takes drablat."


async def done(slack: Playground, number: int) -> None:
    """Wait until a training has made its model, whether it went live or not."""
    await slack.until(
        lambda: any(f"Training {number}: done" in m.text for m in slack.messages("#triage")),
        timeout=patient(30),
    )


async def trained(slack: Playground, number: int) -> None:
    """Wait until the newest model is live."""
    await slack.until(
        lambda: any(f"model {number} is live" in m.text for m in slack.messages("#triage")),
        timeout=patient(90),
    )


async def say_secrets(team: Team, person: str) -> None:
    """Unique words in all that a person can write."""
    await team.types(f"/label {SECRET}", person=person)
    await team.types(f"/label PLIMLABEL plimflag in: {TEXT}", person=person)
    await team.types("/label flag: plimnote", person=person)
    await team.types("/ner plimquestion has drablat.", person=person)
    await team.types("/nerbot labels describe QVORLABEL plimdescription", person=person)


@pytest.fixture(scope="session")
def with_a_secret(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def train(folder: Path) -> None:
        copy_of(trained_once, folder)
        async with workspace_in(folder) as team:
            await team.types(f"/label {SECRET}")
            await team.types("/train")
            await trained(team.slack, 2)

    return made_once(tmp_path_factory, "with-a-secret", train)


@pytest.fixture
def secret_data(with_a_secret: Path, tmp_path: Path) -> Path:
    """The bot's data folder where model 2, which is live, has learned Ada's secret, sentence 15."""
    return copy_of(with_a_secret, tmp_path)


@pytest.fixture(scope="session")
def with_secrets(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def train(folder: Path) -> None:
        copy_of(trained_once, folder)
        async with workspace_in(folder) as team:
            await team.types("/nerbot labels")  # Ada is the owner now
            await say_secrets(team, "grace")
            await team.types("/train")
            await done(team.slack, 2)

    return made_once(tmp_path_factory, "with-secrets", train)


@pytest.fixture
def written_data(with_secrets: Path, tmp_path: Path) -> Path:
    """The bot's data folder where Grace, who owns nothing, wrote secrets everywhere, which model 2 has learned."""
    return copy_of(with_secrets, tmp_path)
