"""Models from the request to what people read: the end of a run, /nerbot models, what is live and how it is undone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.playground import Message, Playground
from tests.bot.conftest import Team, settings_for, workspace_in
from tests.support.once import copy_of, made_once
from tests.support.patience import patient

QUESTION = "/ner A patient with chest pain takes aspirin."
OVER = re.compile("is live|is not live|failed")


def run_messages(team: Team) -> list[Message]:
    """The messages that follow runs, oldest first."""
    return [m for m in team.slack.messages("#triage") if m.text.startswith("Training ")]


async def trains(team: Team) -> Message:
    """One more training, to its end; its message."""
    before = len(run_messages(team))
    await team.types("/train")
    await team.slack.until(
        lambda: len(run_messages(team)) > before and OVER.search(run_messages(team)[-1].text),
        timeout=patient(90),
    )
    return run_messages(team)[-1]


@pytest.fixture(scope="session")
def trained_twice(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with a live model, after a second training of the same: two versions."""

    async def train(folder: Path) -> None:
        copy_of(trained_once, folder)
        async with workspace_in(folder) as team:
            await trains(team)

    return made_once(tmp_path_factory, "trained-twice", train)


@pytest.fixture
def two_data(trained_twice: Path, tmp_path: Path) -> Path:
    """The data folder of a workspace with models 1 and 2; the `slack` of the test is that workspace."""
    return copy_of(trained_twice, tmp_path)


@pytest.fixture
async def two(two_data: Path, slack: Playground) -> AsyncIterator[Team]:
    """The bot started anew where model 2 is live and model 1 was."""
    async with open_bot(settings_for(slack, two_data)) as bot:
        yield Team(slack, bot)


def damage(data: Path, version: int) -> None:
    """Flip one bit of a model's files."""
    victim = next(p for p in (data / "models").glob(f"*/{version}/**/model") if p.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)


# --- the end of a run -------------------------------------------------------------------------------------------


async def test_a_run_ends_with_what_is_live_and_a_way_back(two: Team) -> None:
    """The message says since when the model is live; [Undo] brings the one before back, and both messages say so."""
    message = run_messages(two)[-1]
    assert "Model 2 is live since" in message.shown
    assert "Against model 1 on the same" in message.shown
    await two.slack.click("ada", message, "Undo: back to model 1")
    await two.slack.until(lambda: "model 2 is not live" in run_messages(two)[-1].text)
    await two.slack.until(lambda: "model 1 is live" in run_messages(two)[0].text)
    assert "It was live; model 1 is now." in run_messages(two)[-1].shown
    assert "model 1" in await two.asks(QUESTION)
    await two.slack.click("ada", run_messages(two)[-1], "Make it live")
    await two.slack.until(lambda: "model 2 is live" in run_messages(two)[-1].text)


async def test_undo_is_refused_where_the_pointer_moved_meanwhile(two: Team) -> None:
    """An [Undo] of a message that was not edited yet changes nothing, and says which model is live."""
    message = run_messages(two)[-1]
    await two.asks("/nerbot models live 1")
    await two.slack.click("ada", message, "Undo: back to model 1")
    await two.slack.until(lambda: "Model 2 is no longer live: model 1 is." in two.reads())


async def test_whoever_asked_is_told_at_the_end_with_pictures_and_words_for_who_does_not_see_them(
    two: Team,
) -> None:
    """A message of its own, which notifies; each picture has an alt text that says what the picture says."""

    def messages() -> list[Message]:
        return [m for m in two.slack.messages("#triage") if "Training 2 is done" in m.text]

    # A message of its own is sent after the run's: where the bot was stopped in between, by the next one.
    await two.slack.until(messages, timeout=patient(30))
    told = messages()
    assert len(told) == 1
    ada = two.slack.workspace.person("ada").id
    assert told[0].text.startswith(f"<@{ada}> Training 2 is done: F1 ")
    images = [block for block in told[0].blocks if block["type"] == "image"]
    assert any("What the model said in training 2: DRUG" in block["alt_text"] for block in images)
    for block in images:
        path = two.slack.uploads.path(block["slack_file"]["id"])
        assert path is not None
        assert path.stat().st_size > 10_000


