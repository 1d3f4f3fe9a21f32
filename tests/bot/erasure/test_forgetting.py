"""After /nerbot forget no byte of the data folder holds what was forgotten, and the model never saw it."""

import os
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.bot.erasure.conftest import TEXT, trained
from tests.support.patience import patient
from tests.support.trainers import fault_in_trainings

CANARIES = ("zyxwquirk", "plimpain", "qvorlabel", "drablat")


def with_canaries(folder: Path, words: tuple[str, ...] = CANARIES) -> list[str]:
    """The files in which one of the words is, whatever their kind; what is deleted meanwhile is passed over."""
    found = []
    for path in (Path(parent, name) for parent, _, names in os.walk(folder) for name in names):
        try:
            content = path.read_bytes().lower()
        except OSError:  # deleted meanwhile, or a socket
            continue
        wide = content.replace(b"\x00", b"")
        found += [
            f"{path.relative_to(folder)}: {word}"
            for word in words
            if word.encode() in content or word.encode() in wide
        ]
    return found


async def test_a_forgotten_sentence_is_nowhere_and_the_model_is_trained_without_it(
    secret_data: Path, slack: Playground
) -> None:
    async with open_bot(settings_for(slack, secret_data)) as bot:
        team = Team(slack, bot)
        assert "QVORLABEL" in await team.asks(f"/ner {TEXT}")
        assert with_canaries(secret_data)
        asked = (await team.types(f"/nerbot forget {TEXT}")).message
        assert asked
        assert "cannot be undone" in asked.text
        assert "Model 2" in asked.text
        done = await team.presses(asked, "Erase for good")
        assert "Until that one is live, the old one keeps answering" in done.shown
        assert "model 2" in await team.asks("/ner She has fever.")
        await trained(slack, 3)
        await slack.until(
            lambda: not (secret_data / "models" / "1" / "2").exists(), timeout=patient(30)
        )
    assert with_canaries(secret_data) == []


async def forget(team: Team, words: str, *, person: str = "ada") -> str:
    """Ask and confirm; what went."""
    asked = (await team.types(f"/nerbot forget {words}", person=person)).message
    return (await team.presses(asked, "Erase for good", person=person)).shown


ALL = (*CANARIES, "plimlabel", "plimflag", "plimnote", "plimquestion", "plimdescription")


async def test_of_a_forgotten_project_no_word_is_left_and_its_failed_trainings_say_none(
    written_data: Path, slack: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = "sys.orig_argv[sys.orig_argv.index('ner_engine.processes.training_job') + 1]"
    fault = f"import os\nos.write(2, open({folder} + '/gold.jsonl', 'rb').read())\nos._exit(3)"
    async with open_bot(settings_for(slack, written_data)) as bot:
        team = Team(slack, bot)
        monkeypatch.setenv("PYTHONPATH", str(fault_in_trainings(tmp_path / "fault", fault)))
        await team.types("/label none in: Zyxwquirk again.")
        await team.types("/train")
        await slack.until(
            lambda: any("Training 3: failed" in m.text for m in slack.messages("#triage")),
            timeout=patient(40),
        )
        assert with_canaries(written_data, ALL)
        assert "gone from the data folder" in await forget(team, "project default")
        assert not (written_data / "models" / "1").exists()
    assert with_canaries(written_data, ALL) == []


async def test_of_a_forgotten_person_no_word_is_left(written_data: Path, slack: Playground) -> None:
    async with open_bot(settings_for(slack, written_data)) as bot:
        await forget(Team(slack, bot), "me", person="grace")
        await slack.until(
            lambda: not (written_data / "models" / "1" / "2").exists(), timeout=patient(30)
        )
        words = tuple(word for word in ALL if word not in {"plimdescription", "qvorlabel"})
        left = with_canaries(written_data, words)
    # A label that somebody described is the team's own.
    assert left == []
    assert with_canaries(written_data, words) == []


async def test_only_owners_forget_what_others_did(team: Team) -> None:
    await team.types("/nerbot labels")  # Ada is the owner now
    await team.types("/label none in: No complaints today.")
    for words in ("#1", "@ada", "project default"):
        said = (await team.types(f"/nerbot forget {words}", person="grace")).text
        assert "Only an owner can erase" in said, said


async def test_a_question_is_nobody_elses_to_answer_and_keeping_changes_nothing(
    team: Team,
) -> None:
    await team.types("/label A {plimpain=SIGN} today.")
    asked = (await team.types("/nerbot forget #1")).message
    kept = await team.presses(asked, "Keep it")
    assert "Nothing was erased." in kept.shown
    assert "1 sentence" in await forget(team, "#1")
    assert "no such sentence" in (await team.types("/nerbot forget #1")).text


async def test_a_sentence_is_deleted_from_label_and_comes_back(team: Team) -> None:
    await team.types("/label A {plimpain=SIGN} today.")
    asked = (await team.types("/label delete #1")).message
    deleted = await team.presses(asked, "Delete")
    assert "Deleted sentence #1" in deleted.shown
    assert "no such sentence" in (await team.types("/label delete #1")).text
    await team.presses(deleted, "Undo")
    assert "“plimpain”" in (await team.types("/nerbot labels")).text
