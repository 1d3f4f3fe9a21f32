"""What is too unsure to go out is asked about, one tap each."""

import asyncio

from sqlalchemy import select, update

from bot.db.tables.health import drawn_sentence
from bot.db.tables.watching import entity, entity_card
from bot.erasure.repositories.watched import Watched
from bot.slack import action_ids as ids
from tests.bot.watching.conftest import Ward, ward
from tests.support.patience import patient

__all__ = ["ward"]

TEXT = "A man with fever takes aspirin."


async def asked_about(ward: Ward, text: str = TEXT, *, cards: int = 2) -> None:
    """A message in which nothing is sure enough."""
    await ward.types("/nerbot project settings confidence 100")
    ward.writes(text)
    await ward.settles(seen=1)
    assert ward.rows == []
    assert len(await waiting(ward)) == cards


async def waiting(ward: Ward) -> list[str]:
    """The sentences of the cards that wait."""
    wanted = select(entity_card.c.sentence).where(entity_card.c.answered_at.is_(None))
    async with ward.store.reading(ward.workspace) as tx:
        return list((await tx.connection.execute(wanted)).scalars())


async def test_a_yes_sends_what_was_found_and_a_no_never_does(ward: Ward) -> None:
    await asked_about(ward)
    shown = await ward.types("/nerbot unsure")
    assert "Is “aspirin” a" in shown.text
    assert "1 other card after this one" in str(shown)
    assert "primary" not in str(shown), "no answer to what is unsure is the green default"
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    message = await ward.presses(message, ids.CARD_YES)
    await ward.until_rows(1)
    assert ward.told() == [("found", "DRUG", "aspirin")]
    assert ward.rows[0]["model"] == 1
    assert "Sent: “aspirin” as" in message.shown
    assert "Is “fever” a" in message.shown
    message = await ward.presses(message, ids.CARD_NO)
    assert "Not sent: “fever”" in message.shown
    assert "Nothing waits" in message.shown
    await ward.settles(seen=1)
    assert len(ward.rows) == 1
    assert await waiting(ward) == []


async def test_the_text_of_a_card_goes_with_its_answer(ward: Ward) -> None:
    await asked_about(ward)
    await ward.types("/nerbot unsure")
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    await ward.presses(message, ids.CARD_NO)
    async with ward.store.reading(ward.workspace) as tx:
        rows = (await tx.connection.execute(entity_card.select())).all()
    assert sorted(row.sentence for row in rows) == ["", TEXT]
    assert sorted(row.answer or "" for row in rows) == ["", "no"]


async def test_a_message_that_is_read_again_asks_about_its_sentence_as_it_is_now(
    ward: Ward,
) -> None:
    await ward.types("/nerbot project settings confidence 100")
    message = ward.writes(TEXT)
    await ward.settles(seen=1)
    ward.slack.edit("ada", message, "A woman with fever takes aspirin.")
    async with asyncio.timeout(patient(20)):
        while await waiting(ward) != ["A woman with fever takes aspirin."] * 2:  # noqa: ASYNC110 - rows do not call
            await asyncio.sleep(0.05)
    await ward.settles(seen=1)


async def test_edit_gives_the_whole_sentence_and_what_is_finished_goes_out(ward: Ward) -> None:
    await asked_about(ward)
    await ward.types("/nerbot unsure")
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    message = await ward.presses(message, ids.CARD_EDIT)
    assert "Label the sentence" in str(message.blocks)
    await ward.types("/label A man with {fever=SYMPTOM} takes {aspirin=DRUG}.")
    await ward.until_rows(2)
    assert sorted(ward.told()) == [("found", "DRUG", "aspirin"), ("found", "SYMPTOM", "fever")]
    assert "Nothing waits" in (await ward.types("/nerbot unsure")).text


async def test_a_card_that_somebody_else_answered_says_so(ward: Ward) -> None:
    await asked_about(ward)
    for person in ("ada", "grace"):
        await ward.types("/nerbot unsure", person=person)
    hers, mine = (ward.slack.messages("#triage", viewer=each)[-1] for each in ("grace", "ada"))
    await ward.presses(mine, ids.CARD_YES)
    after = await ward.presses(hers, ids.CARD_NO, person="grace")
    assert "answered already" in after.shown
    await ward.until_rows(1)


async def test_an_answer_teaches_no_model_that_the_rest_of_the_sentence_is_empty(
    ward: Ward,
) -> None:
    """Yes and No are about one phrase: no sentence is stored for them, finished or not."""
    before = await ward.types("/nerbot stats")
    await asked_about(ward)
    await ward.types("/nerbot unsure")
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    await ward.presses(message, ids.CARD_YES)
    assert (await ward.types("/nerbot stats")).text == before.text


async def test_cards_of_deleted_messages_and_old_ones_are_dropped(ward: Ward) -> None:
    await asked_about(ward)
    async with ward.store.writing(ward.workspace) as tx:
        await tx.connection.execute(
            update(entity).where(entity.c.label == "DRUG").values(state="retracted")
        )
    ward.writes("She has a cough.")
    await ward.settles(seen=2)
    assert sorted(await waiting(ward)) == [TEXT, "She has a cough."]


async def test_what_is_no_longer_watched_is_neither_asked_about_nor_checked(ward: Ward) -> None:
    """Nothing of its messages stays: a card, or a sentence that was drawn, would keep a text."""
    await asked_about(ward)
    async with ward.store.reading(ward.workspace) as tx:
        assert (await tx.connection.execute(select(drawn_sentence.c.sentence))).all()
    await ward.types("/nerbot watch stop #triage")
    assert await waiting(ward) == []
    async with ward.store.reading(ward.workspace) as tx:
        assert not (await tx.connection.execute(select(drawn_sentence.c.sentence))).all()


async def test_a_person_who_is_forgotten_is_neither_asked_about_nor_checked(ward: Ward) -> None:
    await asked_about(ward)
    async with ward.store.writing(ward.workspace) as tx:
        person = ward.slack.workspace.person("ada").id
        rows = (await tx.connection.execute(entity_card.select())).all()
        await Watched(tx).of_person(rows[0].project_id, person)
    assert await waiting(ward) == []
    async with ward.store.reading(ward.workspace) as tx:
        assert not (await tx.connection.execute(select(drawn_sentence.c.sentence))).all()
