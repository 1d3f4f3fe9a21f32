"""Messages of a watched channel become rows: each once, and right again after edits and deletions."""

from tests.bot.watching.conftest import Ward

TEXT = "A man with fever takes aspirin."
BOTH = [("found", "SYMPTOM", "fever"), ("found", "DRUG", "aspirin")]


async def test_a_message_becomes_rows(ward: Ward) -> None:
    message = ward.writes(TEXT)
    await ward.until_rows(2)
    assert ward.told() == BOTH
    first = ward.rows[0]
    place = (first["channel"], first["ts"], first["sentence"], first["start"], first["end"])
    assert place == (message.channel, message.ts, 1, 11, 16)
    assert first["model"] == 1
    assert 0.2 <= first["score"] <= 1


async def test_an_edit_amends_the_same_row_and_retracts_what_is_no_more(ward: Ward) -> None:
    message = ward.writes(TEXT)
    await ward.until_rows(2)
    ward.slack.edit("ada", message, "A patient with nausea goes home.")
    await ward.until_rows(4)
    fever, aspirin, *then = ward.rows
    by_id = {row["id"]: row for row in then}
    assert by_id[fever["id"]]["kind"] == "amended"
    assert by_id[fever["id"]]["text"] == "nausea"
    assert by_id[aspirin["id"]]["state"] == "retracted"


async def test_a_deleted_message_takes_its_rows_back_without_their_text(ward: Ward) -> None:
    message = ward.writes(TEXT)
    await ward.until_rows(2)
    ward.slack.delete("ada", message)
    await ward.until_rows(4)
    assert [(row["kind"], row["text"]) for row in ward.rows[2:]] == [("retracted", "")] * 2
    assert {row["id"] for row in ward.rows[2:]} == {row["id"] for row in ward.rows[:2]}


async def test_a_preview_of_a_link_is_no_edit(ward: Ward) -> None:
    message = ward.writes(TEXT)
    await ward.until_rows(2)
    ward.slack.unfurl(message)
    ward.writes("She has a cough.")
    await ward.until_rows(3)
    await ward.settles(seen=2)
    assert ward.told() == [*BOTH, ("found", "SYMPTOM", "a cough")]


async def test_of_many_messages_at_once_each_becomes_its_rows_once(ward: Ward) -> None:
    messages = [ward.writes(TEXT) for _ in range(110)]
    await ward.until_rows(220)
    await ward.settles(seen=110)
    assert sorted((row["ts"], row["text"]) for row in ward.rows) == sorted(
        (message.ts, word) for message in messages for word in ("fever", "aspirin")
    )
