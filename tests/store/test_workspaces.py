"""Nothing crosses the border of a workspace, whatever ids are guessed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import select

from bot.domain import (
    Annotation,
    AnnotationState,
    Auto,
    Card,
    Digest,
    LabelIntent,
    Model,
    ProjectCounts,
    Question,
    QuestionKind,
    Run,
    RunState,
    Schedule,
    Sentence,
    SetDigest,
    SetSchedule,
    Step,
    StepKind,
)
from bot.errors import NotFound
from bot.services.ports import Work
from bot.store.database import Database
from bot.store.schema import metadata
from bot.store.store import SqlStore
from ner_engine.annotation import Span
from tests.store.conftest import ANN, HERE, LEASE, Clock, add, annotate, new_run

THERE = "T0THERE"
STATE = AnnotationState((Span(0, 3, "A"),), finished=True)
QUESTION = Question(QuestionKind.LABEL, LabelIntent("A", "one"), ())


@dataclass
class Things:
    """One of everything, with its ids."""

    project_id: int
    sentence: Sentence
    step: Step
    offer: str
    run: Run
    model: Model
    schedule: Schedule
    auto: Auto
    digest: Digest


async def fill(work: Work, clock: Clock) -> Things:
    """Make one of everything; the run is still active and the sentence waits."""
    project = await work.projects.ensure_default()
    await work.labels.add(project.id, "A", person=ANN)
    sentence, finished = await add(work, project.id, "one", "two")
    await annotate(work, project.id, finished, Span(0, 3, "A"))
    await annotate(work, project.id, sentence, Span(0, 3, "A"), finished=False)
    step = await work.annotations.last_step(project.id, ANN)
    assert step is not None
    await work.queue.take(project.id, ANN, sentence.id)
    offer = (await work.offers.put(project.id, ANN, QUESTION)).offer
    await work.receipts.put("Ev1", Card(Annotation(sentence, ANN)))
    asked = new_run(project.id, request="Ev0")
    first = await work.runs.claim(asked, owner="one", lease=LEASE)
    assert first is not None
    await work.runs.begin(first.id, sentences=1, fingerprint="data")
    await work.runs.end(first.id, RunState.SUCCEEDED)
    model = Model(project.id, 1, ("A",), clock.now)
    await work.models.add(model, run_id=first.id)
    await work.models.set_live(project.id, 1, expected=None, person=ANN)
    run = await work.runs.claim(new_run(project.id), owner="one", lease=LEASE)
    assert run is not None
    schedule = await put_schedule(work, project.id, clock)
    auto = await work.autos.put(project.id, every=5, person=ANN, channel="C0")
    digest = await put_digest(work, project.id, clock)
    return Things(project.id, sentence, step, offer, run, model, schedule, auto, digest)


async def put_digest(work: Work, project_id: int, clock: Clock) -> Digest:
    return await work.digests.put(
        project_id,
        SetDigest("0 9 * * *", None, "w"),
        timezone="UTC",
        person=ANN,
        channel="C0",
        since=clock.now - timedelta(days=1),
        next_due=clock.now + timedelta(days=1),
    )


async def put_schedule(work: Work, project_id: int, clock: Clock) -> Schedule:
    wanted = SetSchedule("0 3 * * *", None, "w")
    return await work.schedules.put(
        project_id, wanted, timezone="UTC", person=ANN, channel="C0", next_due=clock.now
    )


async def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with database.reading() as connection:
        return {
            table.name: sorted(map(repr, await connection.execute(select(table))))
            for table in metadata.sorted_tables
        }


Ask = Callable[[Work, Things], Awaitable[object]]

ASKED: dict[str, tuple[Ask, object]] = {
    "labels.all": (lambda work, its: work.labels.all(its.project_id), ()),
    "sentences.get": (lambda work, its: work.sentences.get(its.project_id, its.sentence.id), None),
    "sentences.find": (lambda work, its: work.sentences.find(its.project_id, "one"), None),
    "sentences.containing": (
        lambda work, its: work.sentences.containing(its.project_id, "o", limit=9),
        (),
    ),
    "annotations.last_step": (
        lambda work, its: work.annotations.last_step(its.project_id, ANN),
        None,
    ),
    "annotations.last_step of a sentence": (
        lambda work, its: work.annotations.last_step(
            its.project_id, ANN, sentence_id=its.sentence.id
        ),
        None,
    ),
    "annotations.gold": (lambda work, its: work.annotations.gold(its.project_id), ()),
    "annotations.counts": (
        lambda work, its: work.annotations.counts(its.project_id),
        ProjectCounts(),
    ),
    "queue.in_hand": (lambda work, its: work.queue.in_hand(its.project_id, ANN), None),
    "queue.next": (lambda work, its: work.queue.next(its.project_id, "U0BEN"), None),
    "queue.unskip": (
        lambda work, its: work.queue.unskip(its.project_id, ANN, its.sentence.id),
        None,
    ),
    "queue.waiting": (lambda work, its: work.queue.waiting(its.project_id, ANN), 0),
    "offers.get": (lambda work, its: work.offers.get(its.project_id, ANN, its.offer), None),
    "receipts.get": (lambda work, _: work.receipts.get("Ev1"), None),
    "runs.get": (lambda work, its: work.runs.get(its.run.id), None),
    "runs.active": (lambda work, its: work.runs.active(its.project_id), None),
    "runs.last": (lambda work, its: work.runs.last(its.project_id), None),
    "runs.beat": (
        lambda work, its: work.runs.beat(its.run.id, owner="one", lease=LEASE, progress=None),
        False,
    ),
    "runs.end": (lambda work, its: work.runs.end(its.run.id, RunState.CANCELLED), None),
    "models.next_version": (lambda work, its: work.models.next_version(its.project_id), 1),
    "models.live": (lambda work, its: work.models.live(its.project_id), None),
    "models.set_live": (
        lambda work, its: work.models.set_live(its.project_id, 1, expected=1, person=ANN),
        False,
    ),
    "autos.of": (lambda work, its: work.autos.of(its.project_id), None),
    "autos.off": (lambda work, its: work.autos.off(its.project_id), None),
    "autos.rebase": (lambda work, its: work.autos.rebase(its.project_id), None),
    "autos.spend": (lambda work, its: work.autos.spend(its.auto.id, base=its.auto.base), False),
    "digests.of": (lambda work, its: work.digests.of(its.project_id, "C0"), None),
    "digests.off": (lambda work, its: work.digests.off(its.digest.id), None),
    "digests.advance": (
        lambda work, its: work.digests.advance(
            its.digest, since=its.digest.since, next_due=its.digest.since
        ),
        False,
    ),
    "digests.finished": (
        lambda work, its: work.digests.finished(its.project_id, since=its.digest.since),
        (),
    ),
    "digests.trainings": (
        lambda work, its: work.digests.trainings(its.project_id, since=its.digest.since),
        (),
    ),
    "digests.live_before": (
        lambda work, its: work.digests.live_before(its.project_id, its.digest.next_due),
        None,
    ),
    "runs.of_request": (lambda work, _its: work.runs.of_request("Ev0"), None),
    "runs.of_data": (lambda work, its: work.runs.of_data(its.project_id, "data"), None),
    "runs.page": (lambda work, its: work.runs.page(its.project_id, up_to=9, size=9), ()),
    "runs.keep_log": (lambda work, its: work.runs.keep_log(its.run.id, "log"), None),
    "schedules.of": (lambda work, its: work.schedules.of(its.project_id), None),
    "schedules.off": (lambda work, its: work.schedules.off(its.project_id), None),
    "schedules.advance": (
        lambda work, its: work.schedules.advance(
            its.schedule.id,
            due=its.schedule.next_due,
            next_due=its.schedule.next_due + timedelta(days=1),
        ),
        False,
    ),
}

REFUSED: dict[str, Ask] = {
    "labels.add": lambda work, its: work.labels.add(its.project_id, "B", person=ANN),
    "sentences.add": lambda work, its: add(work, its.project_id, "three"),
    "annotations.change": lambda work, its: work.annotations.change(
        its.project_id, Annotation(its.sentence, ANN), StepKind.FINISHED, STATE, request="r"
    ),
    "annotations.undo": lambda work, its: work.annotations.undo(
        its.project_id, its.step, request="r"
    ),
    "queue.take": lambda work, its: work.queue.take(its.project_id, ANN, its.sentence.id),
    "queue.skip": lambda work, its: work.queue.skip(its.project_id, ANN, its.sentence.id),
    "offers.put": lambda work, its: work.offers.put(its.project_id, ANN, QUESTION),
    "runs.claim": lambda work, its: work.runs.claim(
        new_run(its.project_id), owner="two", lease=LEASE
    ),
    "runs.begin": lambda work, its: work.runs.begin(its.run.id, sentences=1),
    "runs.follow": lambda work, its: work.runs.follow(its.run.id, channel="C", message="1.0"),
    "models.add": lambda work, its: work.models.add(
        Model(its.project_id, 2, (), its.model.created_at), run_id=its.run.id
    ),
    "autos.put": lambda work, its: work.autos.put(
        its.project_id, every=5, person=ANN, channel="C0"
    ),
    "digests.put": lambda work, its: put_digest(work, its.project_id, Clock(its.schedule.next_due)),
    "schedules.put": lambda work, its: put_schedule(
        work, its.project_id, Clock(its.schedule.next_due)
    ),
}


@pytest.fixture
async def things(store: SqlStore, clock: Clock) -> Things:
    """What the other workspace has; the one that asks has a project of its own as well."""
    async with store.writing(HERE) as work:
        await work.projects.ensure_default()
    async with store.writing(THERE) as work:
        return await fill(work, clock)


async def test_asked_with_the_ids_of_another_workspace_there_is_nothing(
    database: Database, store: SqlStore, things: Things
) -> None:
    before = await everything(database)
    async with store.writing(HERE) as work:
        found = {name: await ask(work, things) for name, (ask, _) in ASKED.items()}
    assert found == {name: nothing for name, (_, nothing) in ASKED.items()}
    assert await everything(database) == before


async def refused(store: SqlStore, things: Things, ask: Ask) -> bool:
    try:
        async with store.writing(HERE) as work:
            await ask(work, things)
    except NotFound:
        return True
    return False


async def test_a_change_with_the_ids_of_another_workspace_is_not_found(
    database: Database, store: SqlStore, things: Things
) -> None:
    before = await everything(database)
    accepted = [name for name, ask in REFUSED.items() if not await refused(store, things, ask)]
    assert accepted == []
    assert await everything(database) == before


async def test_a_sentence_of_another_workspace_is_not_found_in_ones_own_project_either(
    database: Database, store: SqlStore, things: Things
) -> None:
    async with store.reading(HERE) as work:
        own = await work.projects.default()
    assert own is not None
    mixed = replace(things, project_id=own.id)
    before = await everything(database)
    asks = [REFUSED[name] for name in ("annotations.change", "queue.take", "queue.skip")]
    assert [await refused(store, mixed, ask) for ask in asks] == [True] * 3
    assert await everything(database) == before


async def test_an_annotation_of_another_workspace_is_empty(store: SqlStore, things: Things) -> None:
    async with store.reading(HERE) as work:
        assert (await work.annotations.of(things.sentence, ANN)).spans == ()


async def test_every_method_of_every_repository_is_asked_above(
    store: SqlStore, project_id: int
) -> None:
    asked = {name.split()[0] for name in (*ASKED, *REFUSED)}
    elsewhere = {"projects.default", "projects.ensure_default", "annotations.of", "receipts.put"}
    async with store.reading(HERE) as work:
        methods = {
            f"{noun}.{name}"
            for noun, repository in vars(work).items()
            for name in vars(type(repository))
            if not name.startswith("_")
        }
    assert methods == asked | elsewhere


async def test_every_statement_names_the_workspace(
    database: Database, store: SqlStore, clock: Clock
) -> None:
    statements: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    for engine in (database._readers, database._writers):
        listeners.listen(engine.sync_engine, "before_cursor_execute", note)
    async with store.writing(HERE) as work:
        things = await fill(work, clock)
        for ask in (*(ask for ask, _ in ASKED.values()), REFUSED["schedules.put"]):
            await ask(work, things)
    unnamed = [
        statement
        for statement, parameters in statements
        if HERE not in repr(parameters)
        and not statement.startswith(("BEGIN", "PRAGMA", "SELECT pg_advisory_xact_lock"))
    ]
    assert (unnamed, len(statements) > 40) == ([], True)


async def test_without_a_workspace_nothing_is_reached(store: SqlStore) -> None:
    for door in (store.reading, store.writing):
        with pytest.raises(NotFound):
            async with door(""):
                pytest.fail("reached")
