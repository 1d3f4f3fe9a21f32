"""Rows that are erased with sentences, people and projects, in one transaction with what says that files follow."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, delete, exists, func, or_, select, type_coerce, update

from bot.db.records.assignments import Assignments
from bot.db.records.counters import Counters
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables import metadata
from bot.db.tables.erasure import erasure
from bot.db.tables.exchange import file_import, import_run, origin
from bot.db.tables.projects import channel, channel_member, project, role
from bot.db.tables.queue import bookmark, hand, handed, shown, skip
from bot.db.tables.requests import confirmation, home, offer
from bot.db.tables.review import correction, decision, precedent, suspicion
from bot.db.tables.sentences import annotation, event, flag, merged, sentence
from bot.db.tables.tokens import api_token
from bot.db.tables.training import auto, digest, run, schedule
from bot.db.tables.watching import output, watch
from bot.db.tables.webhooks import webhook
from bot.domain.events import NOBODY

#: Ids in one statement.
_CHUNK = 500
_OF_SENTENCE = (
    hand,
    handed,
    shown,
    skip,
    correction,
    decision,
    precedent,
    suspicion,
    annotation,
    flag,
    merged,
    origin,
    event,
)
_WORKED = (annotation, flag, decision, skip, correction)
_PERSONAL = (hand, handed, shown, skip, correction, flag, merged, bookmark)
_NAMED = (run, schedule, auto, sentence, decision, import_run, webhook, watch, output)
_ADD = inserts(erasure, lambda insert: insert.returning(erasure.c.id))


@dataclass(frozen=True, slots=True)
class Scope:
    """Sentences that go, and those that stay but were learned with what goes: ids and texts."""

    gone: dict[int, str]
    touched: dict[int, str]

    @property
    def texts(self) -> tuple[str, ...]:
        """What a model may have learned of it."""
        return (*self.gone.values(), *self.touched.values())


class Erasures(Repository):
    """Erases rows for good. Nothing of it can be undone."""

    __slots__ = ()

    async def of_sentence(self, project_id: int, sentence_id: int) -> Scope:
        """One sentence; nothing where it is not in this project."""
        return Scope(await self._texts(project_id, [sentence_id]), {})

    async def of_person(self, project_id: int, person: str) -> Scope:
        """The sentences that a person added and nobody else has worked with, and those they labelled."""
        others = [
            exists().where(
                in_project(table), table.c.sentence_id == sentence.c.id, table.c.person != person
            )
            for table in _WORKED
        ]
        own = select(sentence.c.id).where(in_project(sentence), sentence.c.person == person)
        mine = await self.execute(own.where(*(~other for other in others)), project_id)
        gone = await self._texts(project_id, list(mine.scalars()))
        labelled = await self.execute(
            select(annotation.c.sentence_id).where(
                in_project(annotation), annotation.c.person == person
            ),
            project_id,
        )
        touched = [found for found in labelled.scalars() if found not in gone]
        return Scope(gone, await self._texts(project_id, touched))

    async def of_project(self, project_id: int) -> Scope:
        """All sentences."""
        found = await self.execute(
            select(sentence.c.id, sentence.c.text).where(in_project(sentence)), project_id
        )
        return Scope({row.id: row.text for row in found}, {})

    async def others_than(self, person: str) -> bool:
        """Whether anybody else has done anything in the workspace."""
        wanted = select(event.c.id).where(here(event), event.c.person.not_in([person, NOBODY]))
        return (await self.execute(wanted.limit(1))).first() is not None

    async def count(
        self, project_id: int, ids: Sequence[int], person: str | None
    ) -> tuple[int, int]:
        """Annotations and steps that would go with these sentences, or with a person."""
        numbers = []
        for table in (annotation, event):
            total = 0
            for part in _chunks(ids):
                total += await self._number(table, project_id, table.c.sentence_id.in_(part))
            if person is not None:
                mine = and_(table.c.person == person, table.c.sentence_id.is_not(None))
                total += await self._number(table, project_id, mine)
                for part in _chunks(ids):
                    both = and_(mine, table.c.sentence_id.in_(part))
                    total -= await self._number(table, project_id, both)
            numbers.append(total)
        return numbers[0], numbers[1]

    async def sentences(self, project_id: int, ids: Sequence[int]) -> None:
        """Erase sentences with all that hangs on them."""
        for part in _chunks(ids):
            steps = select(event.c.id).where(in_project(event), event.c.sentence_id.in_(part))
            for table in _OF_SENTENCE:
                mine = table.c.sentence_id.in_(part)
                undoing = event.c.undoes.in_(steps) if table is event else mine
                await self.execute(
                    delete(table).where(in_project(table), or_(mine, undoing)), project_id
                )
            await self.execute(
                delete(sentence).where(in_project(sentence), sentence.c.id.in_(part)), project_id
            )
        await Counters(self.tx).recount(project_id)

    async def person(self, project_id: int, person: str) -> None:
        """Erase what a person did in a project; what of it others rest on stays, without the name."""
        labelled = await self.execute(
            delete(annotation)
            .where(in_project(annotation), annotation.c.person == person)
            .returning(annotation.c.sentence_id),
            project_id,
        )
        back = sorted(set(labelled.scalars()))
        # Bytes of files go with the rows that name them.
        for table in (*_PERSONAL, file_import, api_token):
            await self.execute(
                delete(table).where(in_project(table), table.c.person == person), project_id
            )
        await self._steps_of(project_id, person)
        reasons = update(decision).where(in_project(decision), decision.c.person == person)
        await self.execute(reasons.values(reason=""), project_id)
        for table in _NAMED:
            named = update(table).where(in_project(table), table.c.person == person)
            await self.execute(named.values(person=NOBODY), project_id)
        cancelled = update(run).where(in_project(run), run.c.cancelled_by == person)
        await self.execute(cancelled.values(cancelled_by=NOBODY), project_id)
        # Who annotated what elsewhere, and how long it took, as files said it.
        said = origin.c.effort.contains(f'"{person}"', autoescape=True)
        await self.execute(
            update(origin).where(in_project(origin), said).values(effort=None), project_id
        )
        await self._come_back(project_id, back)
        await Counters(self.tx).recount(project_id)
        await self.execute(
            delete(channel).where(in_project(channel), channel.c.channel == person), project_id
        )

    async def _steps_of(self, project_id: int, person: str) -> None:
        """Steps on sentences go; what was done to the project stays, by nobody."""
        about_sentences = and_(
            in_project(event), event.c.person == person, event.c.sentence_id.is_not(None)
        )
        steps = select(event.c.id).where(about_sentences)
        gone = or_(about_sentences, and_(in_project(event), event.c.undoes.in_(steps)))
        await self.execute(delete(event).where(gone), project_id)
        await self.execute(
            update(event).where(in_project(event), event.c.person == person).values(person=NOBODY),
            project_id,
        )
        text, name = type_coerce(event.c.detail, Text), f'"{person}"'
        await self.execute(
            update(event)
            .where(in_project(event), text.contains(name, autoescape=True))
            .values(detail=func.replace(text, name, f'"{NOBODY}"', type_=Text)),
            project_id,
        )

    async def _come_back(self, project_id: int, ids: Sequence[int]) -> None:
        """Sentences that fewer people have finished now wait again."""
        for part in _chunks(ids):
            finished = (
                select(func.count())
                .where(
                    annotation.c.workspace == sentence.c.workspace,
                    annotation.c.project_id == sentence.c.project_id,
                    annotation.c.sentence_id == sentence.c.id,
                    annotation.c.finished,
                )
                .scalar_subquery()
            )
            await self.execute(
                update(sentence)
                .where(in_project(sentence), sentence.c.id.in_(part))
                .values(finished_by=finished),
                project_id,
            )
            await Assignments(self.tx).came_back(project_id, part)

    async def in_workspace(self, person: str) -> None:
        """Erase what a person has in the workspace besides projects."""
        for table in (role, home, channel_member):
            await self.execute(delete(table).where(here(table), table.c.person == person))
        named = update(digest).where(here(digest), digest.c.person == person)
        await self.execute(named.values(person=NOBODY))

    async def project(self, project_id: int) -> None:
        """Erase all of a project; the default one stays, empty."""
        emptied = update(project).where(here(project), project.c.id == project_id)
        await self.execute(
            emptied.values(live_version=None, live_since=None, ranked_by=None, ranking_owner=None)
        )
        for table in reversed(metadata.sorted_tables):
            if "project_id" in table.c and table is not erasure:
                await self.execute(delete(table).where(in_project(table)), project_id)
        await self.execute(
            delete(project).where(
                here(project), project.c.id == project_id, project.c.is_default.is_(False)
            )
        )

    async def questions(self, project_id: int) -> None:
        """Erase what waits for somebody's button: texts may be in any of it."""
        for table in (offer, confirmation):
            await self.execute(delete(table).where(in_project(table)), project_id)
        undecided = file_import.c.state.in_(["reading", "asked"])
        await self.execute(
            delete(file_import).where(in_project(file_import), undecided), project_id
        )

    async def note(self, project_id: int, person: str | None, vectors: Sequence[str]) -> int:
        """Remember that files and free pages are to follow."""
        added = await self.execute(
            _ADD,
            project_id,
            person=person,
            vectors=json.dumps(list(vectors)),
            created_at=self.clock(),
        )
        return int(added.scalar_one())

    async def latest(self, project_id: int) -> datetime | None:
        """When something of a project was forgotten last."""
        last = select(func.max(erasure.c.created_at)).where(in_project(erasure))
        return (await self.execute(last, project_id)).scalar()

    async def advance(self, erasure_id: int, *, done: bool) -> None:
        """Note that nothing is left on this disk; or in any model either. What the vectors of it are called stays for
        other bots: see `bot.erasure.vectors`."""
        now = self.clock()
        mine = update(erasure).where(here(erasure), erasure.c.id == erasure_id)
        await self.execute(mine.values(**{"done_at" if done else "cleaned_at": now}))

    async def _texts(self, project_id: int, ids: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for part in _chunks(ids):
            rows = await self.execute(
                select(sentence.c.id, sentence.c.text).where(
                    in_project(sentence), sentence.c.id.in_(part)
                ),
                project_id,
            )
            found |= {row.id: row.text for row in rows}
        return found

    async def _number(self, table: object, project_id: int, condition: object) -> int:
        wanted = select(func.count()).where(in_project(table), condition)  # type: ignore[arg-type]
        return int((await self.execute(wanted, project_id)).scalar_one())


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
