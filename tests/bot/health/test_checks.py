"""Sentences of watched channels are drawn at random, checked by people, and say how the model does."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.db.served import Served
from bot.db.tables.health import drawn_sentence, stream_draw
from bot.health.numbers import WatchedNumbers
from bot.operations.metrics import exposition
from bot.playground import Message
from bot.slack import action_ids as ids
from tests.bot.watching.conftest import Ward, ward
from tests.support.patience import patient

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


def asked(ward: Ward) -> list[Message]:
    """What ada was asked to check, by direct message."""
    user = ward.slack.workspace.person("ada").id
    room = ward.slack.workspace.direct_message(user).id
    every = ward.slack.workspace.messages(room, viewer=user)
    return [each for each in every if "to be checked" in each.shown]


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
    await WatchedNumbers(ward.store, Served({ward.workspace})).refresh()
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


async def test_after_a_week_whoever_watches_is_asked_once_to_check(ward: Ward) -> None:
    await stream(ward)
    async with ward.store.writing(ward.workspace) as tx:
        now = (await tx.connection.execute(select(stream_draw.c.began_at))).scalar_one()
        await tx.connection.execute(update(stream_draw).values(began_at=now - timedelta(days=8)))
    for drug in ("aspirin", "codeine"):
        ward.writes(f"A woman with fever takes {drug}.")
    await ward.settles(seen=len(PAIRS) + 2)
    await ward.slack.until(lambda: asked(ward), timeout=patient(20))
    [message] = asked(ward)
    assert "sentences of this week's messages in the watched channels are ready" in message.shown
    card = await ward.presses(message, ids.HEALTH_SHOW)
    card = await ward.presses(card, ids.HEALTH_RIGHT)
    assert "on 1 checked sentence" in card.shown
