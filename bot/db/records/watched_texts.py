"""Texts of watched messages that wait for somebody: a card, or a check. They go with their messages."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from bot.db.repository import Repository, in_project
from bot.db.tables.health import drawn_sentence
from bot.db.tables.watching import entity_card, watched_sentence
from bot.domain.entities import digest_of


async def drop_texts_of(
    repository: Repository, project_id: int, message_ids: Sequence[int]
) -> None:
    """Drop the cards of messages and what was drawn of them, while it is still known which sentences they had."""
    await repository.execute(
        delete(entity_card).where(
            in_project(entity_card), entity_card.c.message_id.in_(message_ids)
        ),
        project_id,
    )
    known = select(watched_sentence.c.digest).where(
        in_project(watched_sentence), watched_sentence.c.message_id.in_(message_ids)
    )
    digests = {*(await repository.execute(known, project_id)).scalars()}
    every = select(drawn_sentence.c.id, drawn_sentence.c.sentence).where(in_project(drawn_sentence))
    rows = (await repository.execute(every, project_id)).all()
    gone = [row.id for row in rows if digest_of(row.sentence) in digests]
    await repository.execute(
        delete(drawn_sentence).where(in_project(drawn_sentence), drawn_sentence.c.id.in_(gone)),
        project_id,
    )
