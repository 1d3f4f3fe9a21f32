"""/train and /ner from the request to what people read; the training processes are real."""

import re
from functools import partial
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.playground import Call, Message, Playground
from tests.bot.conftest import GOLD, Team, settings_for
from tests.support.by_hand import execute
from tests.support.patience import patient
from tests.support.trainers import fault_in_trainings


async def taught(team: Team) -> None:
    """Label enough for a first training."""
    for line in GOLD:
        assert "finished ✓" in await team.asks(line)


def run_message(team: Team) -> Message:
    """The message that follows the newest run."""
    return next(m for m in reversed(team.slack.messages("#triage")) if "Training" in m.text)


async def ended(team: Team) -> Message:
    """The run's message once the run is over."""
    over = re.compile("is live|is not live|failed|cancelled|interrupted")
    await team.slack.until(lambda: over.search(run_message(team).text), timeout=patient(90))
    return run_message(team)


async def test_ner_says_so_when_there_is_no_model(team: Team) -> None:
    """Before the first training the answer is what to do, not an error."""
    answer = await team.types("/ner She came in with chest pain.")
    assert "There is no model yet" in answer.text
    assert "/label" in answer.text


async def test_train_says_what_is_missing(team: Team) -> None:
    """Too few finished sentences are counted, with those that are labelled but not finished."""
    await team.types("/label SYMPTOM cough in: A dry cough.")
    answer = await team.types("/train")
    assert "at least 10 finished sentences; none are finished so far" in answer.text
    assert "1 more has labels: finish it with" in answer.text


async def test_train_refuses_where_nothing_is_labelled(team: Team) -> None:
    """Ten finished sentences without any entity teach nothing, and it says so."""
    for number in range(10):
        await team.types(f"/label none in: Visit number {number} without complaints.")
    assert "nothing to learn" in (await team.types("/train")).text


async def test_the_whole_story(team: Team) -> None:
    """Label, train, ask: one message goes from start to scores, and the live model answers with its version."""
    await taught(team)
    assert "has begun" in (await team.types("/train")).text
    message = await ended(team)
    assert "model 1 is live" in message.text
    assert any(block["type"] == "table" for block in message.blocks)
    answer = await team.types("/ner A patient with chest pain takes aspirin.")
    assert "chest pain SYMPTOM" in answer.text
    assert "model 1" in answer.text


async def test_one_run_at_a_time(labelled: Team) -> None:
    """A second /train shows the one that runs; cancelling it leaves everything as it was."""
    await labelled.types("/train cnn")
    assert "is already" in (await labelled.types("/train cnn")).text
    assert "is cancelled" in (await labelled.types("/train cancel")).text
    assert "cancelled" in (await ended(labelled)).text
    assert "There is no model yet" in (await labelled.types("/ner A cough.")).text


async def test_whoever_asked_is_told_that_somebody_else_cancelled_it(labelled: Team) -> None:
    """An owner can end a training of somebody else, who gets a message that notifies."""
    await labelled.types("/nerbot roles")
    await labelled.types("/train cnn", person="grace")
    await labelled.types("/train cancel")

    def told() -> list[str]:
        return [m.text for m in labelled.slack.messages("#triage") if "was cancelled by" in m.text]

    await labelled.slack.until(lambda: bool(told()))
    [words] = told()
    assert words.startswith("<@")
    assert "Your labels are safe" in words


async def test_cancel_is_a_button_of_the_message(labelled: Team) -> None:
    """[Cancel] does what /train cancel does."""
    await labelled.types("/train cnn")
    await labelled.slack.until(lambda: "Cancel" in run_message(labelled).buttons)
    await labelled.slack.click("ada", run_message(labelled), "Cancel")
    assert "cancelled" in (await ended(labelled)).text


async def test_the_message_is_edited_not_repeated(labelled: Team) -> None:
    """A run has one message from start to end."""
    await labelled.types("/train cnn")
    await labelled.types("/train cancel")
    await ended(labelled)
    posted = [call for call in labelled.slack.calls if call.method == "chat.postMessage"]
    assert len(posted) == 1


