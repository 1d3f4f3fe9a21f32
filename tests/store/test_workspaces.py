"""Nothing crosses the border of a workspace, whatever ids are guessed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import select

from bot.domain.digest import Digest, SetDigest
from bot.domain.evaluation import LivePolicy
from bot.domain.history import Event
from bot.domain.home import Visit
from bot.domain.labelling import (
    AnnotationState,
    Card,
    LabelIntent,
    Question,
    QuestionKind,
    Step,
    StepKind,
)
from bot.domain.project import Annotation, ProjectCounts, Sentence
from bot.domain.queue import ProjectSettings, RankingJob
from bot.domain.review import Decision
from bot.domain.team import ChangeLabels, Role
from bot.domain.train_commands import Auto, Schedule, SetSchedule
from bot.domain.training import Model, Run, RunState
from bot.errors import NotFound
from bot.services.ports import Work
from bot.store.database import Database
from bot.store.schema import metadata
from bot.store.store import SqlStore
from ner_engine.annotation import Span
from tests.store.conftest import ANN, HERE, LEASE, Clock, add, annotate, new_run

THERE = "T0THERE"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
STATE = AnnotationState((Span(0, 3, "A"),), finished=True)
QUESTION = Question(QuestionKind.LABEL, LabelIntent("A", "one"), ())


@dataclass
class Things:
    """One of everything, with its ids."""

    project_id: int
    sentence: Sentence
    flagged: Sentence
    step: Step
    job: RankingJob
    offer: str
    run: Run
    model: Model
    schedule: Schedule
    merge: int
    asked: str
    decided: Decision
    event: Event
    auto: Auto
    digest: Digest


async def fill(work: Work, clock: Clock) -> Things:
    """Make one of everything; the run is still active and the sentence waits."""
    project = await work.projects.ensure_default()
    await work.labels.add(project.id, "A", person=ANN)
    sentence, finished, flagged = await add(work, project.id, "one", "two", "odd")
    await work.flags.put(project.id, ANN, flagged.id, note="broken")
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
    await work.runs.end(first.id, RunState.SUCCEEDED, version=1)
    await work.homes.note_opened(ANN)
    await work.corrections.put(project.id, sentence.id, ANN, version=1, step_id=step.id)
    model = Model(project.id, 1, ("A",), clock.now)
    await work.models.add(model, run_id=first.id)
    await work.models.set_live(project.id, 1, expected=None, person=ANN)
    run = await work.runs.claim(new_run(project.id), owner="one", lease=LEASE)
    assert run is not None
    schedule = await put_schedule(work, project.id, clock)
    job = await work.rankings.claim(project.id, owner="one", lease=LEASE)
    assert job is not None
    await work.labels.add(project.id, "M", person=ANN)
    merge = await work.labels.merge(project.id, "M", "A", person=ANN)
    assert merge is not None
    await work.roles.give(project.id, ANN, Role.OWNER, by=ANN)
    await work.projects.bind(project.id, "C0", to=project.id, person=ANN)
    question = await work.confirmations.put(project.id, ANN, ChangeLabels("A", "B"))
    state = Span(0, 3, "A")
    decided = await work.decisions.decide(
        project.id, finished, (state,), at_stake=((0, 3),), person=ANN
    )
    event = (await work.history.page(project.id, limit=1))[0]
    auto = await work.autos.put(project.id, every=5, person=ANN, channel="C0")
    digest = await put_digest(work, project.id, clock)
    return Things(
        project.id,
        sentence,
        flagged,
        step,
        job,
        offer,
        run,
        model,
        schedule,
        merge,
        question,
        decided,
        event,
        auto,
        digest,
    )


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
    "labels.described": (lambda work, its: work.labels.described(its.project_id), ()),
    "labels.sentences_with": (lambda work, its: work.labels.sentences_with(its.project_id, "A"), 0),
    "labels.renamed": (lambda work, its: work.labels.renamed(its.project_id), {}),
    "labels.changed_since": (
        lambda work, its: work.labels.changed_since(its.project_id, its.merge - 1, "A"),
        False,
    ),
    "labels.describe": (
        lambda work, its: work.labels.describe(its.project_id, "A", "what", person=ANN),
        None,
    ),
    "labels.remove": (
        lambda work, its: work.labels.remove(its.project_id, "B", person=ANN, undoes=its.event.id),
        False,
    ),
    "labels.rename": (
        lambda work, its: work.labels.rename(its.project_id, "A", "C", person=ANN),
        None,
    ),
    "labels.merge": (
        lambda work, its: work.labels.merge(its.project_id, "A", "A", person=ANN),
        None,
    ),
    "roles.all": (lambda work, _: work.roles.all(), {}),
    "projects.bound": (lambda work, _: work.projects.bound("C0"), None),
    "confirmations.take": (
        lambda work, its: work.confirmations.take(its.project_id, ANN, its.asked),
        None,
    ),
    "decisions.waiting": (lambda work, its: work.decisions.waiting(its.project_id), 0),
    "decisions.next": (lambda work, its: work.decisions.next(its.project_id), None),
    "decisions.dispute": (
        lambda work, its: work.decisions.dispute(its.project_id, its.decided.sentence_id),
        None,
    ),
    "decisions.of": (
        lambda work, its: work.decisions.of(its.project_id, its.decided.sentence_id),
        None,
    ),
    "decisions.revoke": (
        lambda work, its: work.decisions.revoke(
            its.project_id, its.decided.sentence_id, person=ANN, undoes=its.event.id
        ),
        None,
    ),
    "decisions.note": (lambda work, its: work.decisions.note(its.project_id, ANN, "why"), None),
    "decisions.precedents": (
        lambda work, its: work.decisions.precedents(its.project_id, "one"),
        (),
    ),
    "decisions.precedents_in": (
        lambda work, its: work.decisions.precedents_in(
            its.project_id, Sentence(1, "one", ((0, 3),))
        ),
        (),
    ),
    "history.page": (lambda work, its: work.history.page(its.project_id, limit=9), ()),
    "history.get": (lambda work, its: work.history.get(its.project_id, its.event.id), None),
    "history.later": (
        lambda work, its: work.history.later(its.project_id, replace(its.event, id=1)),
        False,
    ),
    "history.steps": (lambda work, its: work.history.steps(its.project_id, limit=9), ()),
    "statistics.finished_since": (
        lambda work, its: work.statistics.finished_since(its.project_id, LONG_AGO),
        0,
    ),
    "statistics.people": (
        lambda work, its: work.statistics.people(its.project_id, today=LONG_AGO, week=LONG_AGO),
        (),
    ),
    "statistics.shared": (lambda work, its: work.statistics.shared(its.project_id, limit=9), ()),
    "annotations.step": (
        lambda work, its: work.annotations.step(its.project_id, its.step.id),
        None,
    ),
    "receipts.reply": (lambda work, _: work.receipts.reply("Ev2"), None),
    "sentences.get": (lambda work, its: work.sentences.get(its.project_id, its.sentence.id), None),
    "sentences.find": (lambda work, its: work.sentences.find(its.project_id, "one"), None),
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
    "annotations.finished_since": (
        lambda work, its: work.annotations.finished_since(
            its.project_id, ANN, datetime(2000, 1, 1, tzinfo=UTC)
        ),
        0,
    ),
    "annotations.phrases": (
        lambda work, its: work.annotations.phrases(its.project_id, limit=9),
        (),
    ),
    "offers.change": (
        lambda work, its: work.offers.change(
            its.project_id, ANN, replace(QUESTION, offer=its.offer)
        ),
        None,
    ),
    "annotations.undo_together": (
        lambda work, its: work.annotations.undo_together(
            its.project_id, ANN, its.step.request, request="r"
        ),
        ((), ()),
    ),
    "phrases.places": (
        lambda work, its: work.phrases.places(its.project_id, ANN, "o", limit=9),
        (),
    ),
    "phrases.places_of": (
        lambda work, its: work.phrases.places_of(its.project_id, ANN, [its.sentence.id]),
        (),
    ),
    "phrases.texts_with": (
        lambda work, its: work.phrases.texts_with(its.project_id, ["o"], limit=9),
        (),
    ),
    "homes.of": (lambda work, _: work.homes.of(ANN), Visit()),
    "corrections.remove": (
        lambda work, its: work.corrections.remove(its.project_id, its.sentence.id, ANN),
        None,
    ),
    "corrections.to_ask": (
        lambda work, its: work.corrections.to_ask(its.project_id, 1, limit=9),
        (),
    ),
    "corrections.mark_told": (
        lambda work, its: work.corrections.mark_told(its.project_id, 1, ANN, [its.sentence.id]),
        frozenset(),
    ),
    "corrections.mark_asked": (
        lambda work, its: work.corrections.mark_asked(its.project_id, 1),
        None,
    ),
    "receipts.notices": (lambda work, _: work.receipts.notices("Ev1"), None),
    "queue.in_hand": (lambda work, its: work.queue.in_hand(its.project_id, ANN), None),
    "queue.next": (lambda work, its: work.queue.next(its.project_id, "U0BEN"), None),
    "queue.unskip": (
        lambda work, its: work.queue.unskip(its.project_id, ANN, its.sentence.id),
        None,
    ),
    "queue.waiting": (lambda work, its: work.queue.waiting(its.project_id, ANN), 0),
    "flags.all": (lambda work, its: work.flags.all(its.project_id, limit=9), ()),
    "flags.remove": (
        lambda work, its: work.flags.remove(its.project_id, ANN, its.flagged.id),
        None,
    ),
    "sentences.withdraw": (
        lambda work, its: work.sentences.withdraw(its.project_id, [its.sentence.id]),
        frozenset(),
    ),
    "flags.count": (lambda work, its: work.flags.count(its.project_id), 0),
    "flags.say_why": (
        lambda work, its: work.flags.say_why(its.project_id, ANN, its.flagged.id, "why"),
        False,
    ),
    "flags.settle": (
        lambda work, its: work.flags.settle(its.project_id, its.flagged.id, person=ANN),
        False,
    ),
    "rankings.claim": (
        lambda work, its: work.rankings.claim(its.project_id, owner="one", lease=LEASE),
        None,
    ),
    "rankings.candidates": (
        lambda work, its: work.rankings.candidates(
            its.project_id, 2, scored=False, after=None, limit=9
        ),
        (),
    ),
    "rankings.sample": (lambda work, its: work.rankings.sample(its.project_id, limit=9), ()),
    "rankings.begun": (lambda work, its: work.rankings.begun(its.project_id, limit=9), ()),
    "rankings.score": (
        lambda work, its: work.rankings.score(
            its.project_id, its.job, [(its.sentence.id, 0.5)], owner="one", lease=LEASE
        ),
        False,
    ),
    "rankings.place": (
        lambda work, its: work.rankings.place(
            its.project_id, its.job, [its.sentence.id], owner="one", lease=LEASE
        ),
        False,
    ),
    "rankings.put_off": (
        lambda work, its: work.rankings.put_off(its.project_id, owner="one", lease=LEASE),
        None,
    ),
    "rankings.end": (
        lambda work, its: work.rankings.end(its.project_id, its.job, owner="one"),
        False,
    ),
    "offers.get": (lambda work, its: work.offers.get(its.project_id, ANN, its.offer), None),
    "receipts.get": (lambda work, _: work.receipts.get("Ev1"), None),
    "runs.get": (lambda work, its: work.runs.get(its.run.id), None),
    "runs.active": (lambda work, its: work.runs.active(its.project_id), None),
    "runs.last": (lambda work, its: work.runs.last(its.project_id), None),
    "runs.page (the newest)": (lambda work, its: work.runs.page(its.project_id, size=9), ()),
    "runs.that_made": (lambda work, its: work.runs.that_made(its.project_id, 1), None),
    "runs.beat": (
        lambda work, its: work.runs.beat(its.run.id, owner="one", lease=LEASE, progress=None),
        False,
    ),
    "runs.end": (lambda work, its: work.runs.end(its.run.id, RunState.CANCELLED), None),
    "models.next_version": (lambda work, its: work.models.next_version(its.project_id), 1),
    "models.live": (lambda work, its: work.models.live(its.project_id), None),
    "models.live_version": (lambda work, its: work.models.live_version(its.project_id), None),
    "models.live_since": (lambda work, its: work.models.live_since(its.project_id), None),
    "models.all_live": (lambda work, _: work.models.all_live(), ()),
    "models.versions": (lambda work, its: work.models.versions(its.project_id), ()),
    "models.version": (lambda work, its: work.models.version(its.project_id, 1), None),
    "models.moves": (lambda work, its: work.models.moves(its.project_id), ()),
    "models.mark_damaged": (lambda work, its: work.models.mark_damaged(its.project_id, 1), None),
    "models.mark_gone": (lambda work, its: work.models.mark_gone(its.project_id, [1]), None),
    "models.policy": (
        lambda work, its: work.models.policy(its.project_id),
        LivePolicy.NOT_WORSE,
    ),
    "receipts.moved": (lambda work, _: work.receipts.moved("Ev1"), None),
    "models.set_live": (
        lambda work, its: work.models.set_live(its.project_id, 1, expected=1, person=ANN),
        False,
    ),
    "autos.of": (lambda work, its: work.autos.of(its.project_id), None),
    "autos.off": (lambda work, its: work.autos.off(its.project_id), None),
    "autos.rebase": (lambda work, its: work.autos.rebase(its.project_id), None),
    "autos.spend": (lambda work, its: work.autos.spend(its.auto.id, base=its.auto.base), False),
    "digests.of": (lambda work, _: work.digests.of("C0"), None),
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
    "labels.split": lambda work, its: work.labels.split(
        its.project_id, its.merge, "M", "A", description="", person=ANN
    ),
    "roles.give": lambda work, its: work.roles.give(its.project_id, ANN, Role.REVIEWER, by=ANN),
    "projects.bind": lambda work, its: work.projects.bind(
        its.project_id, "C0", to=its.project_id, person=ANN
    ),
    "confirmations.put": lambda work, its: work.confirmations.put(
        its.project_id, ANN, ChangeLabels("A", "B")
    ),
    "decisions.decide": lambda work, its: work.decisions.decide(
        its.project_id, its.sentence, (), at_stake=(), person=ANN
    ),
    "decisions.give_reason": lambda work, its: work.decisions.give_reason(
        its.project_id, its.decided, "why", person=ANN
    ),
    "annotations.still_stands": lambda work, its: work.annotations.still_stands(
        its.project_id, its.step
    ),
    "sentences.add": lambda work, its: add(work, its.project_id, "three"),
    "annotations.change": lambda work, its: work.annotations.change(
        its.project_id, Annotation(its.sentence, ANN), StepKind.FINISHED, STATE, request="r"
    ),
    "annotations.undo": lambda work, its: work.annotations.undo(
        its.project_id, its.step, request="r"
    ),
    "queue.take": lambda work, its: work.queue.take(its.project_id, ANN, its.sentence.id),
    "queue.skip": lambda work, its: work.queue.skip(its.project_id, ANN, its.sentence.id),
    "projects.settings": lambda work, its: work.projects.settings(its.project_id),
    "projects.change_settings": lambda work, its: work.projects.change_settings(
        its.project_id, ProjectSettings(annotations_per_sentence=2), person=ANN
    ),
    "flags.put": lambda work, its: work.flags.put(its.project_id, ANN, its.sentence.id),
    "flags.reopen": lambda work, its: work.flags.reopen(
        its.project_id,
        replace(its.event, sentence_id=its.sentence.id, detail={"flags": [[ANN, ""]]}),
        person=ANN,
    ),
    "offers.put": lambda work, its: work.offers.put(its.project_id, ANN, QUESTION),
    "corrections.put": lambda work, its: work.corrections.put(
        its.project_id, its.sentence.id, ANN, version=1, step_id=None
    ),
    "runs.claim": lambda work, its: work.runs.claim(
        new_run(its.project_id), owner="two", lease=LEASE
    ),
    "runs.begin": lambda work, its: work.runs.begin(its.run.id, sentences=1),
    "runs.follow": lambda work, its: work.runs.follow(its.run.id, channel="C", message="1.0"),
    "models.add": lambda work, its: work.models.add(
        Model(its.project_id, 2, (), its.model.created_at), run_id=its.run.id
    ),
    "models.set_policy": lambda work, its: work.models.set_policy(
        its.project_id, LivePolicy.ASK, person=ANN
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
    asks = [
        REFUSED[name] for name in ("annotations.change", "queue.take", "queue.skip", "flags.put")
    ]
    assert [await refused(store, mixed, ask) for ask in asks] == [True] * 4
    assert await everything(database) == before


async def test_an_annotation_of_another_workspace_is_empty(store: SqlStore, things: Things) -> None:
    async with store.reading(HERE) as work:
        assert (await work.annotations.of(things.sentence, ANN)).spans == ()


async def test_a_channel_bound_in_another_workspace_is_bound_there_alone(
    store: SqlStore, things: Things
) -> None:
    async with store.reading(HERE) as work:
        assert await work.projects.of_channel("C0") == await work.projects.default()
        assert [project.name for project in await work.projects.all()] == ["default"]
    async with store.reading(THERE) as work:
        found = await work.projects.of_channel("C0")
        assert found
        assert found.id == things.project_id


async def test_every_method_of_every_repository_is_asked_above(
    store: SqlStore, project_id: int
) -> None:
    asked = {name.split()[0] for name in (*ASKED, *REFUSED)}
    elsewhere = {
        "projects.default",
        "projects.ensure_default",
        "projects.of_channel",
        "projects.ensure",
        "projects.all",
        "projects.add",
        "annotations.of",
        "receipts.put",
        "homes.note_opened",
        "homes.note_asked",
        "homes.set_notices",
    }
    async with store.reading(HERE) as work:
        methods = {
            f"{noun}.{name}"
            for noun, repository in vars(work).items()
            for name in vars(type(repository))
            if not name.startswith("_")
        }
    assert methods == asked | elsewhere


_OF_NO_WORKSPACE = ("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA", "SELECT pg_advisory_xact_lock")


async def test_every_statement_names_the_workspace(
    database: Database, store: SqlStore, clock: Clock
) -> None:
    statements: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    for transactions in (database._readers, database._writers):
        listeners.listen(transactions.engine.sync_engine, "before_cursor_execute", note)
    async with store.writing(HERE) as work:
        things = await fill(work, clock)
        for ask in (*(ask for ask, _ in ASKED.values()), REFUSED["schedules.put"]):
            await ask(work, things)
    unnamed = [
        statement
        for statement, parameters in statements
        if HERE not in repr(parameters) and not statement.startswith(_OF_NO_WORKSPACE)
    ]
    assert (unnamed, len(statements) > 40) == ([], True)


async def test_without_a_workspace_nothing_is_reached(store: SqlStore) -> None:
    for door in (store.reading, store.writing):
        with pytest.raises(NotFound):
            async with door(""):
                pytest.fail("reached")
