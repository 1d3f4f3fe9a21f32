"""Sentences of watched channels are drawn at random, checked by people, and say how the model does."""

from sqlalchemy import select

from bot.db.tables.health import drawn_sentence
from bot.health.numbers import WatchedNumbers
from bot.operations.metrics import exposition
from bot.slack import action_ids as ids
from tests.bot.watching.conftest import Ward, ward

__all__ = ["ward"]

PAIRS = [
    (symptom, drug)
    for symptom in ("fever", "nausea", "a cough", "chest pain", "a rash", "headache")
    for drug in ("aspirin", "codeine", "insulin", "ibuprofen")
]


async def drawn(ward: Ward) -> list[str]:
    """What is kept to be checked."""
    async with ward.store.reading(ward.workspace) as tx:
        wanted = select(drawn_sentence.c.sentence).order_by(drawn_sentence.c.id)
        return list((await tx.connection.execute(wanted)).scalars())


async def stream(ward: Ward) -> None:
    """Twenty-four messages with two entities each."""
    for symptom, drug in PAIRS:
        ward.writes(f"A man with {symptom} takes {drug}.")
    await ward.settles(seen=len(PAIRS))


async def test_no_more_is_kept_of_a_stream_than_is_checked(ward: Ward) -> None:
    await stream(ward)
    assert 0 < len(await drawn(ward)) <= 20
    shown = await ward.types("/nerbot health")
    assert "Nothing has been checked yet" in shown.text
    assert "has seen 24 sentences" in shown.text


async def test_what_is_checked_measures_the_live_model_and_is_finished(ward: Ward) -> None:
    await stream(ward)
    await ward.types("/nerbot health")
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    message = await ward.presses(message, ids.HEALTH_CLOSE)
    assert "can be checked now" in message.shown
    before = (await ward.types("/nerbot stats")).text
    message = await ward.presses(message, ids.HEALTH_RIGHT)
    assert "100 % (" in message.shown
    assert "on 1 checked sentence" in message.shown
    await WatchedNumbers(ward.store, ward.workspace).refresh()
    assert b'nerbot_watched_precision{kind="measured",project="1"} 1.0' in exposition()
    message = await ward.presses(message, ids.HEALTH_SKIP)
    assert "on 1 checked sentence" in message.shown
    assert (await ward.types("/nerbot stats")).text != before


async def test_a_sentence_that_is_edited_counts_once_it_is_finished(ward: Ward) -> None:
    await stream(ward)
    await ward.types("/nerbot health")
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    message = await ward.presses(message, ids.HEALTH_CLOSE)
    card = (await drawn(ward))[0]
    message = await ward.presses(message, ids.HEALTH_EDIT)
    assert "Once it is finished it counts" in message.shown
    assert "Nothing has been checked yet" in message.shown
    await ward.types(f"/label none in: {card}")
    shown = await ward.types("/nerbot health")
    assert "Of all that was found 0 % (" in shown.text


async def test_too_little_of_a_stream_is_no_draw(ward: Ward) -> None:
    ward.writes("A man with fever takes aspirin.")
    await ward.settles(seen=1)
    shown = await ward.types("/nerbot health")
    assert "Check now" not in str(shown)