async def test_a_channel_without_the_bot_is_told_in_a_direct_message(labelled: Team) -> None:
    """Where nerbot is not a member, the person hears of the run and why it is told there."""
    await labelled.slack.command("ada", "#random", "/train", "cnn")
    await labelled.slack.until(lambda: [call for call in posts(labelled) if call.response["ok"]])
    assert "/invite @nerbot" in str(posts(labelled)[-1].payload)
    assert labelled.slack.problems.popleft().what == "not_in_channel"


def posts(team: Team) -> list[Call]:
    """The messages nerbot tried to post."""
    return [call for call in team.slack.calls if call.method == "chat.postMessage"]


async def test_a_schedule_is_set_shown_and_switched_off(team: Team) -> None:
    """The schedule's next time is said in its own time zone."""
    assert (
        "every day at 03:00 (UTC)" in (await team.types("/train schedule every day at 03:00")).text
    )
    assert "03:00 (UTC), next" in (await team.types("/train status")).text
    assert "is off" in (await team.types("/train schedule off")).text
    assert "No schedule was on" in (await team.types("/train schedule off")).text


@pytest.mark.parametrize(
    "words", ["schedule every day at 03:00", "schedule off", "auto 9", "auto off"]
)
async def test_only_an_owner_sets_when_trainings_begin_once_there_is_one(
    team: Team, words: str
) -> None:
    """A labeller is told who can; /train itself is for everybody."""
    await team.types("/nerbot roles")
    answer = await team.types(f"/train {words}", person="grace")
    assert "Only an owner can change when trainings begin" in answer.text
    assert "Only an owner" not in (await team.types(f"/train {words}")).text


async def test_a_schedule_that_cannot_be_read_says_what_can(team: Team) -> None:
    """A time in other words gets examples."""
    assert "every day at 03:00" in (await team.types("/train schedule whenever you like")).text


async def test_a_schedule_survives_a_restart(slack: Playground, tmp_path: Path) -> None:
    """Schedules are rows: the next process keeps them."""
    settings = settings_for(slack, tmp_path / "data")
    async with open_bot(settings) as bot:
        await Team(slack, bot).types("/train schedule 30 4 * * mon Europe/Berlin")
    async with open_bot(settings) as bot:
        assert "30 4 * * mon" in (await Team(slack, bot).types("/train status")).text


def _says(team: Team, words: str) -> bool:
    return words in run_message(team).text


async def test_the_history_is_turned_by_its_buttons(
    labelled: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight trainings a page, newest first."""
    waits = "import time\ntime.sleep(3600)"
    monkeypatch.setenv("PYTHONPATH", str(fault_in_trainings(tmp_path / "fault", waits)))
    for number in range(1, 11):
        await labelled.types("/train cnn")
        await labelled.types("/train cancel")
        await labelled.slack.until(partial(_says, labelled, f"Training {number}: cancelled"))
    answer = await labelled.types("/train history")
    assert "10 · cancelled" in answer.text
    older = await labelled.presses(answer.message, "Older")
    assert "2 · cancelled" in older.shown
    assert "10 · cancelled" not in older.shown
    newer = await labelled.presses(older, "Newer")
    assert "10 · cancelled" in newer.shown


async def test_when_tells_the_next_five_times_and_what_is_left_to_auto(team: Team) -> None:
    """What trains automatically, and when."""
    assert "No training is scheduled" in (await team.types("/train when")).text
    await team.types("/train schedule every day at 03:00 Asia/Kolkata")
    assert "20 to go" in (await team.types("/train auto 20")).text
    said = (await team.types("/train when")).text
    assert said.count("03:00") == 6
    assert "20 to go" in said
    assert "any more" in (await team.types("/train auto off")).text


async def test_a_digest_is_set_told_and_switched_off_by_its_button(
    labelled: Team, labelled_data: Path
) -> None:
    """The button of the message that is in everybody's way."""
    slack = labelled.slack
    assert "every day at 09:00" in (await labelled.types("/train digest every day at 09:00")).text
    await execute(labelled_data, "UPDATE digest SET next_due = '2020-01-01 00:00:00.000000'")
    digest = "14 sentences finished"
    await slack.until(lambda: digest in slack.messages("#triage")[-1].text, timeout=patient(20))
    await slack.click("ada", slack.messages("#triage")[-1], "Switch this off")
    await slack.until(lambda: "The digest is off" in labelled.reads())
    assert "has no digest" in (await labelled.types("/train digest")).text
