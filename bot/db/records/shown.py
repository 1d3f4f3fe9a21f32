"""To whom something was suggested in which sentence, and who is asked a second time."""

from sqlalchemy import bindparam, exists, or_, select

from bot.db.repository import Repository, by_key, in_project, insert_if_new
from bot.db.tables.queue import shown
from bot.db.tables.sentences import annotation

_NOTE = insert_if_new(shown)
_OTHERS = by_key(
    select(annotation.c.person)
    .where(
        in_project(annotation),
        annotation.c.sentence_id == bindparam("of_sentence"),
        annotation.c.person != bindparam("whose"),
        or_(annotation.c.finished, annotation.c.spans != ()),
    )
    .limit(1)
)
#: Whether something was suggested to whoever made an annotation.
was_shown = exists().where(
    shown.c.workspace == annotation.c.workspace,
    shown.c.project_id == annotation.c.project_id,
    shown.c.sentence_id == annotation.c.sentence_id,
    shown.c.person == annotation.c.person,
)


class Shown(Repository):
    """What keeps second opinions blind."""

    __slots__ = ()

    async def is_second(self, project_id: int, person: str, sentence_id: int) -> bool:
        """Whether somebody else has labelled in the sentence: models, guesses and remembered phrases may know how, so
        nothing they say may be shown to this person."""
        place = {"of_sentence": sentence_id, "whose": person}
        return (await self.execute(_OTHERS, project_id, **place)).first() is not None

    async def note(self, project_id: int, person: str, sentence_id: int) -> None:
        """Something was suggested to the person."""
        row = {"person": person, "sentence_id": sentence_id, "shown_at": self.clock()}
        await self.execute(_NOTE, project_id, **row)
