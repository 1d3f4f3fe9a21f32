"""The labels of a project."""

from collections.abc import Mapping

from sqlalchemy import and_, bindparam, delete, exists, func, literal_column, select, true, update

from bot.db.records.counters import Counters
from bot.db.records.counting import each_span
from bot.db.records.events import Events
from bot.db.records.relabelling import Relabelling
from bot.db.repository import Repository, by_key, in_project, insert_if_new, is_project
from bot.db.tables.projects import label, project
from bot.db.tables.sentences import annotation, event, sentence
from bot.db.tables.training import model
from bot.domain.events import Event, EventKind
from bot.domain.project import DescribedLabel, Label
from ner_engine.label_names import LabelNames, label_key

#: Examples are looked for in so many of the newest annotations: they are beside every card.
LOOKED_THROUGH = 500
EXAMPLES = 3

_ALL = by_key(select(label.c.name, label.c.description).where(in_project(label)))
_ADD = insert_if_new(label, label.c.name)
_NAMED = and_(in_project(label), label.c.name == bindparam("label_name"))
_later = event.alias("later")
_UNDONE = exists().where(in_project(_later), _later.c.undoes == event.c.id)
_LIVE_LABELS = (
    select(model.c.version, model.c.labels)
    .select_from(project.join(model, project.c.live_version == model.c.version))
    .where(is_project(project), in_project(model))
)


