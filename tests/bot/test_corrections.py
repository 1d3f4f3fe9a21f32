"""What people corrected in answers of /ner, and the word to them when a later model finds it."""

import asyncio

from bot.playground import Message
from tests.bot.conftest import Team
from tests.bot.test_editor import box, edit, saved
from tests.bot.test_feedback import ask
from tests.bot.test_models import trains
from tests.support.swaps import teach_the_second

QUESTION = "/ner A patient with chest pain takes aspirin on Monday."


def direct_messages(team: Team, person: str = "ada") -> list[Message]:
    """What a person was told in messages of their own."""
    user = team.slack.workspace.person(person).id
    channel = team.slack.workspace.direct_message(user)
    return team.slack.workspace.messages(channel.id, viewer=user)


async def corrects(team: Team) -> Message:
    """Ask model 1, which has never heard of days, and put its answer right in the editor."""
    answer = await ask(team, QUESTION)
    await edit(team, answer, button="Fix")
    await team.slack.type_into("ada", box(team, "editor.added"), "Monday = DAY")
    return await saved(team, answer)


async def test_who_corrected_a_sentence_is_told_once_when_a_later_model_finds_it(
    trained: Team,
) -> None:
    """Fix, train, and the word comes by direct message; the training after that says nothing of it."""
    assert "Saved as finished: #15 with 3 labelled phrases." in (await corrects(trained)).shown
    await teach_the_second(trained.slack)
    await trained.slack.until(lambda: direct_messages(trained), timeout=20)
    (told,) = direct_messages(trained)
    assert "Model 2 now finds what you corrected" in told.shown
    assert "chest pain SYMPTOM takes aspirin DRUG on Monday DAY." in told.shown
    assert told.buttons == ["No more of these"]
    assert direct_messages(trained, "grace") == []
    await trains(trained)
    await asyncio.sleep(6)  # nerbot has looked again by then
    assert direct_messages(trained) == [told]
