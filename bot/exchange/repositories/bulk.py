"""Many sentences with their annotations in one transaction, as if each had been added and labelled on its own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.db.many_rows import insert_rows
from bot.db.records.counters import (
    DISPUTED,
    FINISHED,
    LABEL,
    PERSON,
    SENTENCES,
    UNFINISHED,
    Counters,
    Key,
)
from bot.db.records.sentences import folded, text_hash
from bot.db.repository import Repository, in_project
from bot.db.tables.exchange import origin
from bot.db.tables.projects import project
from bot.db.tables.queue import handed
from bot.db.tables.sentences import annotation, event, sentence
from bot.domain.project import Annotation, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.exchange.values import NewAnnotation, NewSentence
from bot.labelling.repositories.annotations import Annotations

_THERE = select(sentence.c.id, sentence.c.text_hash).where(
    in_project(sentence), sentence.c.text_hash.in_(bindparam("hashes", expanding=True))
)
_WANTED = select(project.c.annotations_per_sentence)
_SAID = select(
    annotation.c.sentence_id, annotation.c.person, annotation.c.spans, annotation.c.finished
).where(in_project(annotation), annotation.c.sentence_id.in_(bindparam("ids", expanding=True)))
_NOTHING = AnnotationState()
_Standing = dict[tuple[int, str], AnnotationState]


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored of some sentences."""

    new: int
    duplicates: int
    annotated: int
    finished: int
    spans: int
    kept: tuple[int, ...]
    """Lines whose annotation was left out because that person's own stands there, with other labels."""
    held: tuple[int, ...] = ()
    """Lines whose annotation is there already, the same."""


