"""Messages of a watched channel become rows: each once, and right again after edits and deletions."""

from tests.bot.watching.conftest import Ward, new_ts

TEXT = "A patient with fever takes aspirin."
BOTH = [("found", "SYMPTOM", "fever"), ("found", "DRUG", "aspirin")]


async def test_a_message_becomes_rows(ward: Ward) -> None:
    ts = await ward.writes(TEXT)
    await ward.until(lambda: len(ward.rows) == 2)
    assert ward.told() == BOTH
    first = ward.rows[0]
    assert (first["channel"], first["ts"], first["start"], first["end"]) == ("C0WARD", ts, 15, 20)
    assert first["model"] == 1
    assert 0.8 <= first["score"] <= 1


async def test_a_second_delivery_changes_nothing(ward: Ward) -> None:
    await ward.writes(TEXT)
    await ward.again(ward.sent[-1])
    await ward.until(lambda: len(ward.rows) == 2)
    await ward.again(ward.sent[-1])
    await ward.settles()
    assert ward.told() == BOTH


async def test_an_edit_amends_the_same_row_and_retracts_what_is_no_more(ward: Ward) -> None:
    ts = await ward.writes(TEXT)
    await ward.until(lambda: len(ward.rows) == 2)
    await ward.edits(ts, "A patient with nausea takes a walk.")
    await ward.until(lambda: len(ward.rows) == 4)
    fever, aspirin, *then = ward.rows
    by_id = {row["id"]: row for row in then}
    assert by_id[fever["id"]]["kind"] == "amended"
    assert by_id[fever["id"]]["text"] == "nausea"
    assert by_id[aspirin["id"]]["state"] == "retracted"


async def test_a_deleted_message_takes_its_rows_back_without_their_text(ward: Ward) -> None:
    ts = await ward.writes(TEXT)
    await ward.until(lambda: len(ward.rows) == 2)
    await ward.deletes(ts)
    await ward.until(lambda: len(ward.rows) == 4)
    assert [(row["kind"], row["text"]) for row in ward.rows[2:]] == [("retracted", "")] * 2
    assert {row["id"] for row in ward.rows[2:]} == {row["id"] for row in ward.rows[:2]}


async def test_a_message_that_is_delivered_after_its_deletion_stays_gone(ward: Ward) -> None:
    ts = new_ts()
    await ward.deletes(ts)
    await ward.writes(TEXT, ts=ts)
    await ward.settles()
    assert ward.rows == []
