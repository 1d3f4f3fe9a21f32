"""/ner where a model is live: the process that predicts is real, and can be killed."""

import asyncio
from pathlib import Path

import psutil

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.support.patience import patient

QUESTION = "/ner A patient with chest pain takes aspirin."


async def test_the_live_model_is_found_again_by_the_next_process(trained: Team) -> None:
    """A model survives a restart, and answers under its version."""
    answer = await trained.asks(QUESTION)
    assert "chest pain SYMPTOM" in answer
    assert "model 1" in answer


async def test_several_lines_are_several_sentences(trained: Team) -> None:
    """/ner takes one sentence a line, and says plainly where a sentence has no entity."""
    answer = await trained.asks("/ner A patient with fever takes codeine.\nNo complaints today.")
    assert "fever SYMPTOM" in answer
    assert "No entity found in this sentence." in answer


async def test_the_answer_is_for_the_person_alone(trained: Team) -> None:
    """Recognition is ephemeral."""
    answer = await trained.types(QUESTION)
    assert answer.message
    assert answer.message.only_for is not None


async def test_many_questions_at_once_get_their_own_answers(trained: Team) -> None:
    """Texts that wait are asked together, and each person gets back what they asked."""
    await trained.asks(QUESTION)
    drugs = ("aspirin", "codeine", "insulin") * 5
    answers = await asyncio.gather(
        *(trained.types(f"/ner A patient with fever takes {drug}.") for drug in drugs)
    )
    assert [drug in answer.text for drug, answer in zip(drugs, answers, strict=True)] == [True] * 15


async def test_who_asks_without_end_is_told_when_to_ask_again(
    trained_data: Path, slack: Playground
) -> None:
    """One person's questions are bounded; another one's are answered."""
    settings = settings_for(slack, trained_data)
    async with open_bot(settings.model_copy(update={"questions_per_minute": 1})) as bot:
        team = Team(slack, bot)

        def is_refused() -> bool:
            """In the ack, or in a message where the model is still being loaded."""
            told = [each.shown for each in slack.messages("#triage", viewer="ada")]
            return any("Please try again in 60 seconds." in each for each in told)

        for _ in range(4):
            await team.types(QUESTION)
        await slack.until(is_refused, timeout=patient(60))
        assert "chest pain SYMPTOM" in await team.asks(QUESTION, person="linus")


async def test_a_process_that_died_is_started_again(trained: Team) -> None:
    """After the process that predicts is killed, the next question but one is answered at the latest."""
    await trained.asks(QUESTION)
    for child in psutil.Process().children(recursive=True):
        if "ner_engine.processes.prediction_server" in child.cmdline():
            child.kill()
            child.wait(timeout=patient(5))
    answers = [await trained.asks(QUESTION) for _ in range(2)]
    assert "chest pain SYMPTOM" in answers[-1]


async def test_a_damaged_model_is_named_not_served(trained_data: Path, slack: Playground) -> None:
    """A flipped bit in the live model ends in words, not in a wrong answer."""
    victim = next(path for path in (trained_data / "models").rglob("model") if path.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    async with open_bot(settings_for(slack, trained_data)) as bot:
        answer = await Team(slack, bot).asks(QUESTION)
        assert "Model 1 is damaged and there is no other model to use. /train makes" in answer
