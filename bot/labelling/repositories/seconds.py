"""Second opinions: which finished sentence a person is asked to label once more, blind."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal_column, select

from bot.db.records.counters import Counters
from bot.db.records.suspicions import Suspicions
from bot.db.repository import Repository, by_key, in_project, is_project
from bot.db.tables.projects import project
from bot.db.tables.queue import hand, handed, skip
from bot.db.tables.review import decision, suspicion
from bot.db.tables.sentences import annotation, flag, sentence
from bot.labelling.repositories.leases import holders, lease_bounds, of_person

#: Before a training says where errors are probable, second opinions are asked on the newest finished sentences.
_NEWEST = 200

_SHARE = by_key(
    select(project.c.second_share).where(
        is_project(project), project.c.annotations_per_sentence == literal_column("1")
    )
)


def _mine(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # Not as EXISTS: see `queue`.
    mine: Select[Any] = select(literal_column("1")).where(
        of_person(table), table.c.sentence_id == sentence.c.id, *conditions
    )
    return mine.correlate(sentence).scalar_subquery().is_not(None)


_FREE = (
    in_project(sentence),
    sentence.c.finished_by == literal_column("1"),
    ~_mine(skip),
    ~_mine(flag),
    ~_mine(hand),
    ~_mine(handed),
    ~_mine(annotation, annotation.c.finished),
    ~exists().where(in_project(decision), decision.c.sentence_id == sentence.c.id),
    holders() < literal_column("1"),
)
_SUSPECTED = (
    select(sentence.c.id)
    .select_from(suspicion.join(sentence, suspicion.c.sentence_id == sentence.c.id))
    .where(in_project(suspicion), *_FREE)
    .order_by(suspicion.c.probability.desc(), sentence.c.id)
    .limit(1)
)
_ANY = select(suspicion.c.sentence_id).where(in_project(suspicion)).limit(1)
_NEW = (
    select(sentence.c.id)
    .where(in_project(sentence), sentence.c.finished_by == literal_column("1"))
    .order_by(sentence.c.id.desc())
    .limit(_NEWEST)
)
_BY_CHANCE = (
    select(sentence.c.id)
    .where(*_FREE, sentence.c.id.in_(_NEW))
    # The hash of a text is as good as chance, and the same for everybody.
    .order_by(sentence.c.text_hash)
    .limit(1)
)


class SecondOpinions(Repository):
    """The sentences that are worth a second opinion, as many of them as the project wants."""

    __slots__ = ()

    async def next(self, project_id: int, person: str, *, in_turn: bool = True) -> int | None:
        """The finished sentence that is most probably wrong and that this person may label; None where enough sentences
        have a second opinion, or the project wants none. `in_turn`: not before a new sentence came between."""
        share = (await self.execute(_SHARE, project_id)).scalar()
        if not share:
            return None
        counts = await Counters(self.tx).of(project_id)
        finished = counts.finished + counts.disputed
        twice = await Suspicions(self.tx).doubly_annotated(project_id)
        if twice + 1 > share * finished or (in_turn and (finished + twice) % 2):
            return None
        values = {"person": person, **lease_bounds(self.clock())}
        is_known = (await self.execute(_ANY, project_id)).first() is not None
        wanted = _SUSPECTED if is_known else _BY_CHANCE
        found: int | None = (await self.execute(wanted, project_id, **values)).scalar()
        return found
