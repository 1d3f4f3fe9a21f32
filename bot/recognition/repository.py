"""What people put right in answers of /ner, and whether a later model finds it."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, exists, select, update

from bot.db.database import Database
from bot.db.repository import Repository, by_key, here, in_project, inserts, replace_columns
from bot.db.served import Served
from bot.db.tables.projects import project
from bot.db.tables.requests import home
from bot.db.tables.review import correction
from bot.db.tables.sentences import annotation, event, sentence
from bot.db.types import Id
from bot.domain.project import Sentence
from bot.recognition.values import Correction

_MINE = and_(
    in_project(correction),
    correction.c.sentence_id == bindparam("of_sentence", type_=Id),
    correction.c.person == bindparam("of_person"),
)
_PUT = inserts(
    correction,
    lambda insert: replace_columns(
        insert, correction, "version", "asked", "step_id", "created_at", "told_at"
    ),
)
_REMOVE = by_key(delete(correction).where(_MINE))
_OF_ITS_PROJECT = and_(
    project.c.workspace == correction.c.workspace, project.c.id == correction.c.project_id
)
#: The live model is a later one, and the correction was there when it went live: what is corrected after that waits
#: for the next one, so that nobody hears twice of one model.
_IS_TO_ASK = and_(
    correction.c.told_at.is_(None),
    correction.c.asked < project.c.live_version,
    correction.c.created_at <= project.c.live_since,
)
_BY_VERSION = exists().where(
    _OF_ITS_PROJECT, project.c.live_version == bindparam("live", type_=Id), _IS_TO_ASK
)
_PROJECTS_TO_ASK = (
    select(correction.c.workspace, correction.c.project_id)
    .distinct()
    .select_from(correction.join(project, _OF_ITS_PROJECT))
    .where(_IS_TO_ASK)
    .order_by(correction.c.project_id)
)
_ITS_SENTENCE = and_(
    sentence.c.workspace == correction.c.workspace,
    sentence.c.project_id == correction.c.project_id,
    sentence.c.id == correction.c.sentence_id,
)
_ITS_ANNOTATION = and_(
    annotation.c.workspace == correction.c.workspace,
    annotation.c.project_id == correction.c.project_id,
    annotation.c.sentence_id == correction.c.sentence_id,
    annotation.c.person == correction.c.person,
)
_WISHES_NOT = exists().where(
    here(home), home.c.person == correction.c.person, home.c.notices_off_at.is_not(None)
)
_IS_TAKEN_BACK = exists().where(
    in_project(event),
    event.c.sentence_id == correction.c.sentence_id,
    event.c.undoes == correction.c.step_id,
)
_TO_ASK = (
    select(
        correction.c.person,
        annotation.c.spans,
        sentence.c.id,
        sentence.c.text,
        sentence.c.tokens,
        sentence.c.permalink,
    )
    .select_from(correction.join(sentence, _ITS_SENTENCE).join(annotation, _ITS_ANNOTATION))
    .where(in_project(correction), _BY_VERSION, annotation.c.finished, ~_WISHES_NOT)
    .where(~_IS_TAKEN_BACK)
    .order_by(correction.c.created_at.desc(), correction.c.sentence_id.desc())
    .limit(bindparam("newest"))
)
_MARK_ASKED = update(correction).where(in_project(correction), _BY_VERSION)


class Corrections(Repository):
    """What people put right in answers of /ner. A later version is asked about what was there when it went live."""

    __slots__ = ()

    async def put(
        self, project_id: int, sentence_id: int, person: str, *, version: int, step_id: int | None
    ) -> None:
        """This version was wrong about the sentence, and the step put it right; in place of what was
        kept before."""
        await self.execute(
            _PUT,
            project_id,
            sentence_id=sentence_id,
            person=person,
            version=version,
            asked=version,
            step_id=step_id,
            created_at=self.clock(),
            told_at=None,
        )

    async def remove(self, project_id: int, sentence_id: int, person: str) -> None:
        """There is nothing the person corrected in this sentence."""
        await self.execute(_REMOVE, project_id, of_sentence=sentence_id, of_person=person)

    async def to_ask(self, project_id: int, version: int, *, limit: int) -> tuple[Correction, ...]:
        """What the live version has to be asked about, newest first."""
        rows = await self.execute(_TO_ASK, project_id, live=version, newest=limit)
        return tuple(
            Correction(row.person, Sentence(row.id, row.text, row.tokens, row.permalink), row.spans)
            for row in rows
        )

    async def mark_told(
        self, project_id: int, version: int, person: str, sentences: Sequence[int]
    ) -> frozenset[int]:
        """The person is told now that this version, live still, finds these; the sentences that were
        not told before."""
        marked = await self.execute(
            _MARK_ASKED.where(
                correction.c.person == bindparam("of_person"),
                correction.c.sentence_id.in_(sentences),
            )
            .values(told_at=self.clock(), asked=version)
            .returning(correction.c.sentence_id),
            project_id,
            live=version,
            of_person=person,
        )
        return frozenset(row.sentence_id for row in marked)

    async def mark_asked(self, project_id: int, version: int) -> None:
        """This version, if it is live still, need not be asked again about what was there when it
        went live."""
        await self.execute(_MARK_ASKED.values(asked=version), project_id, live=version)


class CorrectionsToAsk:
    """What live models have to be asked about, in the workspaces of a process."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def projects(self) -> tuple[tuple[str, int], ...]:
        """Projects whose live model was not asked yet about corrections that were there when it went
        live, with their workspaces."""
        wanted = _PROJECTS_TO_ASK.where(self._serves.rows(correction))
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted)
            return tuple((row.workspace, row.project_id) for row in rows)
