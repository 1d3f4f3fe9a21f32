"""A stream that becomes another one is told of once, and its sentences are in the queue at a tap."""

import random
from itertools import product

from sqlalchemy import select

from bot.db.tables.sentences import sentence
from bot.playground import Message
from bot.slack import action_ids as ids
from tests.bot.watching.conftest import Ward, ward
from tests.support.patience import patient

__all__ = ["ward"]

SYMPTOMS = ("fever", "nausea", "a cough", "chest pain")
DRUGS = ("aspirin", "codeine", "insulin")
KNOWN = [
    f"A patient with {one} and {other} takes {drug}."
    for one, other, drug in product(SYMPTOMS, SYMPTOMS, DRUGS)
]
OTHERS = [
    f"{what} from {where} {did} at the warehouse."
    for what, where, did in product(
        ("Invoices", "Pallets", "Parcels", "Containers"),
        ("Rotterdam", "Leipzig", "Porto", "Gdansk"),
        ("arrived late", "were lost", "got wet", "stand outside"),
    )
]

DIFFERENCES = (
    "words are new to the model",
    "sure of what it finds in a message",
    "entities are found in 100 words",
    "messages begin with",
)
"""What a change can be told by: vocabulary, confidence, how much is found, and which labels."""

# In an order of their own neither would be alike throughout.
random.Random(0).shuffle(KNOWN)
random.Random(0).shuffle(OTHERS)


def told(ward: Ward) -> list[Message]:
    """What ada was told of changes, by direct message."""
    user = ward.slack.workspace.person("ada").id
    room = ward.slack.workspace.direct_message(user).id
    every = ward.slack.workspace.messages(room, viewer=user)
    return [each for each in every if "unlike those" in each.shown]


async def stream(ward: Ward, texts: list[str], *, seen: int) -> None:
    """Messages that are read one after the other."""
    for text in texts:
        ward.writes(text)
    await ward.settles(seen=seen)


async def queued(ward: Ward) -> list[str]:
    """The sentences of the project that came from the stream."""
    wanted = select(sentence.c.text).where(sentence.c.source == "health").order_by(sentence.c.id)
    async with ward.store.reading(ward.workspace) as tx:
        return list((await tx.connection.execute(wanted)).scalars())


async def test_another_corpus_is_told_of_once_and_its_sentences_are_queued(ward: Ward) -> None:
    await stream(ward, KNOWN, seen=len(KNOWN))
    assert not told(ward)
    await stream(ward, OTHERS, seen=len(KNOWN) + len(OTHERS))
    await ward.slack.until(lambda: len(told(ward)) == 1, timeout=patient(20))
    # Which of the differences is noticed first depends on the order in which messages are read.
    [said] = [each for each in DIFFERENCES if each in told(ward)[0].shown]
    await stream(ward, OTHERS, seen=len(KNOWN) + 2 * len(OTHERS))
    assert len(told(ward)) == 1
    assert said in (await ward.types("/nerbot health")).text
    await ward.slack.open_home("ada")
    await ward.slack.until(lambda: ward.slack.home("ada"))
    assert "Messages have changed" in ward.slack.reads("ada")
    message = await ward.presses(told(ward)[0], ids.DRIFT_LABEL)
    assert "20 sentences of these messages are in the queue" in message.shown
    assert "then /train" in message.shown
    assert len(set(await queued(ward)) & set(OTHERS)) == 20
