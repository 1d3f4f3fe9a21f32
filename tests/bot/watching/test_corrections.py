"""What people say of a sentence of a watched message corrects the row that was sent: the same one, at once."""

import time

from bot.playground import Message
from bot.slack import action_ids as ids
from tests.bot.watching.conftest import Ward, add_output
from tests.bot.watching.test_watching import TEXT
from tests.support.patience import patient


async def test_a_fix_of_a_messages_sentence_corrects_its_rows_within_five_seconds(
    ward: Ward,
) -> None:
    message = ward.writes(TEXT)
    await ward.until_rows(2)
    await ward.slack.shortcut("grace", "label_message", message)
    await ward.slack.until(
        lambda: "Tap entities" in ward.reads("grace") or "fever" in ward.reads("grace")
    )
    began = time.monotonic()
    await ward.types("/label A {man=SYMPTOM} with fever takes {aspirin=DRUG}.", person="grace")
    await ward.until_rows(4)
    assert time.monotonic() - began < patient(5)
    fever, aspirin, *then = ward.rows
    assert {(row["kind"], row["label"], row["text"], row["model"]) for row in then} == {
        ("retracted", "SYMPTOM", "", 1),
        ("found", "SYMPTOM", "man", None),
    }
    assert aspirin["id"] not in {row["id"] for row in then}
    assert fever["id"] in {row["id"] for row in then}


async def test_fix_in_a_reply_makes_a_card_of_the_message_in_its_thread(ward: Ward) -> None:
    await add_output(ward, "reply", "")
    message = ward.writes(TEXT)
    await ward.until(lambda: any(each.blocks for each in ward.slack.thread(message)))
    [reply] = [each for each in ward.slack.thread(message) if each.blocks]
    await ward.slack.click("grace", reply, ids.FIX_MESSAGE)
    await ward.slack.until(lambda: bool(_cards(ward, message)))
    await ward.slack.click("grace", _cards(ward, message)[-1], ids.NONE)
    await ward.until_rows(4)
    assert [row["kind"] for row in ward.rows[2:]] == ["retracted"] * 2
    await ward.until(lambda: not any(each.ts == reply.ts for each in ward.slack.thread(message)))


def _cards(ward: Ward, message: Message) -> list[Message]:
    seen = ward.slack.thread(message, viewer="grace")
    return [each for each in seen if "Suggested by" in each.shown]


async def test_another_label_amends_the_same_row(ward: Ward) -> None:
    ward.writes(TEXT)
    await ward.until_rows(2)
    await ward.types("/label A man with {fever=DRUG} takes {aspirin=DRUG}.")
    await ward.until_rows(3)
    fever, _, now = ward.rows
    assert (now["kind"], now["id"], now["label"]) == ("amended", fever["id"], "DRUG")


async def test_a_fix_that_is_undone_lets_the_model_say_again_what_it_finds(ward: Ward) -> None:
    """The text of the message is kept nowhere: Slack is asked for it."""
    ward.writes(TEXT)
    await ward.until_rows(2)
    await ward.types("/label none in: " + TEXT)
    await ward.until_rows(4)
    assert [row["kind"] for row in ward.rows[2:]] == ["retracted"] * 2
    await ward.types("/label undo")
    await ward.until_rows(6)
    assert {row["id"] for row in ward.rows[4:]} == {row["id"] for row in ward.rows[:2]}
    assert [row["kind"] for row in ward.rows[4:]] == ["found"] * 2


async def test_a_message_that_is_written_after_the_fix_is_read_as_people_say(ward: Ward) -> None:
    await ward.types("/label A man with {fever=DRUG} takes aspirin.")
    ward.writes(TEXT)
    await ward.until_rows(1)
    assert ward.told() == [("found", "DRUG", "fever")]