async def test_what_would_help_leads_to_the_sentences_it_is_about(trained: Team) -> None:
    """A phrase with two labels: its sentences are shown marked, and each can be taken in hand and changed."""
    for drug in ("aspirin", "codeine"):
        await trained.types(f"/label A nurse with {{chest pain=DRUG}} and {{{drug}=DRUG}}.")
    message = await trains(trained)
    await trained.slack.until(
        lambda: any("Look at" in b for b in run_messages(trained)[-1].buttons)
    )
    message = run_messages(trained)[-1]
    assert "What would help most" in message.shown
    assert "Where it errs most" in message.shown
    look = next(words for words in message.buttons if words.startswith("Look at"))
    await trained.slack.click("ada", message, look)
    await trained.slack.until(lambda: "chest pain" in trained.reads())
    listed = trained.slack.messages("#triage", viewer="ada")[-1]
    assert "SYMPTOM" in listed.shown
    await trained.slack.click("ada", listed, listed.buttons[0])
    number = listed.buttons[0].removeprefix("Open ")
    await trained.slack.until(lambda: f"{number} · " in trained.reads())


async def test_a_roll_back_button_is_refused_where_another_model_is_live_by_now(two: Team) -> None:
    """The list was shown while model 2 was live."""
    answer = await two.types("/nerbot models")
    assert answer.message
    await two.asks("/nerbot models live 1")
    await two.slack.click("ada", answer.message, "Roll back")
    await two.slack.until(lambda: "Model 2 is no longer live: model 1 is." in two.reads())


# --- /nerbot models ---------------------------------------------------------------------------------------------


async def test_models_are_listed_with_scores_and_what_is_live(two: Team) -> None:
    """The newest first, the live one marked, since when and why, and what decides what goes live."""
    answer = await two.types("/nerbot models")
    assert "Model 2 is live since" in answer.text
    assert answer.text.index("● 2 live · F1") < answer.text.index("1 · F1")
    assert "14 sentences" in answer.text
    assert "unless it is worse" in answer.text


async def test_a_model_is_made_live_by_its_number_and_rolled_back(two: Team) -> None:
    """`live 1` and `rollback`, each named in the answer with the way back; a version that is not there is refused."""
    assert "Model 1 is live now" in await two.asks("/nerbot models live 1")
    assert "already live" in await two.asks("/nerbot models live 1")
    assert "no model 7" in await two.asks("/nerbot models live 7")
    assert "Model 2 is live now" in await two.asks("/nerbot models live 2")
    assert "Model 1 is live again" in await two.asks("/nerbot models rollback")
    assert "Model 2 is live now" in await two.asks("/nerbot models live 2")


async def test_two_models_are_compared_on_what_neither_had_learned(two: Team) -> None:
    """The same training twice finds the same: the comparison says on how many sentences, and that nothing differs."""
    answer = await two.types("/nerbot models compare 1 2")
    assert "on the 14 sentences neither had learned" in answer.text
    assert "They found the same in all of them." in answer.text


async def test_a_project_that_wants_to_be_asked_is_asked(two: Team) -> None:
    """With the policy `ask` a new model waits for [Make it live]."""
    assert "only when a person decides" in (await two.types("/nerbot models policy ask")).text
    message = await trains(two)
    assert "model 3 is not live" in message.text
    assert "a person decides what goes live" in message.shown
    await two.slack.click("ada", message, "Make it live")
    await two.slack.until(lambda: "model 3 is live" in run_messages(two)[-1].text)
    assert "model 3" in await two.asks(QUESTION)


async def test_a_project_that_wants_better_models_keeps_the_live_one(two: Team) -> None:
    """With the policy `better` the same model again does not go live."""
    await two.types("/nerbot models policy better")
    message = await trains(two)
    assert "model 3 is not live" in message.text
    assert "not clearly better" in message.shown


async def test_only_an_owner_changes_what_is_live_once_there_is_one(two: Team) -> None:
    """A labeller is told who can."""
    await two.types("/nerbot roles")
    answer = await two.types("/nerbot models live 1", person="grace")
    assert "Only an owner can change which model is live" in answer.text
    await two.slack.click("grace", run_messages(two)[-1], "Undo: back to model 1")
    await two.slack.until(lambda: "Only an owner" in two.reads("grace"))


async def test_the_scores_over_time_are_a_picture_in_the_channel(two: Team) -> None:
    """The button says beforehand that it posts."""
    answer = await two.types("/nerbot models")
    assert answer.message
    await two.slack.click("ada", answer.message, "Post the scores here as a picture")

    def pictures() -> list[dict[str, str]]:
        return [
            f for m in two.slack.messages("#triage") for f in m.files if f["name"] == "models.png"
        ]

    await two.slack.until(pictures, timeout=patient(30))
    assert "model 2" in pictures()[0]["alt_txt"]
    assert "(live)" in pictures()[0]["alt_txt"]


