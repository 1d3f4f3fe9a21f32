"""Where words of a sentence are besides its own rows: answers that are kept, messages, runs, scores, labels."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, update

from bot.db.records.idempotency import FORGOTTEN
from bot.db.records.relabelling import Relabelling
from bot.db.repository import Repository, here, in_project
from bot.db.tables.outbox import outbox
from bot.db.tables.projects import label
from bot.db.tables.requests import receipt
from bot.db.tables.review import decision
from bot.db.tables.sentences import annotation, event, flag, merged
from bot.db.tables.training import model, run
from ner_engine.annotation import Span
from ner_engine.results import Evaluation

_CHUNK = 500
_ERASED = {"text": "What was to be said here has been erased."}
_NO_REASON = "The reason has been erased."


@dataclass(frozen=True, slots=True)
class Words:
    """What is in a sentence and in what people said of it."""

    phrases: frozenset[str]
    """Texts, labelled phrases, notes."""
    labels: frozenset[str]
    """Labels that its spans carried."""


class Traces(Repository):
    """Finds and erases what was written down elsewhere."""

    __slots__ = ()

    async def words(self, project_id: int, texts: dict[int, str], person: str | None) -> Words:
        """The words of sentences, and of what a person said."""
        phrases, labels = set(texts.values()), set[str]()
        for table, columns in (
            (annotation, ("spans",)),
            (decision, ("spans", "reason")),
            (flag, ("note",)),
            (event, ("before", "after", "detail")),
        ):
            rows = await self._rows(table, columns, project_id, tuple(texts), person)
            for row in rows:
                said, spans = _read(row, columns)
                phrases |= said
                labels |= {span.label for span in spans}
                text = texts.get(row.sentence_id, "")
                phrases |= {text[span.start : span.end] for span in spans}
        return Words(frozenset(phrases - {""}), frozenset(labels))

    async def _rows(
        self,
        table: Any,
        columns: tuple[str, ...],
        project_id: int,
        ids: Sequence[int],
        person: str | None,
    ) -> list[Any]:
        wanted = select(table.c.sentence_id, *(table.c[name] for name in columns))
        conditions = [
            table.c.sentence_id.in_(ids[start : start + _CHUNK])
            for start in range(0, len(ids), _CHUNK)
        ]
        if person is not None:
            conditions.append(and_(table.c.person == person, table.c.sentence_id.is_not(None)))
        found: list[Any] = []
        for condition in conditions:
            found += await self.execute(wanted.where(in_project(table), condition), project_id)
        return found

    async def unused(self, project_id: int, labels: Collection[str]) -> tuple[str, ...]:
        """Those of these labels that nobody described and no phrase carries."""
        found = await self.execute(
            select(label.c.name).where(
                in_project(label), label.c.name.in_(sorted(labels)), label.c.description == ""
            ),
            project_id,
        )
        relabelling = Relabelling(self.tx)
        return tuple(
            [name for name in found.scalars() if not await relabelling.count(project_id, name)]
        )

    async def labels(self, project_id: int, names: Collection[str]) -> None:
        """Erase labels, and every line of the record that names them."""
        if not names:
            return
        await self.execute(
            delete(label).where(in_project(label), label.c.name.in_(sorted(names))), project_id
        )
        rows = await self.execute(
            select(event.c.id, event.c.detail, event.c.undoes).where(
                in_project(event), event.c.sentence_id.is_(None)
            ),
            project_id,
        )
        gone = {
            row.id
            for row in rows
            if row.detail and {row.detail.get(key) for key in ("name", "from", "to")} & set(names)
            # A description is in "from" and "to", too; it goes with the name.
        }
        await self.execute(
            delete(merged).where(in_project(merged), merged.c.event_id.in_(gone)), project_id
        )
        await self.execute(
            delete(event).where(
                in_project(event), or_(event.c.id.in_(gone), event.c.undoes.in_(gone))
            ),
            project_id,
        )

    async def answers(self) -> None:
        """Erase all answers that are kept; a repeat of a request still does nothing a second time."""
        await self.execute(update(receipt).where(here(receipt)).values(outcome=FORGOTTEN))

    async def messages(self, words: Collection[str] | None, person: str | None = None) -> None:
        """Erase what was delivered, and of what still waits the messages with one of these words; None for all."""
        if person is not None:
            theirs = or_(outbox.c.channel == person, outbox.c.person == person)
            await self.execute(delete(outbox).where(here(outbox), theirs))
        taken = and_(here(outbox), outbox.c.delivered >= outbox.c.state)
        await self.execute(update(outbox).where(taken).values(message=json.dumps({"text": ""})))
        rows = await self.execute(
            select(outbox.c.id, outbox.c.message).where(
                here(outbox), outbox.c.delivered < outbox.c.state
            )
        )
        found = [row.id for row in rows if words is None or _says(row.message, words)]
        await self.execute(
            update(outbox)
            .where(here(outbox), outbox.c.id.in_(found))
            .values(message=json.dumps(_ERASED))
        )

    async def trainings(
        self, project_id: int, ids: Collection[int], words: Words, labels: Collection[str]
    ) -> None:
        """Erase logs, reasons of failures, and what scores say of these sentences, words and labels."""
        blank = update(run).where(in_project(run))
        await self.execute(blank.values(log=None), project_id)
        await self.execute(
            blank.where(run.c.failure.is_not(None)).values(failure=_NO_REASON), project_id
        )
        for table, key in ((run, run.c.id), (model, model.c.version)):
            rows = await self.execute(
                select(key.label("number"), table.c.evaluation).where(
                    in_project(table), table.c.evaluation.is_not(None)
                ),
                project_id,
            )
            for row in rows.all():
                kept = without(row.evaluation, ids, words, labels)
                if kept != row.evaluation:
                    change = update(table).where(in_project(table), key == bindparam("number_"))
                    await self.execute(
                        change.values(evaluation=kept), project_id, number_=row.number
                    )
        await self._model_labels(project_id, labels)

    async def _model_labels(self, project_id: int, labels: Collection[str]) -> None:
        rows = await self.execute(
            select(model.c.version, model.c.labels).where(in_project(model)), project_id
        )
        for row in rows.all():
            kept = tuple(name for name in row.labels if name not in labels)
            if kept != row.labels:
                mine = and_(in_project(model), model.c.version == row.version)
                await self.execute(update(model).where(mine).values(labels=kept), project_id)


def without(
    evaluation: Evaluation, ids: Collection[int], words: Words, labels: Collection[str]
) -> Evaluation:
    """The scores, without what they say of sentences, phrases and labels."""

    def is_kept(text: str) -> bool:
        folded = text.casefold()
        said = {*words.phrases, *labels}
        return not any(word.casefold() in folded for word in said if len(word) > 1)

    return replace(
        evaluation,
        findings=tuple(
            found
            for found in evaluation.findings
            if not set(found.sentences) & set(ids) and is_kept(found.words)
        ),
        mistakes=tuple(found for found in evaluation.mistakes if found.sentence_id not in ids),
        confusions=tuple(
            found for found in evaluation.confusions if not {found.gold, found.found} & set(labels)
        ),
        per_label=tuple(each for each in evaluation.per_label if each[0] not in labels),
        outcomes=tuple(each for each in evaluation.outcomes if each.label not in labels),
        finer=evaluation.finer
        and replace(
            evaluation.finer,
            lenient_per_label=tuple(
                each for each in evaluation.finer.lenient_per_label if each[0] not in labels
            ),
        ),
        advice=tuple(filter(is_kept, evaluation.advice)),
        outlook=evaluation.outlook if is_kept(evaluation.outlook or "") else None,
    )


def _read(row: Any, columns: tuple[str, ...]) -> tuple[set[str], tuple[Span, ...]]:
    """What was said, and the spans, in the columns of a row."""
    said: set[str] = set()
    spans: tuple[Span, ...] = ()
    for name in columns:
        value = getattr(row, name)
        match name, value:
            case (_, None):
                continue
            case ("spans", _):
                spans += value
            case ("before" | "after", _):
                spans += value.spans
            case ("detail", _):
                said |= {each for each in value.values() if isinstance(each, str)}
            case _:
                said.add(value)
    return said, spans


def _says(message: str, words: Collection[str]) -> bool:
    """Whether a message that is kept as JSON has one of the words in it."""
    plain = json.dumps(json.loads(message), ensure_ascii=False).casefold()
    found = (json.dumps(word, ensure_ascii=False)[1:-1].casefold() for word in words)
    return any(word in plain for word in found if len(word) > 1)