class ImportedSentences(Repository):
    """Stores what is imported."""

    __slots__ = ()

    async def store(
        self,
        project_id: int,
        import_id: int,
        sentences: Sequence[NewSentence],
        *,
        place: int,
        by: str,
    ) -> Stored:
        """Store sentences, the first of them at this place of its import, as added by a person.
        Texts that are there stay as they are; annotations are added beside those that are there."""
        self.tx.need_room()
        if not sentences:
            return Stored(0, 0, 0, 0, 0, ())
        hashes = [text_hash(each.text) for each in sentences]
        there = await self._there(project_id, hashes)
        first: dict[str, NewSentence] = {}
        again: list[tuple[str, NewSentence]] = []
        for key, each in zip(hashes, sentences, strict=True):
            if key in there or key in first:
                again.append((key, each))
            else:
                first[key] = each
        ids = await self._add(project_id, import_id, first, by)
        await self._annotate_new(
            project_id, import_id, [(ids[key], each) for key, each in first.items()]
        )
        ids |= there
        await self._note_origins(
            project_id, import_id, [ids[key] for key in hashes], sentences, place
        )
        stand = await self._standing(project_id, sorted({ids[key] for key, _ in again}))
        more = [
            await self._annotate(project_id, import_id, ids[key], each, stand)
            for key, each in again
        ]
        said = [a for each in first.values() for a in each.annotations]
        said += [a for added, _, _ in more for a in added]
        return Stored(
            new=len(first),
            duplicates=len(again),
            annotated=len(said),
            finished=sum(each.finished for each in said),
            spans=sum(len(each.spans) for each in said),
            kept=tuple(line for _, kept, _ in more for line in kept),
            held=tuple(line for _, _, held in more for line in held),
        )

    async def there(self, project_id: int, texts: Sequence[str]) -> frozenset[str]:
        """Those of these texts that the project has."""
        by_hash = {text_hash(text): text for text in texts}
        found = await self._there(project_id, list(by_hash))
        return frozenset(by_hash[key] for key in found)

    async def _there(self, project_id: int, hashes: Sequence[str]) -> dict[str, int]:
        rows = await self.execute(_THERE, project_id, hashes=hashes)
        return {row.text_hash: row.id for row in rows}

    async def _add(
        self, project_id: int, import_id: int, new: Mapping[str, NewSentence], by: str
    ) -> dict[str, int]:
        if not new:
            return {}
        said = list(new.values())
        await insert_rows(
            self.connection,
            sentence,
            {
                "text": [each.text for each in said],
                "text_hash": list(new),
                "text_folded": [folded(each.text) for each in said],
                "tokens": [each.tokens for each in said],
                "finished_by": [sum(a.finished for a in each.annotations) for each in said],
                "document": [each.document for each in said],
            },
            workspace=self.workspace,
            project_id=project_id,
            person=by,
            source=source_of(import_id),
            created_at=self.clock(),
        )
        added = await self._there(project_id, list(new))
        counted = Counter({SENTENCES: len(new)})
        for each in new.values():
            counted.update(counted_as(each.annotations))
        await Counters(self.tx).add(project_id, counted)
        return added

    async def _annotate_new(
        self, project_id: int, import_id: int, new: Sequence[tuple[int, NewSentence]]
    ) -> None:
        now, place = self.clock(), {"workspace": self.workspace, "project_id": project_id}
        said = [(n, a) for n, each in new for a in each.annotations if a.finished or a.spans]
        if not said:
            return
        numbers, people = [n for n, _ in said], [a.person for _, a in said]
        await insert_rows(
            self.connection,
            annotation,
            {
                "sentence_id": numbers,
                "person": people,
                "spans": [a.spans for _, a in said],
                "finished": [a.finished for _, a in said],
            },
            **place,
            updated_at=now,
        )
        await insert_rows(
            self.connection,
            event,
            {
                "sentence_id": numbers,
                "person": people,
                "kind": [_kind(a).value for _, a in said],
                "after": [AnnotationState(a.spans, a.finished) for _, a in said],
            },
            **place,
            before=_NOTHING,
            request=source_of(import_id),
            created_at=now,
        )
        await self._note_answers(project_id, new)

    async def _note_answers(self, project_id: int, new: Sequence[tuple[int, NewSentence]]) -> None:
        """Sentences that still wait for others do not come to whoever has finished them."""
        found = await self.connection.execute(
            _WANTED.where(project.c.workspace == self.workspace, project.c.id == project_id)
        )
        wanted = found.scalar_one()
        rows = [
            (number, a.person)
            for number, each in new
            if sum(a.finished for a in each.annotations) < wanted
            for a in each.annotations
            if a.finished
        ]
        await insert_rows(
            self.connection,
            handed,
            {"sentence_id": [n for n, _ in rows], "person": [p for _, p in rows]},
            workspace=self.workspace,
            project_id=project_id,
            handed_at=self.clock(),
            answered=True,
        )

    async def _note_origins(
        self,
        project_id: int,
        import_id: int,
        ids: Sequence[int],
        sentences: Sequence[NewSentence],
        place: int,
    ) -> None:
        names = ("line", "document", "gap", "meta", "suggestions", "effort")
        await insert_rows(
            self.connection,
            origin,
            {
                "sentence_id": ids,
                "place": range(place, place + len(ids)),
                **{name: [getattr(each, name) for each in sentences] for name in names},
            },
            workspace=self.workspace,
            project_id=project_id,
            import_id=import_id,
        )

    async def _standing(self, project_id: int, ids: Sequence[int]) -> _Standing:
        """What people say of these sentences now."""
        if not ids:
            return {}
        rows = await self.execute(_SAID, project_id, ids=ids)
        return {
            (row.sentence_id, row.person): AnnotationState(row.spans, row.finished) for row in rows
        }

    async def _annotate(
        self, project_id: int, import_id: int, number: int, new: NewSentence, stand: _Standing
    ) -> tuple[list[NewAnnotation], list[int], list[int]]:
        """What was added, and the lines of what was not because something else stands there, or the same."""
        added: list[NewAnnotation] = []
        kept: list[int] = []
        held: list[int] = []
        annotations = Annotations(self.tx)
        for each in new.annotations:
            stands = stand.get((number, each.person), _NOTHING)
            if stands.finished or stands.spans:
                same = (stands.spans, stands.finished) == (each.spans, each.finished)
                (held if same else kept).append(new.line)
                continue
            if not each.spans and not each.finished:
                continue
            await annotations.change(
                project_id,
                Annotation(Sentence(number, new.text, new.tokens), each.person),
                _kind(each),
                AnnotationState(each.spans, each.finished),
                request=source_of(import_id),
            )
            stand[number, each.person] = AnnotationState(each.spans, each.finished)
            added.append(each)
        return added, kept, held


def source_of(import_id: int) -> str:
    """Where sentences of an import say they are from, and which request its steps say they were made in."""
    return f"import:{import_id}"


def _kind(said: NewAnnotation) -> StepKind:
    if not said.finished:
        return StepKind.LABELLED
    return StepKind.FINISHED if said.spans else StepKind.NO_ENTITIES


def counted_as(said: Sequence[NewAnnotation]) -> Iterator[Key]:
    """What a new sentence is counted as, as `Counters` does from its rows."""
    finished = [each for each in said if each.finished]
    yield from ((PERSON, each.person) for each in finished)
    if not finished:
        if any(each.spans for each in said):
            yield UNFINISHED
    elif any(each.spans != finished[0].spans for each in finished):
        yield DISPUTED
    else:
        yield FINISHED
        yield from ((LABEL, span.label) for span in finished[0].spans)
