"""The database beside the plain model: every row that people made, and what is counted of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from bot.db.database import Store
from bot.db.records.events import STEP_KINDS
from bot.db.tables.queue import skip
from bot.db.tables.sentences import annotation, event, flag, sentence
from bot.db.transaction import Transaction
from bot.domain.steps import StepKind
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.labelling.values.cards import Card, Outcome
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span
from tests.support.states_model import NOTHING, Named, ProjectModel


def lasting(outcome: Outcome) -> Outcome:
    """Without what is found anew each time a card is shown, in the project that the channel has now."""
    if not isinstance(outcome, Card):
        return outcome
    return replace(outcome, guide=(), precedents=(), suggestion=None, blind=False)


async def compare(
    store: Store, workspace: str, ids: Mapping[str, int], projects: Mapping[str, ProjectModel]
) -> None:
    """Every project of a workspace, by its id."""
    async with store.reading(workspace) as tx:
        for project, number in ids.items():
            await _compare_project(tx, number, projects[project])


async def _compare_project(tx: Transaction, project: int, model: ProjectModel) -> None:
    texts = await _rows(tx, project, sentence, "id", "text", "finished_by")
    assert {(each, text) for each, text, _ in texts} == set(model.texts.items())
    assert {each: done for each, _, done in texts} == {
        each: len(model.finishers(each)) for each in model.texts
    }
    stands = await _rows(tx, project, annotation, "sentence_id", "person", "spans", "finished")
    assert {(where, who): (named(spans), done) for where, who, spans, done in stands} == {
        key: (model.named(marks), done)
        for key, (marks, done) in model.stands.items()
        if key in {(where, who) for where, who, _, _ in stands} or (marks, done) != NOTHING
    }
    assert set(await _rows(tx, project, skip, "sentence_id", "person")) == model.skips
    assert set(await _rows(tx, project, flag, "sentence_id", "person")) == model.flags
    kinds = event.c.kind.in_([*STEP_KINDS, StepKind.UNDONE.value])
    mine = (event.c.workspace == tx.workspace, event.c.project_id == project, kinds)
    count = await tx.connection.execute(select(func.count()).select_from(event).where(*mine))
    assert count.scalar_one() == model.events.total()
    assert {each.name for each in await Labels(tx).all(project)} == set(model.labels.values())
    assert await Annotations(tx).counts(project) == model.counts()
    gold = {each.sentence.id: named(each.spans) for each in await Annotations(tx).gold(project)}
    assert gold == model.gold()
    for each in model.steps:
        assert await Queue(tx).waiting(project, each) == model.waiting(each)


async def _rows(tx: Transaction, project: int, table: Any, *names: str) -> list[Any]:
    wanted = select(*(table.c[name] for name in names)).where(
        table.c.workspace == tx.workspace, table.c.project_id == project
    )
    return [tuple(row) for row in await tx.connection.execute(wanted)]


def named(spans: tuple[Span, ...]) -> Named:
    return tuple((span.start, span.end, span.label) for span in spans)
