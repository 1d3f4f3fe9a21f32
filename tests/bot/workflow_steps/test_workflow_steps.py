"""Steps of workflows, run by the Slack simulator."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_bot
from bot.playground import Playground
from bot.playground.state.steps import StepRun
from bot.slack.diagnosis import read_manifest
from tests.bot.conftest import Team, settings_for
from tests.bot.projects.people import open_channel
from tests.support.opening import patient_timing
from tests.support.patience import patient

Run = Callable[..., Awaitable[StepRun]]


@pytest.fixture
async def team(trained_data: Path, tmp_path: Path) -> AsyncIterator[Team]:
    """A workspace with a live model, where steps are switched on."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(read_manifest(workflow_steps=True)))
    async with Playground.open(
        data=tmp_path / "slack", timing=patient_timing(), manifest=manifest
    ) as slack:
        settings = settings_for(slack, trained_data).model_copy(update={"workflow_steps": True})
        async with open_bot(settings) as bot:
            yield Team(slack, bot)
        assert not slack.problems


@pytest.fixture
def run(team: Team) -> Run:
    """Run a step in the channel of that name, until it has ended."""

    async def to_its_end(step: str, channel: str = "triage", **inputs: str) -> StepRun:
        slack = team.slack
        there = slack.workspace.channel(channel).id
        began = await slack.run_step(step, channel=there, **inputs)
        await slack.until(
            lambda: slack.steps.find(began.id).state != "running", timeout=patient(30)
        )
        return slack.steps.find(began.id)

    return to_its_end


async def test_entities_are_found_as_text_by_label_and_as_json(run: Run) -> None:
    found = await run(
        "find_entities", text="A patient with fever takes aspirin.\nShe takes codeine."
    )
    assert found.state == "completed", found.error
    assert found.outputs["phrases"] == "fever, aspirin, codeine"
    assert found.outputs["by_label"] == "SYMPTOM: fever\nDRUG: aspirin, codeine"
    assert found.outputs["count"] == 3
    told = json.loads(found.outputs["entities"])
    assert [(e["sentence"], e["start"], e["end"]) for e in told] == [
        (1, 15, 20),
        (1, 27, 34),
        (2, 10, 17),
    ]


async def test_only_one_label_is_given_back_where_it_is_asked_for(run: Run) -> None:
    found = await run("find_entities", text="A patient with fever takes aspirin.", label="drug")
    assert found.outputs["phrases"] == "aspirin"


async def test_what_finds_nothing_is_done_too(run: Run) -> None:
    found = await run("find_entities", text="She feels well and goes home.")
    assert (found.state, found.outputs["phrases"], found.outputs["count"]) == ("completed", "", 0)


async def test_sentences_are_added_to_the_queue_once(team: Team, run: Run) -> None:
    ada = team.slack.workspace.person("ada").id
    text = "New: a sore throat.\nHe takes metformin now."
    first = await run("add_to_queue", text=text, person=ada)
    again = await run("add_to_queue", text=text, person=ada)
    assert (first.state, first.outputs["added"], again.outputs["added"]) == ("completed", 2, 0)
    assert first.outputs["sentences"] == again.outputs["sentences"]
    assert len(first.outputs["sentences"].split(", ")) == 2


async def test_a_run_that_is_told_twice_adds_once(team: Team, run: Run) -> None:
    slack, told = team.slack, []

    def remember(payload: dict[str, Any]) -> dict[str, Any]:
        told.append(payload["event"])
        return payload

    slack.alter = remember
    ada = slack.workspace.person("ada").id
    first = await run("add_to_queue", text="Told twice: a sore throat.", person=ada)
    await slack.event(told[0])
    await slack.until(lambda: slack.problems)
    assert slack.problems.pop().what == "invalid_auth", "the token of a run ends with it"
    again = await run("add_to_queue", text="Told twice: a sore throat.", person=ada)
    assert (first.outputs["added"], again.outputs["added"]) == (1, 0)
    assert first.outputs["sentences"] == again.outputs["sentences"]


async def test_a_closed_project_is_not_for_workflows(team: Team, run: Run) -> None:
    await team.types("/nerbot")
    open_channel(team.slack, "ward", "ada", "mei", is_private=True)
    await team.types("/nerbot project new Oncology", channel="#ward")
    await team.types("/nerbot project use Oncology", channel="#ward")
    found = await run("find_entities", channel="ward", text="A patient with fever.")
    added = await run(
        "add_to_queue",
        channel="ward",
        text="A patient with fever.",
        person=team.slack.workspace.person("ada").id,
    )
    for ended in (found, added):
        assert ended.state == "failed"
        assert "is closed: only people in its channels can use it" in ended.error
        assert "Oncology" not in ended.error


async def test_a_project_without_a_model_says_what_to_do(team: Team, run: Run) -> None:
    await team.types("/nerbot project new Cardiology")
    await team.types("/nerbot project use Cardiology")
    found = await run("find_entities", text="A patient with fever.")
    assert found.error == (
        "This project has no model yet. Label some sentences and type /train in its channel."
    )


async def test_a_text_that_is_too_long_fails_in_words(run: Run) -> None:
    found = await run("find_entities", text="word " * 5_000)
    assert found.state == "failed"
    assert "characters" in found.error or "words" in found.error
