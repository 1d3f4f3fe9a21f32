"""Asks people about what is too unsure to go out, and does what they say."""

from collections.abc import Sequence
from dataclasses import replace

from bot.asking.repository import Cards
from bot.asking.values import AnswerCard, CardShown, EntityCard, Said, ShowCards
from bot.db.transaction import Transaction
from bot.domain.entities import ChangeKind, EntityState
from bot.labelling.session import LabellingSession
from bot.projects.context import RequestContext
from bot.watching.amending import Amendment
from bot.watching.ports import Unsure
from bot.watching.reader import count
from bot.watching.repositories.entities import Entities
from bot.watching.values import NewReading, StoredEntity, WaitingMessage

SOURCE = "watch"
"""Where a sentence comes from that was asked about."""


class CardAsking:
    """Makes a card of each entity that is too unsure."""

    async def ask(self, tx: Transaction, message: WaitingMessage, unsure: Sequence[Unsure]) -> None:
        """Take up what was found in a message, in the transaction that keeps it."""
        cards = Cards(tx)
        for each in unsure:
            sentence = each.sentence
            await cards.put(
                message.project_id, each.entity_id, message.id, sentence.text, sentence.tokens
            )
        await cards.prune(message.project_id)


async def show(context: RequestContext, _: ShowCards) -> CardShown:
    """The next card."""
    return await _next(context)


async def answer(context: RequestContext, command: AnswerCard) -> CardShown:
    """Send the entity, refuse it, or give its whole sentence to this person; then the next card."""
    project_id, cards = context.project.id, Cards(context.tx)
    card = await cards.of(project_id, command.entity_id)
    if card is None:
        return replace(await _next(context), said=command.said)
    sentence_id = None
    if command.said is Said.EDIT:
        session = await LabellingSession.open(context.tx, context.caller, context.now)
        sentence, _ = await session.add(card.sentence, card.tokens, source=SOURCE)
        sentence_id = sentence.id
    else:
        await _carry(context.tx, project_id, card, command.said)
    await cards.answer(project_id, card.entity_id, command.said, person=context.caller.person)
    shown = await _next(context)
    return replace(shown, said=command.said, about=card, sentence_id=sentence_id)


async def _next(context: RequestContext) -> CardShown:
    cards = Cards(context.tx)
    return CardShown(await cards.next(context.project.id), await cards.waiting(context.project.id))


async def _carry(tx: Transaction, project_id: int, card: EntityCard, said: Said) -> None:
    """What was asked about is sent as it was found, or never."""
    entities = Entities(tx)
    stored = next(
        each for each in await entities.of(project_id, card.message_id) if each.id == card.entity_id
    )
    if said is Said.YES:
        reading = _as_read(stored, card)
        change = Amendment(stored, reading, EntityState.OUT, ChangeKind.FOUND)
    else:
        change = Amendment(stored, None, EntityState.REFUSED, None)
    _, done = await entities.apply(project_id, card.message_id, [change])
    count(done)


def _as_read(stored: StoredEntity, card: EntityCard) -> NewReading:
    text = card.sentence[stored.start : stored.end]
    return NewReading(
        stored.sentence,
        stored.start,
        stored.end,
        stored.label,
        text,
        stored.score,
        stored.model,
        EntityState.OUT,
    )
