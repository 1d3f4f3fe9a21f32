"""What people corrected in answers of /ner, and the word to them when a later model finds it."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from bot.db.tables.review import correction
from bot.playground import Message
from tests.bot.conftest import Team
from tests.bot.editor.test_editor import box, edit, saved
from tests.bot.models.test_models import trains
from tests.bot.recognition.test_feedback import ask, press
from tests.support.opening import open_database
from tests.support.patience import patient
from tests.support.swaps import teach_the_second

QUESTION = "/ner A patient with chest pain takes aspirin on Monday."


def direct_messages(team: Team, person: str = "ada") -> list[Message]:
    """What a person was told in messages of their own."""
    user = team.slack.workspace.person(person).id
    channel = team.slack.workspace.direct_message(user)
    return team.slack.workspace.messages(channel.id, viewer=user)


async def corrects(team: Team, *, person: str = "ada") -> Message:
    """Ask model 1, which has never heard of days, and put its answer right in the editor."""
    answer = await ask(team, QUESTION, person=person)
    await edit(team, answer, person=person, button="Fix")
    await team.slack.type_into(person, box(team, "editor.added", person), "Monday = DAY")
    return await saved(team, answer, person=person)


async def test_who_corrected_a_sentence_is_told_once_when_a_later_model_finds_it(
    trained: Team,
) -> None:
    """Fix, train, and the word comes by direct message; the training after that says nothing of it."""
    assert "Saved as finished: #15 with 3 labelled phrases." in (await corrects(trained)).shown
    await teach_the_second(trained.slack)
    await trained.slack.until(lambda: direct_messages(trained), timeout=patient(40))
    (told,) = direct_messages(trained)
    assert "Model 2 now finds what you corrected" in told.shown
    assert "chest pain SYMPTOM takes aspirin DRUG on Monday DAY." in told.shown
    assert told.buttons == ["No more of these"]
    assert direct_messages(trained, "grace") == []
    await trains(trained)
    await asyncio.sleep(6)  # nerbot has looked again by then
    assert direct_messages(trained) == [told]


async def kept(data: Path) -> list[tuple[int, int]]:
    """The sentences of which nerbot knows that they were corrected, and the version that was wrong."""
    async with (
        open_database(f"sqlite+aiosqlite:///{data}/nerbot.db") as database,
        database.reading() as connection,
    ):
        rows = await connection.execute(select(correction.c.sentence_id, correction.c.version))
        return [tuple(row) for row in rows]


async def test_what_is_said_last_of_an_answer_is_what_counts(
    trained: Team, trained_data: Path
) -> None:
    """A fix that changes what was found is a correction; one that does not, Right, and a fix undone are none."""
    answer = await ask(trained, QUESTION)
    right = await press(trained, answer, "Right")
    assert await kept(trained_data) == []
    await edit(trained, right, button="Fix")
    await trained.slack.type_into("ada", box(trained, "editor.added"), "Monday = DAY")
    fixed = await saved(trained, right)
    assert await kept(trained_data) == [(15, 1)]
    back = await press(trained, fixed, "Undo")
    assert await kept(trained_data) == []
    await edit(trained, back, button="Fix")
    answered = await trained.slack.submit("ada")
    assert not answered.errors
    assert await kept(trained_data) == []


async def test_one_button_ends_the_messages_and_a_command_brings_them_back(trained: Team) -> None:
    """With notices off nothing comes; the answers say what is now, and how to change it."""
    assert "You get a message when" in (await trained.types("/nerbot notices")).text
    off = await trained.types("/nerbot notices off")
    assert "You get no message" in off.text
    assert "/nerbot notices on" in off.text
    assert "takes on or off" in (await trained.types("/nerbot notices perhaps")).text
    await corrects(trained)
    await corrects(trained, person="grace")
    await teach_the_second(trained.slack)
    await trained.slack.until(lambda: direct_messages(trained, "grace"), timeout=patient(40))
    await asyncio.sleep(1)
    assert direct_messages(trained) == []
    (told,) = direct_messages(trained, "grace")
    await trained.slack.click("grace", told, "No more of these")
    await trained.slack.until(
        lambda: "You get no message" in direct_messages(trained, "grace")[-1].shown
    )
    assert trained.slack.now(told) == told
    assert "You get no message" in (await trained.types("/nerbot notices", person="grace")).text
    on = await trained.types("/nerbot notices on", person="grace")
    assert "from the next model on" in on.text
