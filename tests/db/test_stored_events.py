"""What the record keeps of each kind of event, letter for letter, and the words that columns of texts hold.

The record is only ever added to, so its oldest lines have to be read for ever. `NERBOT_WRITE_GOLDEN=1 pytest
tests/db/test_stored_events.py` writes tests/db/golden/words anew.
"""

import json
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db.database import Database, Store
from bot.db.transaction import Transaction
from bot.domain.evaluation import LivePolicy
from bot.domain.events import EventKind
from bot.domain.models import WhyLive
from bot.domain.project import Caller, Project, Sentence
from bot.domain.roles import Role
from bot.domain.runs import Model, RunReason, RunState
from bot.domain.steps import AnnotationState, StepKind
from bot.exchange.repositories.imports import ImportRuns
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.steps import Steps
from bot.models.repositories.models import Models
from bot.projects.context import RequestContext
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.repositories.roles import Roles
from bot.projects.values import ProjectSettings
from bot.team.deletions import delete_sentence
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.history import History
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate, claim
from tests.support.golden import golden

GOLDEN = Path(__file__).parent / "golden" / "words"
PAIN = Span(0, 4, "SIGN")
#: The columns of texts with few values, and those.
WORDS: dict[str, list[StrEnum]] = {
    "event.kind": [*StepKind, *EventKind],
    "project.live_policy": [*LivePolicy],
    "role.role": [*Role],
    "run.reason": [*RunReason],
    "run.state": [*RunState],
}


def test_the_words_in_columns_of_texts_stay_the_same() -> None:
    lines = [f"{column}: {' '.join(words)}" for column, words in WORDS.items()]
    assert lines == golden(GOLDEN / "columns.txt", lines)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_every_kind_of_event_is_kept_letter_for_letter_as_before(
    store: Store, database: Database, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        project = await Projects(tx).ensure_default()
        await _annotations(tx, project.id)
        await _labels(tx, project.id)
        await _reviews(tx, project.id)
        await _settings(tx, project)
        await _live(tx, project.id, clock)
        await _imports(tx, project.id)
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT kind, before, after, detail FROM event ORDER BY id")
        )
        lines = [json.dumps(list(row), ensure_ascii=False) for row in rows]
    assert lines == golden(GOLDEN / "events.jsonl", lines)
    told = {json.loads(line)[0] for line in lines}
    assert told == {kind.value for kind in WORDS["event.kind"]}


async def _annotations(tx: Transaction, project_id: int) -> None:
    for name in ("SIGN", "SYMPTOM"):
        await Labels(tx).add(project_id, name, person=ANN, description=f"a {name}")
    [sentence] = await add(tx, project_id, "Pain “ü” left.")
    for kind in StepKind:
        if kind is StepKind.UNDONE:
            continue
        before = await Annotations(tx).of(sentence, ANN)
        after = AnnotationState((PAIN,) if kind is StepKind.LABELLED else (), finished=True)
        step = await Annotations(tx).change(
            project_id, before, kind, after, request="r", note="why", together=3, replaced="cut off"
        )
        await Steps(tx).undo(project_id, step, request="r2", by=BEN)


async def _labels(tx: Transaction, project_id: int) -> None:
    [sentence] = await add(tx, project_id, "Pain again.")
    await annotate(tx, project_id, sentence, PAIN)
    await Labels(tx).describe(project_id, "SIGN", "what a patient feels", person=ANN)
    await Labels(tx).rename(project_id, "SIGN", "OLD", person=ANN)
    merged = await Labels(tx).merge(project_id, "OLD", "SYMPTOM", person=ANN)
    assert merged is not None
    await Labels(tx).split(project_id, merged, "OLD", "SYMPTOM", description="x", person=ANN)
    await Labels(tx).add(project_id, "GONE", person=ANN)
    [added, *_] = await History(tx).page(project_id, limit=1)
    await Labels(tx).remove(project_id, "GONE", person=ANN, undoes=added.id)
    await Labels(tx).delete(project_id, "OLD", person=ANN)
    [deleted, *_] = await History(tx).page(project_id, limit=1)
    await Labels(tx).bring_back(project_id, deleted, person=ANN)


async def _reviews(tx: Transaction, project_id: int) -> None:
    [sentence] = await add(tx, project_id, "Pain once more.")
    await _decide(tx, project_id, sentence)
    await Flags(tx).put(project_id, ANN, sentence.id, note="cut off")
    await Flags(tx).settle(project_id, sentence.id, person=BEN)
    [settled, *_] = await History(tx).page(project_id, limit=1)
    await Flags(tx).reopen(project_id, settled, person=BEN)


async def _decide(tx: Transaction, project_id: int, sentence: Sentence) -> None:
    spans = (Span(0, 4, "SYMPTOM"),)
    made = await Decisions(tx).decide(project_id, sentence, spans, at_stake=((0, 4),), person=BEN)
    [decided, *_] = await History(tx).page(project_id, limit=1)
    await Decisions(tx).give_reason(project_id, made, "the guide", person=BEN)
    await Decisions(tx).revoke(project_id, sentence.id, person=BEN, undoes=decided.id)


async def _settings(tx: Transaction, project: Project) -> None:
    other = await Projects(tx).add("Other", person=ANN)
    assert other
    await Projects(tx).delete(other, record=project.id, person=ANN)
    [sentence] = await add(tx, project.id, "Gone for now.")
    caller = Caller(HERE, ANN, "C1", "r9")
    await delete_sentence(RequestContext(tx, project, caller), sentence.id)
    await Projects(tx).bind(project.id, "C1", to=project.id, person=ANN)
    await Projects(tx).change_settings(project.id, ProjectSettings(2, 0.5), person=ANN)
    await Roles(tx).give(project.id, BEN, Role.REVIEWER, by=ANN)


async def _imports(tx: Transaction, project_id: int) -> None:
    runs = ImportRuns(tx)
    asked = {"file": "a.jsonl", "digest": "d", "options": "{}"}
    run = await runs.begin(project_id, **asked, form="jsonl", person=ANN)
    await runs.note(project_id, run, sentences=2, person=ANN)


async def _live(tx: Transaction, project_id: int, clock: Clock) -> None:
    await Models(tx).set_policy(project_id, LivePolicy.BETTER, person=ANN)
    run = await claim(tx, project_id)
    assert run is not None
    before = None
    for version, why in enumerate(WhyLive, start=1):
        model = Model(project_id, version, ("SYMPTOM",), clock())
        await Models(tx).add(model, run_id=run.id)
        await Models(tx).set_live(project_id, version, expected=before, person=ANN, why=why)
        before = version