class Labels(Repository):
    """The labels of a project."""

    __slots__ = ()

    async def all(self, project_id: int) -> tuple[Label, ...]:
        """Every label by name."""
        rows = await self.execute(_ALL, project_id)
        # Sorted here: the databases do not agree on the order of letters.
        labels = (Label(*row) for row in rows)
        return tuple(sorted(labels, key=lambda found: (label_key(found.name), found.name)))

    async def find(self, project_id: int, name: str) -> str | None:
        """The label of this name as it was first written; None where there is none."""
        return LabelNames(found.name for found in await self.all(project_id)).find(name)

    async def add(
        self,
        project_id: int,
        name: str,
        *,
        person: str,
        description: str = "",
        request: str | None = None,
    ) -> bool:
        """Create a label; False where it exists. `request` names the step it is made by, which takes it away
        again when it is undone."""
        if not await self._insert(project_id, name, description):
            return False
        self.tx.must_be_alone()  # somebody else may have written it in other letters meanwhile
        detail = {"name": name, "to": description}
        await self._events().add(
            project_id, EventKind.LABEL_ADDED, person=person, detail=detail, request=request
        )
        return True

    async def _insert(self, project_id: int, name: str, description: str) -> bool:
        values = {"name": name, "name_key": label_key(name), "description": description}
        added = await self.execute(_ADD, project_id, **values, created_at=self.clock())
        return added.first() is not None

    async def take_back(self, project_id: int, *, request: str, person: str) -> tuple[str, ...]:
        """Remove what a step made that is undone now: labels that no phrase carries and nobody described."""
        if not request:
            return ()
        made = await self.execute(
            select(event.c.id, event.c.detail).where(
                in_project(event),
                event.c.sentence_id.is_(None),
                event.c.kind == EventKind.LABEL_ADDED.value,
                event.c.request == request,
                ~_UNDONE,
            ),
            project_id,
        )
        there = {found.name: found.description for found in await self.all(project_id)}
        return tuple(
            [
                row.detail["name"]
                for row in made.all()
                if there.get(row.detail["name"]) == ""
                and await self.remove(project_id, row.detail["name"], person=person, undoes=row.id)
            ]
        )

    async def remove(self, project_id: int, name: str, *, person: str, undoes: int) -> bool:
        """Undo that a label was added; False where a phrase carries it, or it is gone."""
        if await self.sentences_with(project_id, name):
            return False
        gone = await self.execute(
            delete(label).where(_NAMED).returning(label.c.name), project_id, label_name=name
        )
        if gone.first() is None:
            return False
        await self._events().add(
            project_id,
            EventKind.LABEL_REMOVED,
            person=person,
            detail={"name": name},
            undoes=undoes,
        )
        return True

    async def describe(
        self,
        project_id: int,
        name: str,
        description: str,
        *,
        person: str,
        undoes: int | None = None,
    ) -> str | None:
        """Say what a label means; what was said before, None where there is no such label."""
        found = await self.execute(
            select(label.c.description).where(_NAMED), project_id, label_name=name
        )
        row = found.first()
        if row is None:
            return None
        was: str = row.description
        await self.execute(
            update(label).where(_NAMED).values(description=description),
            project_id,
            label_name=name,
        )
        detail = {"name": name, "from": was, "to": description}
        await self._events().add(
            project_id, EventKind.LABEL_DESCRIBED, person=person, detail=detail, undoes=undoes
        )
        return was

    async def described(self, project_id: int) -> tuple[DescribedLabel, ...]:
        """Every label by name, with what it means and the phrases that carried it most often of
        late."""
        examples = await self._examples(project_id)
        return tuple(
            DescribedLabel(found.name, found.description, examples.get(found.name, ()))
            for found in await self.all(project_id)
        )

    async def _examples(self, project_id: int) -> dict[str, tuple[str, ...]]:
        # Asked for one by one: joined, SQLite makes a filter of all sentences first.
        its_text = (
            select(sentence.c.text)
            .where(in_project(sentence), sentence.c.id == annotation.c.sentence_id)
            .scalar_subquery()
        )
        newest = (
            select(annotation.c.spans, its_text.label("text"))
            # As the index by time has it, which leaves out what is begun.
            .where(in_project(annotation), literal_column("annotation.finished"))
            .order_by(annotation.c.updated_at.desc())
            .limit(LOOKED_THROUGH)
            .subquery("newest")
        )
        spans, start, end, name = each_span(newest.c.spans, self.connection.dialect.name)
        phrase = func.substr(newest.c.text, start + 1, end - start)
        times = func.count()
        rows = await self.execute(
            select(name.label("label"), func.min(phrase).label("phrase"), times.label("times"))
            .select_from(newest.join(spans, true()))
            .group_by(literal_column("1"), func.lower(phrase)),
            project_id,
        )
        found: dict[str, list[tuple[int, str]]] = {}
        for row in rows:
            found.setdefault(row.label, []).append((-row.times, row.phrase))
        return {
            name: tuple(phrase for _, phrase in sorted(pairs)[:EXAMPLES])
            for name, pairs in found.items()
        }

    async def sentences_with(self, project_id: int, name: str) -> int:
        """Sentences in which anybody's span has this label."""
        return await self._relabelling().count(project_id, name)

    async def rename(
        self, project_id: int, old: str, new: str, *, person: str, undoes: int | None = None
    ) -> int | None:
        """Give a label a new name everywhere; the event's id, None where there is no `old`, or
        `new` is taken."""
        names = {found.name for found in await self.all(project_id)}
        taken = {label_key(name) for name in names - {old}}
        if old not in names or old == new or label_key(new) in taken:
            return None
        changed = update(label).where(_NAMED).values(name=new, name_key=label_key(new))
        await self.execute(changed, project_id, label_name=old)
        await self._relabelling().change(project_id, old, new)
        await Counters(self.tx).recount(project_id)
        return await self._events().add(
            project_id,
            EventKind.LABEL_RENAMED,
            person=person,
            detail={"from": old, "to": new},
            undoes=undoes,
        )

    async def merge(self, project_id: int, old: str, new: str, *, person: str) -> int | None:
        """Make `old` another name of what `new` is, everywhere; the event's id, None where one of
        them is not there."""
        labels = {found.name: found for found in await self.all(project_id)}
        if old not in labels or new not in labels or old == new:
            return None
        event_id = await self._events().add(
            project_id,
            EventKind.LABELS_MERGED,
            person=person,
            detail={"from": old, "to": new, "description": labels[old].description},
        )
        await self._relabelling().keep(project_id, event_id, old)
        await self._relabelling().change(project_id, old, new)
        await Counters(self.tx).recount(project_id)
        await self.execute(delete(label).where(_NAMED), project_id, label_name=old)
        return event_id

    async def split(
        self, project_id: int, event_id: int, old: str, new: str, *, description: str, person: str
    ) -> tuple[int, ...]:
        """Take a merge of `old` into `new` back. Nothing is changed where later steps touched what
        it had changed: these sentences are returned."""
        touched = await self._relabelling().split(project_id, event_id, old, new)
        if touched:
            return touched
        await Counters(self.tx).recount(project_id)
        await self._insert(project_id, old, description)
        await self._events().add(
            project_id,
            EventKind.LABELS_SPLIT,
            person=person,
            detail={"from": new, "to": old},
            undoes=event_id,
        )
        return ()

    async def delete(self, project_id: int, name: str, *, person: str) -> None:
        """Take a label off every phrase, and away; what carried it is kept for whoever undoes that."""
        found = await self.execute(
            select(label.c.description).where(_NAMED), project_id, label_name=name
        )
        detail = {"name": name, "description": found.scalar() or ""}
        event_id = await self._events().add(
            project_id, EventKind.LABEL_DELETED, person=person, detail=detail
        )
        await self._relabelling().keep(project_id, event_id, name)
        await self._relabelling().take_off(project_id, name)
        await self.execute(delete(label).where(_NAMED), project_id, label_name=name)
        await Counters(self.tx).recount(project_id)

    async def bring_back(
        self, project_id: int, event: Event, *, person: str
    ) -> tuple[int, ...] | None:
        """Put a deleted label back; sentences where others are in its place by now, and then nothing is changed. None
        where there is such a label again."""
        detail = event.detail or {}
        if await self.find(project_id, detail["name"]) is not None:
            return None
        touched = await self._relabelling().put_on(project_id, event.id, detail["name"])
        if touched:
            return touched
        await self._insert(project_id, detail["name"], detail["description"])
        await self._events().add(
            project_id, EventKind.LABEL_DELETED, person=person, detail=detail, undoes=event.id
        )
        await Counters(self.tx).recount(project_id)
        return ()

    async def changed_since(self, project_id: int, event_id: int, *names: str) -> bool:
        """Whether a later rename or merge that still holds was about one of these labels."""
        return await self._relabelling().changed_since(project_id, event_id, *names)

    async def renamed(self, project_id: int) -> Mapping[str, str]:
        """What labels that are there no more are called now: a model trained before says those."""
        there = {found.name for found in await self.all(project_id)}
        names = await self._relabelling().names(project_id)
        return {then: now for then, now in names.items() if then not in there and now in there}

    async def live_version_with(self, project_id: int, name: str) -> int | None:
        """The live model's version, where it says this label."""
        row = (await self.execute(_LIVE_LABELS, project_id)).first()
        return row.version if row and name in row.labels else None

    def _events(self) -> Events:
        return Events(self.tx)

    def _relabelling(self) -> Relabelling:
        return Relabelling(self.tx)
