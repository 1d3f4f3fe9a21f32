"""A request of the editor that is delivered again, however late, does nothing more and gets the same draft."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.playground import Answer
from bot.playground.values import JSON
from tests.bot.conftest import Team
from tests.bot.editor.test_editor import add, box, changes, edit, open_on, shows
from tests.bot.recognition.test_feedback import ask


def drafts(data: Path) -> list[JSON]:
    """Everybody's drafts, the oldest first."""
    with closing(sqlite3.connect(data / "nerbot.db")) as database:
        return [dict(each) for each in _drafts(database)]


def _drafts(database: sqlite3.Connection) -> Iterator[Any]:
    for (question,) in database.execute("SELECT question FROM offer ORDER BY created_at"):
        found = json.loads(question)
        if found["type"] == "draft":
            yield found


def updates(team: Team) -> int:
    """How often the bot asked for another state of a modal."""
    return sum(call.method == "views.update" for call in team.slack.calls)


async def relabelled(team: Team, label: str) -> Answer:
    """Give the first phrase another label."""
    answers: list[Answer] = []

    async def choose() -> None:
        answer = await team.slack.choose("ada", "editor.label", label)
        assert answer is not None
        answers.append(answer)

    await changes(team, choose())
    return answers[0]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def test_an_older_change_that_is_repeated_after_a_newer_one_does_nothing(
    team: Team, data: Path
) -> None:
    await team.types("/nerbot labels add DEGREE")
    await open_on(team)
    older = await relabelled(team, "DEGREE")
    await relabelled(team, "DRUG")
    third = await relabelled(team, "DEGREE")
    await relabelled(team, "DRUG")
    before = drafts(data)
    for repeated in (older, third, older):
        shown = updates(team)
        await team.slack.deliver_again(repeated)
        # The draft is shown in the view the press came from, which is not the newest one, and then in that.
        await team.slack.until(lambda shown=shown: updates(team) == shown + 2)  # type: ignore[misc]
    await changes(team, team.slack.press("ada", "editor.mark"))
    team.slack.problems.clear()
    assert drafts(data)[-1]["spans"] == before[-1]["spans"]
    assert "aspirin DRUG" in shows(team)


async def test_a_submission_that_only_asked_to_look_again_saves_nothing_when_it_is_repeated(
    team: Team,
) -> None:
    await open_on(team)
    first = await add(team, "severe = DRUGG")
    assert "differs from DRUG by one letter" in shows(team)
    await changes(team, team.slack.press("ada", "editor.mark"))
    repeated = await team.slack.deliver_again(first)
    assert repeated.ok
    assert "not finished" in (await team.types("/label")).text


async def test_a_box_that_could_not_be_read_is_not_read_by_a_repeat(team: Team) -> None:
    """Also where it could be read by now: the label it begins is the only one of its letters."""
    await team.types("/nerbot labels add DEGREE")
    await team.types("/nerbot labels add DEMEANOUR")
    await open_on(team)
    wrong = await add(team, "severe = DE")
    assert "matches DEGREE and DEMEANOUR" in str(wrong.errors)
    await team.types("/nerbot labels rename DEMEANOUR MOOD")
    again = await team.slack.deliver_again(wrong)
    assert again.body == {"response_action": "errors", "errors": wrong.errors}


async def test_a_press_that_opens_the_editor_makes_one_draft_however_often_it_is_delivered(
    team: Team, data: Path
) -> None:
    message = await open_on(team)
    await team.slack.close_view("ada")
    opened = await team.slack.click("ada", message, "Edit")
    await team.slack.until(lambda: team.slack.view("ada"))
    assert len(drafts(data)) == 2
    for _ in range(2):
        await team.slack.deliver_again(opened)
    await team.types("/label")
    assert len(drafts(data)) == 2
    assert len(team.slack.views.stacks) == 1


async def test_a_fix_that_is_submitted_twice_shows_the_same_answer(trained: Team) -> None:
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    await edit(trained, answer, button="Fix")
    await trained.slack.type_into("ada", box(trained, "editor.added"), "today = TIME")
    submitted = await trained.slack.submit("ada")
    await trained.slack.until(lambda: trained.slack.now(answer) != answer)
    fixed = trained.slack.now(answer)
    assert fixed
    calls = len(trained.slack.calls)
    await trained.slack.deliver_again(submitted)
    await trained.slack.until(lambda: len(trained.slack.calls) > calls)
    now = trained.slack.now(answer)
    assert now
    assert now.shown == fixed.shown


async def test_a_share_that_is_delivered_twice_posts_once_and_says_the_same(trained: Team) -> None:
    """Also where the person has said since that it is right."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    shared = await trained.slack.click("ada", answer, "Share")
    await trained.slack.until(lambda: trained.slack.now(answer) != answer)
    after = trained.slack.now(answer)
    assert after
    count = len(trained.slack.messages("#triage", viewer="grace"))
    await trained.slack.click("ada", after, "Right")
    await trained.slack.until(lambda: trained.slack.now(answer) != after)
    await trained.slack.deliver_again(shared)
    await trained.slack.until(
        lambda: getattr(trained.slack.now(answer), "shown", "") == after.shown
    )
    assert len(trained.slack.messages("#triage", viewer="grace")) == count