# --- damage -----------------------------------------------------------------------------------------------------


async def test_a_damaged_model_is_named_and_the_last_good_one_goes_on(
    two_data: Path, slack: Playground
) -> None:
    """A flipped bit in the live model: the one before answers and is live, and the record says why."""
    damage(two_data, 2)
    async with open_bot(settings_for(slack, two_data)) as bot:
        team = Team(slack, bot)
        answer = await team.asks(QUESTION)
        assert (
            "Model 2 is damaged and not asked any more: model 1 answers and is live now." in answer
        )
        assert "chest pain SYMPTOM" in answer
        assert "damaged" not in await team.asks(QUESTION)
        listed = (await team.types("/nerbot models")).text
        assert "● 1 live" in listed
        assert "because model 2 is damaged" in listed
        assert "damaged, so it cannot go live" in (await team.types("/nerbot models live 2")).text
        history = (await team.types("/nerbot history")).text
        assert "model 1 went live because model 2 is damaged" in history


async def test_a_damaged_model_does_not_go_live(two_data: Path, slack: Playground) -> None:
    """What is made live by hand is loaded first."""
    damage(two_data, 1)
    async with open_bot(settings_for(slack, two_data)) as bot:
        team = Team(slack, bot)
        await team.asks(QUESTION)
        assert "Model 1 is damaged" in await team.asks("/nerbot models live 1")
        assert "model 2" in await team.asks(QUESTION)


async def test_where_all_are_damaged_the_answer_says_what_to_do(
    two_data: Path, slack: Playground
) -> None:
    """Nothing wrong is served; a training makes a new one."""
    damage(two_data, 1)
    damage(two_data, 2)
    async with open_bot(settings_for(slack, two_data)) as bot:
        assert "/train makes a new one" in await Team(slack, bot).asks(QUESTION)


async def test_a_model_whose_files_are_away_is_not_damaged_and_answers_when_they_are_back(
    two_data: Path, slack: Playground
) -> None:
    """As where the disk of models is not mounted: another version answers meanwhile, and no row is marked."""
    [project] = (two_data / "models").iterdir()
    (project / "2").rename(two_data / "away")
    async with open_bot(settings_for(slack, two_data)) as bot:
        team = Team(slack, bot)
        answer = await team.asks(QUESTION)
        assert "Model 2 is live, but cannot be read at the moment: model 1 answers" in answer
        assert "chest pain SYMPTOM" in answer
        listed = (await team.types("/nerbot models")).text
        assert "● 2 live" in listed
        assert "damaged" not in listed
        (two_data / "away").rename(project / "2")
        answer = await team.asks(QUESTION)
        assert "cannot be read" not in answer
        assert answer.endswith("model 2")


async def test_where_no_model_is_here_the_answer_says_so_and_marks_none(
    two_data: Path, slack: Playground
) -> None:
    """The whole folder of models is away, and comes back."""
    (two_data / "models").rename(two_data / "away")
    async with open_bot(settings_for(slack, two_data)) as bot:
        team = Team(slack, bot)
        assert "The files of model 2 are not in nerbot's data folder" in await team.asks(QUESTION)
        (two_data / "models").rmdir()
        (two_data / "away").rename(two_data / "models")
        assert "chest pain SYMPTOM" in await team.asks(QUESTION)
        assert "damaged" not in (await team.types("/nerbot models")).text


# --- the first load ---------------------------------------------------------------------------------------------


async def test_a_question_before_the_model_is_loaded_says_so_and_is_answered(
    two_data: Path, slack: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 3 s people hear that the model is being loaded; the answer comes to the same place."""
    slow, may_load = two_data.parent / "slow", two_data.parent / "may load"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(
        "import os, sys, time\n"
        "if 'ner_engine.processes.prediction_server' in ' '.join(sys.orig_argv):\n"
        f"    while not os.path.exists({str(may_load)!r}): time.sleep(0.02)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(slow))
    settings = settings_for(slack, two_data).model_copy(update={"patience": 1})
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        answer = await team.types(QUESTION)
        assert answer.text == "The model is being loaded; the answer is posted here."
        assert answer.elapsed_ms < patient(3000)
        may_load.touch()
        await slack.until(lambda: "chest pain SYMPTOM" in team.reads(), timeout=patient(30))
