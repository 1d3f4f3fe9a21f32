"""Nothing crosses the border of a workspace, whatever ids are guessed."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import select

from bot.api import values as api
from bot.api.repositories.tokens import Tokens
from bot.asking.repository import Cards
from bot.asking.values import Said
from bot.db.database import Database, Store
from bot.db.records.assignments import Assignments
from bot.db.records.catching_up import CatchingUp
from bot.db.records.confirmations import Confirmations
from bot.db.records.counters import Counters, Standing
from bot.db.records.entity_changes import EntityChanges
from bot.db.records.events import Events
from bot.db.records.idempotency import IdempotencyRecords
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.pending_actions import PendingActions
from bot.db.records.precedents import Precedents
from bot.db.records.relabelling import Relabelling
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.records.shown import Shown
from bot.db.records.suspicions import Suspicions
from bot.db.repository import Repository, in_project
from bot.db.search.index import Piece, SearchIndex
from bot.db.search.lookup import TextSearch
from bot.db.tables import metadata
from bot.db.tables.sentences import sentence
from bot.db.transaction import Transaction
from bot.digests.commands import Digest, SetDigest, Told
from bot.digests.repository import Digests
from bot.domain.entities import ChangeKind, EntityState, MessageEntity
from bot.domain.evaluation import LivePolicy
from bot.domain.events import Event
from bot.domain.json_form import JsonForm
from bot.domain.project import Annotation, Caller, Gold, Project, ProjectCounts, Sentence
from bot.domain.ranking import RankingJob
from bot.domain.roles import Role
from bot.domain.runs import Model, Run, RunState
from bot.domain.shared_file import SharedFile
from bot.domain.steps import AnnotationState, Step, StepKind
from bot.erasure.repositories.departures import Departures
from bot.erasure.repositories.erasures import Erasures, Scope
from bot.erasure.repositories.traces import Traces, Words
from bot.erasure.repositories.watched import Watched
from bot.errors import NotFound
from bot.exchange.repositories.bulk import ImportedSentences
from bot.exchange.repositories.exports import Exports
from bot.exchange.repositories.file_imports import FileImports
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.repositories.taking_back import TakenBack
from bot.exchange.values import FileState, ImportRun, ImportState, NewAnnotation, NewSentence
from bot.health.drift import Drift
from bot.health.repositories.draws import StreamDraws
from bot.health.repositories.drifts import StreamDrifts
from bot.health.sampling import Stratum
from bot.health.values import Said as Checked
from bot.health.values import StreamChange, StreamState
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.origins import Origins
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.rankings import Rankings
from bot.labelling.repositories.seconds import SecondOpinions
from bot.labelling.repositories.steps import Steps
from bot.labelling.repositories.unlabelled import Unlabelled
from bot.labelling.values.cards import OUTCOME, Card, Neighbours, Question, QuestionKind
from bot.labelling.values.intents import LabelIntent
from bot.models.commands import LiveMoved
from bot.models.repositories.models import Models
from bot.outputs.repository import Outputs
from bot.outputs.values import Output, OutputKind
from bot.precision.repository import Streams
from bot.precision.values import Stream
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.repositories.roles import Roles
from bot.projects.use_cases import reply_form
from bot.projects.values import ProjectSettings
from bot.recognition.repository import Corrections
from bot.recognition.values import Notices
from bot.redaction.repository import Redactions
from bot.team import labels
from bot.team.commands import ChangeLabels
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.history import History
from bot.team.repositories.statistics import Statistics
from bot.team.repositories.visits import Visits
from bot.team.values.review import Decision
from bot.team.values.visits import Visit
from bot.training.commands import AutoTraining, Schedule, SetSchedule
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.schedules import Schedules
from bot.watching.amending import amend
from bot.watching.repositories.corrections import Corrections as MessageCorrections
from bot.watching.repositories.entities import Entities
from bot.watching.repositories.messages import Messages
from bot.watching.repositories.retention import Retention
from bot.watching.repositories.watches import Watches
from bot.watching.values import (
    ChannelMessage,
    NewReading,
    ReadSentence,
    WaitingMessage,
    Watch,
)
from bot.webhooks.repository import Webhooks
from bot.webhooks.values import SENT, Webhook
from ner_engine.annotation import Span
from ner_engine.results import Suspicion
from tests.db.conftest import ANN, HERE, LEASE, Clock, add, annotate, new_run

THERE = "T0THERE"
FILE = {"file": "a.jsonl", "digest": "d", "options": "{}"}
NEW = NewSentence("new", ((0, 3),), 1, (NewAnnotation(ANN, (Span(0, 3, "A"),), finished=True),))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
STATE = AnnotationState((Span(0, 3, "A"),), finished=True)
ASKING = Caller("", "C0", ANN, "r")
QUESTION = Question(QuestionKind.LABEL, LabelIntent("A", "one"), ())


PIECE = Piece(1, 1, (1,), ("one",), again=False)
ALL_SENTENCES = select(sentence.c.id).where(in_project(sentence)).order_by(sentence.c.id)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
WRITTEN = ChannelMessage("C0", "1900000000.000100", "1900000000.000100", ANN, ("one",))
FOUND = NewReading(1, 0, 3, "A", "one", 0.9, 1, EntityState.OUT)
TOLD = MessageEntity("ent_1", "A", "one", 1, 0, 3, 0.9, 1, "C0", WRITTEN.ts)


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
    auto: AutoTraining
    digest: Digest
    erasure: int
    imported: int
    webhook: Webhook
    token: int
    file_import: int
    watch: Watch
    message: WaitingMessage
    output: Output


async def fill(tx: Transaction, clock: Clock) -> Things:
    """Make one of everything; the run is still active and the sentence waits."""
    project = await Projects(tx).ensure_default()
    await Labels(tx).add(project.id, "A", person=ANN)
    sentence, finished, flagged = await add(tx, project.id, "one", "two", "odd")
    await Flags(tx).put(project.id, ANN, flagged.id, note="broken")
    await annotate(tx, project.id, finished, Span(0, 3, "A"))
    await annotate(tx, project.id, sentence, Span(0, 3, "A"), finished=False)
    step = await Steps(tx).last_step(project.id, ANN)
    assert step is not None
    await Queue(tx).take(project.id, ANN, sentence.id)
    offer = (await PendingActions(tx).put(project.id, ANN, QUESTION)).offer
    await IdempotencyRecords(tx).put("Ev1", Card(Annotation(sentence, ANN)))
    asked = new_run(project.id, request="Ev0")
    first = await Runs(tx).claim(asked, owner="one", lease=LEASE)
    assert first is not None
    await Runs(tx).begin(first.id, sentences=1, fingerprint="data")
    await Runs(tx).end(first.id, RunState.SUCCEEDED, version=1)
    await Visits(tx).note_opened(ANN)
    await Outbox(tx).put(OutboxMessage("run 1", "C0", {"text": "x"}))
    await Corrections(tx).put(project.id, sentence.id, ANN, version=1, step_id=step.id)
    model = Model(project.id, 1, ("A",), clock.now)
    await Models(tx).add(model, run_id=first.id)
    await Models(tx).set_live(project.id, 1, expected=None, person=ANN)
    run = await Runs(tx).claim(new_run(project.id), owner="one", lease=LEASE)
    assert run is not None
    schedule = await put_schedule(tx, project.id, clock)
    job = await Rankings(tx).claim(project.id, owner="one", lease=LEASE)
    assert job is not None
    await Labels(tx).add(project.id, "M", person=ANN)
    merge = await Labels(tx).merge(project.id, "M", "A", person=ANN)
    assert merge is not None
    await Roles(tx).give(project.id, ANN, Role.OWNER, by=ANN)
    await Projects(tx).bind(project.id, "C0", to=project.id, person=ANN)
    question = await Confirmations(tx).put(project.id, ANN, ChangeLabels("A", "B"))
    state = Span(0, 3, "A")
    decided = await Decisions(tx).decide(
        project.id, finished, (state,), at_stake=((0, 3),), person=ANN
    )
    event = (await History(tx).page(project.id, limit=1))[0]
    auto = await AutoTrainings(tx).put(project.id, every=5, person=ANN, channel="C0")
    digest = await put_digest(tx, clock)
    await Access(tx).note(ASKING)
    await Departures(tx).leave()
    erasure = await Erasures(tx).note(project.id, ANN, ["key"])
    imported = await ImportRuns(tx).begin(project.id, **FILE, form="jsonl", person=ANN)
    await ImportedSentences(tx).store(project.id, imported.id, [NEW], place=0, by=ANN)
    file_import = await FileImports(tx).add(project.id, ANN, (SharedFile("F1", "a.jsonl", 1, ""),))
    scopes = frozenset(api.Scope)
    token = await Tokens(tx).add(
        project.id, name="t", scopes=scopes, person=ANN, secret_hash=f"{tx.workspace} hash"
    )
    watch, message, output = await fill_watching(tx, project.id)
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
        erasure,
        imported.id,
        await Webhooks(tx).add(project.id, "https://x", frozenset(SENT), secret="s", person=ANN),
        token.id,
        file_import,
        watch,
        message,
        output,
    )


CHANGE = StreamChange("vocabulary", 0.1, 0.3, "C0", None, is_of_training=True, messages=99)


async def fill_watching(tx: Transaction, project_id: int) -> tuple[Watch, WaitingMessage, Output]:
    """A watched channel with a message that was read and one that waits, and an output."""
    watch = await Watches(tx).add(project_id, "C0", person=ANN, since="0", reached="1")
    assert watch is not None
    await Messages(tx).receive(watch, WRITTEN)
    await Messages(tx).receive(watch, replace(WRITTEN, ts="1900000001.000100"))
    message, read = await Messages(tx).claim(most=2)
    await Entities(tx).apply(project_id, read.id, amend((), (FOUND,)))
    await Messages(tx).finish(
        read, (ReadSentence(1, "one", ()),), said={"one": 1}, model=1, entities=1, text="one"
    )
    [entity] = await Entities(tx).of(project_id, read.id)
    await Cards(tx).put(project_id, entity.id, read.id, "one", ((0, 3),))
    await StreamDraws(tx).pass_by(
        project_id, 1, Stratum.EMPTY, "one", ((0, 3),), (), chance=Random(0)
    )
    await StreamDraws(tx).close(project_id)
    await StreamDraws(tx).pass_by(
        project_id, 1, Stratum.EMPTY, "two", ((0, 3),), (), chance=Random(0)
    )
    await StreamDrifts(tx).put(project_id, StreamState(1, Drift(), 1, CHANGE))
    await StreamDrifts(tx).keep(project_id, 0, "one", ((0, 3),))
    output = await Outputs(tx).add(project_id, OutputKind.FILE, "/x.jsonl", {}, person=ANN)
    await Outputs(tx).keep_place(output, "ent_1", "place")
    return watch, message, output


async def coming(tx: Transaction, its: Things) -> object:
    everything = replace(its.webhook, event_position=0, run_position=0, entity_position=0)
    return (await Webhooks(tx).coming(everything)).notifications


async def put_digest(tx: Transaction, clock: Clock) -> Digest:
    return await Digests(tx).put(
        SetDigest("0 9 * * *", None, "w"),
        timezone="UTC",
        person=ANN,
        channel="C0",
        since=clock.now - timedelta(days=1),
        next_due=clock.now + timedelta(days=1),
    )


async def put_schedule(tx: Transaction, project_id: int, clock: Clock) -> Schedule:
    wanted = SetSchedule("0 3 * * *", None, "w")
    return await Schedules(tx).put(
        project_id, wanted, timezone="UTC", person=ANN, channel="C0", next_due=clock.now
    )


async def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with database.reading() as connection:
        return {
            table.name: sorted(map(repr, await connection.execute(select(table))))
            for table in metadata.sorted_tables
        }


Ask = Callable[[Transaction, Things], Awaitable[object]]


async def _all_of(pages: AsyncIterator[Sequence[Gold]]) -> list[Gold]:
    return [each async for page in pages for each in page]


async def count_nothing(tx: Transaction, its: Things) -> None:
    async with Counters(tx).changing(its.project_id, its.sentence.id):
        pass


ASKED: dict[str, tuple[Ask, object]] = {
    "labels.live_version_with": (
        lambda tx, its: Labels(tx).live_version_with(its.project_id, "A"),
        None,
    ),
    "labels.take_back": (
        lambda tx, its: Labels(tx).take_back(its.project_id, request="r", person=ANN),
        (),
    ),
    "labels.find": (lambda tx, its: Labels(tx).find(its.project_id, "A"), None),
    "labels.all": (lambda tx, its: Labels(tx).all(its.project_id), ()),
    "labels.described": (lambda tx, its: Labels(tx).described(its.project_id), ()),
    "labels.sentences_with": (lambda tx, its: Labels(tx).sentences_with(its.project_id, "A"), 0),
    "labels.renamed": (lambda tx, its: Labels(tx).renamed(its.project_id), {}),
    "labels.changed_since": (
        lambda tx, its: Labels(tx).changed_since(its.project_id, its.merge - 1, "A"),
        False,
    ),
    "labels.describe": (
        lambda tx, its: Labels(tx).describe(its.project_id, "A", "what", person=ANN),
        None,
    ),
    "labels.remove": (
        lambda tx, its: Labels(tx).remove(its.project_id, "B", person=ANN, undoes=its.event.id),
        False,
    ),
    "labels.rename": (
        lambda tx, its: Labels(tx).rename(its.project_id, "A", "C", person=ANN),
        None,
    ),
    "labels.merge": (
        lambda tx, its: Labels(tx).merge(its.project_id, "A", "A", person=ANN),
        None,
    ),
    "roles.all": (lambda tx, _: Roles(tx).all(), {}),
    "projects.bound": (lambda tx, _: Projects(tx).bound("C0"), None),
    "confirmations.take": (
        lambda tx, its: Confirmations(tx).take(its.project_id, ANN, its.asked, ChangeLabels),
        None,
    ),
    "decisions.waiting": (lambda tx, its: Decisions(tx).waiting(its.project_id), 0),
    "decisions.next": (lambda tx, its: Decisions(tx).next(its.project_id), None),
    "decisions.dispute": (
        lambda tx, its: Decisions(tx).dispute(its.project_id, its.decided.sentence_id),
        None,
    ),
    "decisions.of": (
        lambda tx, its: Decisions(tx).of(its.project_id, its.decided.sentence_id),
        None,
    ),
    "decisions.revoke": (
        lambda tx, its: Decisions(tx).revoke(
            its.project_id, its.decided.sentence_id, person=ANN, undoes=its.event.id
        ),
        None,
    ),
    "decisions.note": (lambda tx, its: Decisions(tx).note(its.project_id, ANN, "why"), None),
    "precedents.of_phrase": (
        lambda tx, its: Precedents(tx).of_phrase(its.project_id, "one"),
        (),
    ),
    "precedents.in_sentence": (
        lambda tx, its: Precedents(tx).in_sentence(its.project_id, Sentence(1, "one", ((0, 3),))),
        (),
    ),
    "history.page": (lambda tx, its: History(tx).page(its.project_id, limit=9), ()),
    "history.get": (lambda tx, its: History(tx).get(its.project_id, its.event.id), None),
    "history.later": (
        lambda tx, its: History(tx).later(its.project_id, replace(its.event, id=1)),
        False,
    ),
    "history.steps": (lambda tx, its: History(tx).steps(its.project_id, limit=9), ()),
    "statistics.finished_since": (
        lambda tx, its: Statistics(tx).finished_since(its.project_id, LONG_AGO),
        (0,),
    ),
    "statistics.people": (
        lambda tx, its: Statistics(tx).people(its.project_id, today=LONG_AGO, week=LONG_AGO),
        (),
    ),
    "statistics.shared": (
        lambda tx, its: Statistics(tx).shared(its.project_id, limit=9, annotations=9),
        (),
    ),
    "counters.of": (lambda tx, its: Counters(tx).of(its.project_id), ProjectCounts()),
    "counters.all_sentences": (lambda tx, _: Counters(tx).all_sentences(), 0),
    "runs.begun_since": (lambda tx, _: Runs(tx).begun_since(LONG_AGO), 0),
    "counters.people": (lambda tx, its: Counters(tx).people(its.project_id), {}),
    "counters.kept": (lambda tx, its: Counters(tx).kept(its.project_id), {}),
    "counters.counted": (lambda tx, its: Counters(tx).counted(its.project_id), {}),
    "counters.recount": (lambda tx, its: Counters(tx).recount(its.project_id), None),
    "counters.changing": (count_nothing, None),
    "counters.standing": (
        lambda tx, its: Counters(tx).standing(its.project_id, its.sentence.id),
        Standing(is_there=False),
    ),
    "steps.step": (
        lambda tx, its: Steps(tx).step(its.project_id, its.step.id),
        None,
    ),
    "receipts.get of a reply": (
        lambda tx, _: IdempotencyRecords(tx).get("Ev2", reply_form(labels.add)),
        None,
    ),
    "sentences.get": (lambda tx, its: Sentences(tx).get(its.project_id, its.sentence.id), None),
    "sentences.find": (lambda tx, its: Sentences(tx).find(its.project_id, "one"), None),
    "steps.last_step": (
        lambda tx, its: Steps(tx).last_step(its.project_id, ANN),
        None,
    ),
    "steps.last_step of a sentence": (
        lambda tx, its: Steps(tx).last_step(its.project_id, ANN, sentence_id=its.sentence.id),
        None,
    ),
    "annotations.gold": (lambda tx, its: Annotations(tx).gold(its.project_id), ()),
    "annotations.gold_pages": (
        lambda tx, its: _all_of(Annotations(tx).gold_pages(its.project_id, with_unfinished=True)),
        [],
    ),
    "annotations.newest_gold": (
        lambda tx, its: Annotations(tx).newest_gold(its.project_id, limit=9),
        (),
    ),
    "annotations.counts": (
        lambda tx, its: Annotations(tx).counts(its.project_id),
        ProjectCounts(),
    ),
    "annotations.finished_since": (
        lambda tx, its: Annotations(tx).finished_since(
            its.project_id, ANN, datetime(2000, 1, 1, tzinfo=UTC)
        ),
        0,
    ),
    "annotations.phrases": (
        lambda tx, its: Annotations(tx).phrases(its.project_id, limit=9),
        (),
    ),
    "offers.change": (
        lambda tx, its: PendingActions(tx).change(
            its.project_id, ANN, replace(QUESTION, offer=its.offer)
        ),
        None,
    ),
    "steps.undo_together": (
        lambda tx, its: Steps(tx).undo_together(its.project_id, ANN, its.step.request, request="r"),
        ((), ()),
    ),
    "phrases.places": (
        lambda tx, its: Phrases(tx).places(its.project_id, ANN, "o", limit=9),
        (),
    ),
    "phrases.places_of": (
        lambda tx, its: Phrases(tx).places_of(its.project_id, ANN, [its.sentence.id]),
        (),
    ),
    "phrases.texts_with": (
        lambda tx, its: Phrases(tx).texts_with(its.project_id, ["o"], limit=9),
        (),
    ),
    "homes.of": (lambda tx, _: Visits(tx).of(ANN), Visit()),
    "corrections.remove": (
        lambda tx, its: Corrections(tx).remove(its.project_id, its.sentence.id, ANN),
        None,
    ),
    "corrections.to_ask": (
        lambda tx, its: Corrections(tx).to_ask(its.project_id, 1, limit=9),
        (),
    ),
    "corrections.mark_told": (
        lambda tx, its: Corrections(tx).mark_told(its.project_id, 1, ANN, [its.sentence.id]),
        frozenset(),
    ),
    "corrections.mark_asked": (
        lambda tx, its: Corrections(tx).mark_asked(its.project_id, 1),
        None,
    ),
    "receipts.get of notices": (
        lambda tx, _: IdempotencyRecords(tx).get("Ev1", JsonForm(Notices)),
        None,
    ),
    "queue.current": (lambda tx, its: Queue(tx).current(its.project_id, ANN), None),
    "queue.next": (lambda tx, its: Queue(tx).next(its.project_id, "U0BEN"), None),
    "queue.unskip": (
        lambda tx, its: Queue(tx).unskip(its.project_id, ANN, its.sentence.id),
        None,
    ),
    "queue.on_hand": (lambda tx, its: Queue(tx).on_hand(its.project_id, ANN), None),
    "queue.pass_over": (
        lambda tx, its: Queue(tx).pass_over(its.project_id, ANN, its.sentence.id),
        None,
    ),
    "shown.is_second": (
        lambda tx, its: Shown(tx).is_second(its.project_id, "U0BEN", its.sentence.id),
        False,
    ),
    "seconds.next": (lambda tx, its: SecondOpinions(tx).next(its.project_id, "U0BEN"), None),
    "suspicions.any": (lambda tx, its: Suspicions(tx).any(its.project_id), False),
    "suspicions.left": (lambda tx, its: Suspicions(tx).left(its.project_id, ()), 0),
    "suspicions.next": (lambda tx, its: Suspicions(tx).next(its.project_id), None),
    "suspicions.of": (lambda tx, its: Suspicions(tx).of(its.project_id, its.sentence.id), None),
    "suspicions.doubly_annotated": (
        lambda tx, its: Suspicions(tx).doubly_annotated(its.project_id),
        0,
    ),
    "suspicions.replace": (
        lambda tx, its: Suspicions(tx).replace(
            its.project_id, [Suspicion(its.sentence.id, 0.5, ())]
        ),
        None,
    ),
    "queue.waiting": (lambda tx, its: Queue(tx).waiting(its.project_id, ANN), 0),
    "flags.all": (lambda tx, its: Flags(tx).all(its.project_id, limit=9), ()),
    "flags.remove": (
        lambda tx, its: Flags(tx).remove(its.project_id, ANN, its.flagged.id),
        None,
    ),
    "sentences.withdraw": (
        lambda tx, its: Sentences(tx).withdraw(its.project_id, [its.sentence.id]),
        frozenset(),
    ),
    "flags.count": (lambda tx, its: Flags(tx).count(its.project_id), 0),
    "flags.say_why": (
        lambda tx, its: Flags(tx).say_why(its.project_id, ANN, its.flagged.id, "why"),
        False,
    ),
    "flags.settle": (
        lambda tx, its: Flags(tx).settle(its.project_id, its.flagged.id, person=ANN),
        False,
    ),
    "rankings.claim": (
        lambda tx, its: Rankings(tx).claim(its.project_id, owner="one", lease=LEASE),
        None,
    ),
    "rankings.scored": (
        lambda tx, its: Rankings(tx).scored(its.project_id, after=None, limit=9),
        (),
    ),
    "rankings.oldest": (lambda tx, its: Rankings(tx).oldest(its.project_id, 2, limit=9), ()),
    "rankings.lack": (lambda tx, its: Rankings(tx).lack(its.project_id, 2, more_than=0), False),
    "rankings.sample": (lambda tx, its: Rankings(tx).sample(its.project_id, limit=9), ()),
    "rankings.begun": (lambda tx, its: Rankings(tx).begun(its.project_id, limit=9), ()),
    "rankings.score": (
        lambda tx, its: Rankings(tx).score(
            its.project_id, its.job, [(its.sentence.id, 0.5)], owner="one", lease=LEASE
        ),
        False,
    ),
    "rankings.place": (
        lambda tx, its: Rankings(tx).place(
            its.project_id, its.job, [its.sentence.id], owner="one", lease=LEASE
        ),
        False,
    ),
    "rankings.let_go": (
        lambda tx, its: Rankings(tx).let_go(its.project_id, owner="one"),
        None,
    ),
    "rankings.end": (
        lambda tx, its: Rankings(tx).end(its.project_id, its.job, owner="one"),
        False,
    ),
    "access.sees": (lambda tx, its: Access(tx).sees(ASKING, its.project_id), False),
    "access.is_noted": (lambda tx, _: Access(tx).is_noted(ASKING), False),
    "projects.has_channel": (lambda tx, its: Projects(tx).has_channel(its.project_id), False),
    "offers.get": (
        lambda tx, its: PendingActions(tx).get(its.project_id, ANN, its.offer, Question),
        None,
    ),
    "receipts.get": (lambda tx, _: IdempotencyRecords(tx).get("Ev1", OUTCOME), None),
    "runs.get": (lambda tx, its: Runs(tx).get(its.run.id), None),
    "runs.active": (lambda tx, its: Runs(tx).active(its.project_id), None),
    "runs.last": (lambda tx, its: Runs(tx).last(its.project_id), None),
    "runs.page (the newest)": (lambda tx, its: Runs(tx).page(its.project_id, size=9), ()),
    "runs.that_made": (lambda tx, its: Runs(tx).that_made(its.project_id, 1), None),
    "runs.beat": (
        lambda tx, its: Runs(tx).beat(its.run.id, owner="one", lease=LEASE, progress=None),
        False,
    ),
    "runs.end": (lambda tx, its: Runs(tx).end(its.run.id, RunState.CANCELLED), None),
    "models.are_cleared": (lambda tx, its: Models(tx).are_cleared(its.project_id), False),
    "models.next_version": (lambda tx, its: Models(tx).next_version(its.project_id), 1),
    "models.live": (lambda tx, its: Models(tx).live(its.project_id), None),
    "projects.live_version": (lambda tx, its: Projects(tx).live_version(its.project_id), None),
    "projects.language": (lambda tx, its: Projects(tx).language(its.project_id), "en"),
    "models.live_since": (lambda tx, its: Models(tx).live_since(its.project_id), None),
    "models.all_live": (lambda tx, _: Models(tx).all_live(), ()),
    "models.versions": (lambda tx, its: Models(tx).versions(its.project_id), ()),
    "models.version": (lambda tx, its: Models(tx).version(its.project_id, 1), None),
    "models.moves": (lambda tx, its: Models(tx).moves(its.project_id), ()),
    "models.mark_damaged": (lambda tx, its: Models(tx).mark_damaged(its.project_id, 1), None),
    "models.mark_gone": (lambda tx, its: Models(tx).mark_gone(its.project_id, [1]), None),
    "models.policy": (
        lambda tx, its: Models(tx).policy(its.project_id),
        LivePolicy.NOT_WORSE,
    ),
    "receipts.get of a move": (
        lambda tx, _: IdempotencyRecords(tx).get("Ev1", JsonForm(LiveMoved)),
        None,
    ),
    "models.set_live": (
        lambda tx, its: Models(tx).set_live(its.project_id, 1, expected=1, person=ANN),
        False,
    ),
    "autos.of": (lambda tx, its: AutoTrainings(tx).of(its.project_id), None),
    "autos.off": (lambda tx, its: AutoTrainings(tx).off(its.project_id), None),
    "autos.rebase": (lambda tx, its: AutoTrainings(tx).rebase(its.project_id), None),
    "autos.spend": (
        lambda tx, its: AutoTrainings(tx).spend(its.auto.id, base=its.auto.base),
        False,
    ),
    "outbox.dead": (lambda tx, _: Outbox(tx).dead(), 0),
    "digests.of": (lambda tx, _: Digests(tx).of("C0"), None),
    "digests.get": (lambda tx, its: Digests(tx).get(its.digest.id), None),
    "digests.told": (lambda tx, its: Digests(tx).told(its.digest.id), Told(0, 0)),
    "digests.up_to_now": (
        lambda tx, its: Digests(tx).up_to_now(its.project_id, Told(0, 0)),
        Told(0, 0),
    ),
    "digests.off": (lambda tx, its: Digests(tx).off(its.digest.id), None),
    "digests.move": (
        lambda tx, its: Digests(tx).move(
            its.digest.id, timezone="Asia/Tokyo", next_due=its.digest.since
        ),
        None,
    ),
    "digests.advance": (
        lambda tx, its: Digests(tx).advance(
            its.digest, since=its.digest.since, next_due=its.digest.since
        ),
        False,
    ),
    "digests.finished": (
        lambda tx, its: Digests(tx).finished(its.project_id, after=Told(0, 0)),
        (),
    ),
    "digests.newest_work": (
        lambda tx, its: Digests(tx).newest_work(its.project_id, besides="nobody"),
        None,
    ),
    "digests.flagged": (
        lambda tx, its: Digests(tx).flagged(its.project_id, after=Told(0, 0)),
        0,
    ),
    "digests.trainings": (
        lambda tx, its: Digests(tx).trainings(its.project_id, after=Told(0, 0)),
        (),
    ),
    "webhooks.of": (lambda tx, its: Webhooks(tx).of(its.project_id), ()),
    "webhooks.get": (lambda tx, its: Webhooks(tx).get(its.webhook.id), None),
    "webhooks.change": (lambda tx, its: Webhooks(tx).change(its.webhook.id, error="x"), False),
    "webhooks.remove": (lambda tx, its: Webhooks(tx).remove(its.webhook.id), False),
    "webhooks.coming": (coming, ()),
    "watches.of": (lambda tx, its: Watches(tx).of(its.project_id), ()),
    "watches.all": (lambda tx, _: Watches(tx).all(), ()),
    "watches.find": (lambda tx, its: Watches(tx).find(its.project_id, "C0"), None),
    "watches.change": (lambda tx, its: Watches(tx).change(its.watch.id, refused="x"), None),
    "watches.remove": (lambda tx, its: Watches(tx).remove(its.watch), None),
    "streams.lately": (lambda tx, its: Streams(tx).lately(its.project_id), Stream()),
    "draws.passed": (lambda tx, its: StreamDraws(tx).passed(its.project_id), 0),
    "draws.close": (lambda tx, its: StreamDraws(tx).close(its.project_id), None),
    "draws.next": (lambda tx, its: StreamDraws(tx).next(its.project_id), None),
    "draws.of": (lambda tx, its: StreamDraws(tx).of(its.project_id, 1), None),
    "draws.waiting": (lambda tx, its: StreamDraws(tx).waiting(its.project_id), 0),
    "draws.check": (
        lambda tx, its: StreamDraws(tx).check(
            its.project_id, 1, Checked.SKIP, person=ANN, sentence_id=None
        ),
        None,
    ),
    "draws.checked": (lambda tx, its: StreamDraws(tx).checked(its.project_id, 1), ()),
    "drifts.get": (lambda tx, its: StreamDrifts(tx).get(its.project_id), None),
    "drifts.keep": (
        lambda tx, its: StreamDrifts(tx).keep(its.project_id, 0, "one", ((0, 3),)),
        None,
    ),
    "drifts.last_change": (lambda tx, its: StreamDrifts(tx).last_change(its.project_id), None),
    "drifts.kept": (lambda tx, its: StreamDrifts(tx).kept(its.project_id), ()),
    "drifts.drop": (lambda tx, its: StreamDrifts(tx).drop(its.project_id), None),
    "draws.last_check": (lambda tx, its: StreamDraws(tx).last_check(its.project_id), None),
    "cards.next": (lambda tx, its: Cards(tx).next(its.project_id), None),
    "cards.of": (lambda tx, its: Cards(tx).of(its.project_id, 1), None),
    "cards.waiting": (lambda tx, its: Cards(tx).waiting(its.project_id), 0),
    "cards.answer": (
        lambda tx, its: Cards(tx).answer(its.project_id, 1, Said.NO, person=ANN),
        None,
    ),
    "cards.prune": (lambda tx, its: Cards(tx).prune(its.project_id), None),
    "watches.shown": (lambda tx, its: Watches(tx).shown(its.project_id), ()),
    "watches.totals": (lambda tx, its: Watches(tx).totals(its.project_id), None),
    "messages.claim": (lambda tx, _: Messages(tx).claim(most=9), ()),
    "messages.free": (lambda tx, its: Messages(tx).free([its.message.id]), None),
    "messages.free_all": (lambda tx, _: Messages(tx).free_all(), None),
    "messages.read_again": (
        lambda tx, its: Messages(tx).read_again([its.message.id, its.message.id - 1]),
        None,
    ),
    "messages.waiting": (lambda tx, _: Messages(tx).waiting(), 0),
    "messages.oldest_waiting": (
        lambda tx, its: Messages(tx).oldest_waiting(its.watch.id),
        None,
    ),
    "messages.finish": (
        lambda tx, its: Messages(tx).finish(
            its.message, (), said={}, model=1, entities=0, text=None
        ),
        None,
    ),
    "messages.is_current": (lambda tx, its: Messages(tx).is_current(its.message), False),
    "messages.with_sentence": (
        lambda tx, its: Messages(tx).with_sentence(its.project_id, "one", most=9),
        (),
    ),
    "messages.note_said": (
        lambda tx, its: Messages(tx).note_said(its.project_id, "one", None),
        None,
    ),
    "messages.unsaid": (lambda tx, _: Messages(tx).unsaid(most=9), ()),
    "messages.counted": (lambda tx, _: Messages(tx).counted(), {}),
    "entities.of": (lambda tx, its: Entities(tx).of(its.project_id, its.message.id - 1), ()),
    "entities.said": (lambda tx, its: Entities(tx).said(its.project_id, ["two"]), {}),
    "entities.apply": (
        lambda tx, its: Entities(tx).apply(its.project_id, its.message.id, amend((), (FOUND,))),
        (0, []),
    ),
    "changes.after": (lambda tx, its: EntityChanges(tx).after(its.project_id, 0, limit=9), ()),
    "changes.last": (lambda tx, its: EntityChanges(tx).last(its.project_id), 0),
    "changes.drop": (
        lambda tx, its: EntityChanges(tx).drop(its.project_id, to=99, before=LATER),
        0,
    ),
    "message_corrections.newest": (
        lambda tx, its: MessageCorrections(tx).newest(its.project_id),
        0,
    ),
    "message_corrections.after": (
        lambda tx, its: MessageCorrections(tx).after(its.project_id, 0, most=9),
        ((), 0),
    ),
    "message_corrections.reach": (
        lambda tx, its: MessageCorrections(tx).reach(its.project_id, 99),
        None,
    ),
    "retention.projects": (lambda tx, _: Retention(tx).projects(), ()),
    "retention.drop_changes": (lambda tx, its: Retention(tx).drop_changes(its.project_id), 0),
    "retention.drop_texts": (lambda tx, its: Retention(tx).drop_texts(its.project_id), None),
    "retention.drop_messages": (lambda tx, its: Retention(tx).drop_messages(its.project_id), 0),
    "retention.read_again": (lambda tx, _: Retention(tx).read_again(most=9), 0),
    "watched.of_person": (lambda tx, its: Watched(tx).of_person(its.project_id, ANN), 0),
    "watched.of_sentences": (lambda tx, its: Watched(tx).of_sentences(its.project_id, ["one"]), 0),
    "outputs.of": (lambda tx, its: Outputs(tx).of(its.project_id), ()),
    "outputs.get": (lambda tx, its: Outputs(tx).get(its.output.id), None),
    "outputs.waiting": (lambda tx, its: Outputs(tx).waiting(its.output), 0),
    "outputs.change": (lambda tx, its: Outputs(tx).change(its.output.id, error="x"), False),
    "outputs.remove": (lambda tx, its: Outputs(tx).remove(its.output.id), False),
    "outputs.place": (lambda tx, its: Outputs(tx).place(its.output.id, "ent_1"), None),
    "outputs.drop_place": (
        lambda tx, its: Outputs(tx).drop_place(its.output.id, "ent_1"),
        None,
    ),
    "erasures.latest": (lambda tx, its: Erasures(tx).latest(its.project_id), None),
    "runs.of_data": (lambda tx, its: Runs(tx).of_data(its.project_id, "data"), None),
    "runs.page": (lambda tx, its: Runs(tx).page(its.project_id, up_to=9, size=9), ()),
    "runs.keep_log": (lambda tx, its: Runs(tx).keep_log(its.run.id, "log"), None),
    "runs.note_told": (lambda tx, its: Runs(tx).note_told(its.run.id), None),
    "schedules.of": (lambda tx, its: Schedules(tx).of(its.project_id), None),
    "schedules.off": (lambda tx, its: Schedules(tx).off(its.project_id), None),
    "schedules.move": (
        lambda tx, its: Schedules(tx).move(
            its.schedule.id,
            timezone="Asia/Tokyo",
            next_due=its.schedule.next_due + timedelta(days=1),
        ),
        None,
    ),
    "schedules.advance": (
        lambda tx, its: Schedules(tx).advance(
            its.schedule.id,
            due=its.schedule.next_due,
            next_due=its.schedule.next_due + timedelta(days=1),
        ),
        False,
    ),
}

NO_WORDS = Words(frozenset(), frozenset())

ASKED |= {
    "confirmations.look": (
        lambda tx, its: Confirmations(tx).look(its.project_id, ANN, its.asked, ChangeLabels),
        None,
    ),
    "catching_up.catch_up": (
        lambda tx, its: CatchingUp(tx).catch_up(its.project_id, its.sentence.id, event_id=0),
        (),
    ),
    "departures.since": (lambda tx, _: Departures(tx).since(), None),
    "departures.back": (lambda tx, _: Departures(tx).back(), False),
    "erasures.of_sentence": (
        lambda tx, its: Erasures(tx).of_sentence(its.project_id, its.sentence.id),
        Scope({}, {}),
    ),
    "erasures.of_person": (
        lambda tx, its: Erasures(tx).of_person(its.project_id, ANN),
        Scope({}, {}),
    ),
    "erasures.of_project": (
        lambda tx, its: Erasures(tx).of_project(its.project_id),
        Scope({}, {}),
    ),
    "bin.all": (lambda tx, its: Bin(tx).all(its.project_id), {}),
    "bin.put": (lambda tx, its: Bin(tx).put(its.project_id, its.sentence.id, person=ANN), None),
    "labels.find": (lambda tx, its: Labels(tx).find(its.project_id, "A"), None),
    "steps.added_in": (
        lambda tx, its: Steps(tx).added_in(its.project_id, ANN, "r"),
        frozenset(),
    ),
    "bin.withdraw": (
        lambda tx, its: Bin(tx).withdraw(its.project_id, its.sentence.id, person=ANN),
        None,
    ),
    "bin.restore": (lambda tx, its: Bin(tx).restore(its.project_id, its.sentence.id), False),
    "projects.sentences": (lambda tx, its: Projects(tx).sentences(its.project_id), 0),
    "annotations.others_on": (
        lambda tx, its: Annotations(tx).others_on(its.project_id, its.sentence.id, "U0BEN"),
        0,
    ),
    "annotations.is_used_by_others": (
        lambda tx, its: Annotations(tx).is_used_by_others(its.project_id, its.sentence.id, "U0BEN"),
        0,
    ),
    "annotations.added_by": (
        lambda tx, its: Annotations(tx).added_by(its.project_id, its.sentence.id),
        None,
    ),
    "erasures.others_than": (lambda tx, _: Erasures(tx).others_than("U0BEN"), False),
    "erasures.count": (
        lambda tx, its: Erasures(tx).count(its.project_id, [its.sentence.id], ANN),
        (0, 0),
    ),
    "erasures.sentences": (
        lambda tx, its: Erasures(tx).sentences(its.project_id, [its.sentence.id]),
        None,
    ),
    "erasures.person": (lambda tx, its: Erasures(tx).person(its.project_id, ANN), None),
    "erasures.in_workspace": (lambda tx, _: Erasures(tx).in_workspace(ANN), None),
    "erasures.project": (lambda tx, its: Erasures(tx).project(its.project_id), None),
    "erasures.questions": (lambda tx, its: Erasures(tx).questions(its.project_id), None),
    "erasures.advance": (lambda tx, its: Erasures(tx).advance(its.erasure, done=True), None),
    "traces.words": (
        lambda tx, its: Traces(tx).words(its.project_id, {its.sentence.id: "one"}, ANN),
        Words(frozenset({"one"}), frozenset()),
    ),
    "traces.unused": (lambda tx, its: Traces(tx).unused(its.project_id, ["A", "M"]), ()),
    "traces.labels": (lambda tx, its: Traces(tx).labels(its.project_id, ["A", "M"]), None),
    "traces.answers": (lambda tx, _: Traces(tx).answers(), None),
    "traces.messages": (lambda tx, _: Traces(tx).messages(None, ANN), None),
    "traces.trainings": (
        lambda tx, its: Traces(tx).trainings(its.project_id, [its.sentence.id], NO_WORDS, ["A"]),
        None,
    ),
    "models.stale": (lambda tx, its: Models(tx).stale(its.project_id), ()),
    "models.mark_stale": (lambda tx, its: Models(tx).mark_stale(its.project_id, [1]), None),
    "models.none_live": (lambda tx, its: Models(tx).none_live(its.project_id), None),
    "imports.unfinished": (
        lambda tx, its: ImportRuns(tx).unfinished(its.project_id, **FILE),
        None,
    ),
    "imports.get": (lambda tx, its: ImportRuns(tx).get(its.project_id, its.imported), None),
    "imports.newest": (lambda tx, its: ImportRuns(tx).newest(its.project_id, limit=9), ()),
    "imports.advance": (
        lambda tx, its: ImportRuns(tx).advance(
            its.project_id, its.imported, position=9, counts={}, done=True
        ),
        None,
    ),
    "imports.turn": (
        lambda tx, its: ImportRuns(tx).turn(its.project_id, its.imported, ImportState.UNDONE),
        None,
    ),
    "file_imports.get": (lambda tx, its: FileImports(tx).get(its.file_import), None),
    "file_imports.at_work": (lambda tx, _: FileImports(tx).at_work(), ()),
    "file_imports.forgotten": (lambda tx, _: FileImports(tx).forgotten(before=LATER), ()),
    "file_imports.kept": (lambda tx, _: FileImports(tx).kept(), frozenset()),
    "file_imports.turn": (
        lambda tx, its: FileImports(tx).turn(its.file_import, (FileState.READING,), state="done"),
        False,
    ),
    "file_imports.note_import": (
        lambda tx, its: FileImports(tx).note_import(its.file_import, its.imported),
        None,
    ),
    "file_imports.drop": (lambda tx, _: FileImports(tx).drop(before=LATER), None),
    "origins.neighbours": (
        lambda tx, its: Origins(tx).neighbours(its.project_id, its.sentence.id),
        Neighbours(),
    ),
    "origins.suggestions": (
        lambda tx, its: Origins(tx).suggestions(its.project_id, its.sentence.id),
        (),
    ),
    "imported.there": (
        lambda tx, its: ImportedSentences(tx).there(its.project_id, ["one", "new"]),
        frozenset(),
    ),
    "taken_back.some": (
        lambda tx, its: TakenBack(tx).some(its.project_id, its.imported, many=9),
        ((), frozenset()),
    ),
    "taken_back.untouched": (
        lambda tx, its: TakenBack(tx).untouched(its.project_id, its.imported, [its.sentence.id]),
        frozenset(),
    ),
    "taken_back.steps": (
        lambda tx, its: TakenBack(tx).steps(its.project_id, its.imported, [its.sentence.id]),
        (),
    ),
    "taken_back.drop_places": (
        lambda tx, its: TakenBack(tx).drop_places(its.project_id, its.imported, [0]),
        None,
    ),
    "taken_back.line": (
        lambda tx, its: TakenBack(tx).line(its.project_id, its.imported),
        None,
    ),
    "exports.containing": (
        lambda tx, its: Exports(tx).containing(its.project_id, "o", after=0, many=9),
        (),
    ),
    "search_index.next_piece": (lambda tx, its: SearchIndex(tx).next_piece(its.project_id), None),
    "search_index.keep": (
        lambda tx, its: SearchIndex(tx).keep(its.project_id, PIECE, {}),
        False,
    ),
    "text_search.rows": (
        lambda tx, its: TextSearch(tx).rows(its.project_id, ALL_SENTENCES, ["o"], limit=9),
        [],
    ),
    "unlabelled.chosen": (
        lambda tx, its: Unlabelled(tx).chosen(its.project_id, seed=1, limit=9),
        (),
    ),
    "exports.page": (lambda tx, its: Exports(tx).page(its.project_id, after=0, many=9), ()),
    "receipts.kept": (lambda tx, _: IdempotencyRecords(tx).kept("Ev1"), None),
    "receipts.erased": (lambda tx, _: IdempotencyRecords(tx).erased("Ev1"), False),
    "redactions.key": (lambda tx, its: Redactions(tx).key(its.project_id), None),
    "tokens.find": (lambda tx, _: Tokens(tx).find(f"{HERE} hash"), None),
    "tokens.all": (lambda tx, _: Tokens(tx).all(), ()),
    "tokens.revoke": (lambda tx, its: Tokens(tx).revoke(its.token), None),
    "tokens.note_use": (lambda tx, its: Tokens(tx).note_use(its.token), None),
}

REFUSED: dict[str, Ask] = {
    "drifts.put": lambda tx, its: StreamDrifts(tx).put(its.project_id, StreamState(1, Drift())),
    "redactions.ensure_key": lambda tx, its: Redactions(tx).ensure_key(its.project_id),
    "redactions.renew_key": lambda tx, its: Redactions(tx).renew_key(its.project_id),
    "draws.pass_by": lambda tx, its: StreamDraws(tx).pass_by(
        its.project_id, 1, Stratum.EMPTY, "one", (), (), chance=Random(0)
    ),
    "cards.put": lambda tx, its: Cards(tx).put(its.project_id, 1, 1, "one", ((0, 3),)),
    "watches.add": lambda tx, its: Watches(tx).add(
        its.project_id, "C1", person=ANN, since="0", reached=None
    ),
    "messages.receive": lambda tx, its: Messages(tx).receive(
        its.watch, replace(WRITTEN, ts="1900000002.000100")
    ),
    "changes.add": lambda tx, its: EntityChanges(tx).add(its.project_id, 1, ChangeKind.FOUND, TOLD),
    "outputs.add": lambda tx, its: Outputs(tx).add(
        its.project_id, OutputKind.FILE, "/x.jsonl", {}, person=ANN
    ),
    "outputs.keep_place": lambda tx, its: Outputs(tx).keep_place(its.output, "ent_2", "x"),
    "webhooks.add": lambda tx, its: Webhooks(tx).add(
        its.project_id, "https://x", frozenset(SENT), secret="s", person=ANN
    ),
    "counters.add": lambda tx, its: Counters(tx).add(its.project_id, Counter({("x", ""): 1})),
    "imports.note": lambda tx, its: ImportRuns(tx).note(
        its.project_id,
        ImportRun(its.imported, "a.jsonl", "jsonl", ANN, ImportState.DONE, 1, {}),
        sentences=1,
        person=ANN,
    ),
    "file_imports.add": lambda tx, its: FileImports(tx).add(
        its.project_id, ANN, (SharedFile("F1", "a.jsonl", 1, ""),)
    ),
    "imports.begin": lambda tx, its: ImportRuns(tx).begin(
        its.project_id, **FILE, form="jsonl", person=ANN
    ),
    "imported.store": lambda tx, its: ImportedSentences(tx).store(
        its.project_id, its.imported, [NEW], place=9, by=ANN
    ),
    "taken_back.remove": lambda tx, its: TakenBack(tx).remove(its.project_id, [its.sentence.id]),
    "counters.changed": lambda tx, its: Counters(tx).changed(
        its.project_id, Standing(), Standing(1, None, {ANN: ((), True)})
    ),
    "counters.sentences_added": lambda tx, its: Counters(tx).sentences_added(its.project_id, 1),
    "labels.add": lambda tx, its: Labels(tx).add(its.project_id, "B", person=ANN),
    "labels.split": lambda tx, its: Labels(tx).split(
        its.project_id, its.merge, "M", "A", description="", person=ANN
    ),
    "labels.delete": lambda tx, its: Labels(tx).delete(its.project_id, "A", person=ANN),
    "labels.bring_back": lambda tx, its: Labels(tx).bring_back(
        its.project_id,
        replace(its.event, detail={"name": "Q", "description": ""}),
        person=ANN,
    ),
    "projects.delete": lambda tx, its: Projects(tx).delete(
        Project(its.project_id, "x"), record=its.project_id, person=ANN
    ),
    "roles.give": lambda tx, its: Roles(tx).give(its.project_id, ANN, Role.REVIEWER, by=ANN),
    "projects.bind": lambda tx, its: Projects(tx).bind(
        its.project_id, "C0", to=its.project_id, person=ANN
    ),
    "confirmations.put": lambda tx, its: Confirmations(tx).put(
        its.project_id, ANN, ChangeLabels("A", "B")
    ),
    "decisions.decide": lambda tx, its: Decisions(tx).decide(
        its.project_id, its.sentence, (), at_stake=(), person=ANN
    ),
    "decisions.give_reason": lambda tx, its: Decisions(tx).give_reason(
        its.project_id, its.decided, "why", person=ANN
    ),
    "steps.still_stands": lambda tx, its: Steps(tx).still_stands(its.project_id, its.step),
    "sentences.add": lambda tx, its: add(tx, its.project_id, "three"),
    "annotations.change": lambda tx, its: Annotations(tx).change(
        its.project_id, Annotation(its.sentence, ANN), StepKind.FINISHED, STATE, request="r"
    ),
    "annotations.bring": lambda tx, its: Annotations(tx).bring(
        its.project_id, its.sentence.id, ANN, before=AnnotationState(), after=STATE
    ),
    "steps.undo": lambda tx, its: Steps(tx).undo(its.project_id, its.step, request="r"),
    "queue.take": lambda tx, its: Queue(tx).take(its.project_id, ANN, its.sentence.id),
    "shown.note": lambda tx, its: Shown(tx).note(its.project_id, ANN, its.sentence.id),
    "queue.skip": lambda tx, its: Queue(tx).skip(its.project_id, ANN, its.sentence.id),
    "projects.settings": lambda tx, its: Projects(tx).settings(its.project_id),
    "projects.change_settings": lambda tx, its: Projects(tx).change_settings(
        its.project_id, ProjectSettings(annotations_per_sentence=2), person=ANN
    ),
    "flags.put": lambda tx, its: Flags(tx).put(its.project_id, ANN, its.sentence.id),
    "flags.reopen": lambda tx, its: Flags(tx).reopen(
        its.project_id,
        replace(its.event, sentence_id=its.sentence.id, detail={"flags": [[ANN, ""]]}),
        person=ANN,
    ),
    "offers.put": lambda tx, its: PendingActions(tx).put(its.project_id, ANN, QUESTION),
    "corrections.put": lambda tx, its: Corrections(tx).put(
        its.project_id, its.sentence.id, ANN, version=1, step_id=None
    ),
    "runs.claim": lambda tx, its: Runs(tx).claim(new_run(its.project_id), owner="two", lease=LEASE),
    "runs.begin": lambda tx, its: Runs(tx).begin(its.run.id, sentences=1),
    "runs.follow": lambda tx, its: Runs(tx).follow(its.run.id, channel="C", message="1.0"),
    "models.add": lambda tx, its: Models(tx).add(
        Model(its.project_id, 2, (), its.model.created_at), run_id=its.run.id
    ),
    "models.set_policy": lambda tx, its: Models(tx).set_policy(
        its.project_id, LivePolicy.ASK, person=ANN
    ),
    "autos.put": lambda tx, its: AutoTrainings(tx).put(
        its.project_id, every=5, person=ANN, channel="C0"
    ),
    "schedules.put": lambda tx, its: put_schedule(tx, its.project_id, Clock(its.schedule.next_due)),
}


@pytest.fixture
async def things(store: Store, clock: Clock) -> Things:
    """What the other workspace has; the one that asks has a project of its own as well."""
    async with store.writing(HERE) as tx:
        await Projects(tx).ensure_default()
    async with store.writing(THERE) as tx:
        return await fill(tx, clock)


async def test_asked_with_the_ids_of_another_workspace_there_is_nothing(
    database: Database, store: Store, things: Things
) -> None:
    before = await everything(database)
    async with store.writing(HERE) as tx:
        found = {name: await ask(tx, things) for name, (ask, _) in ASKED.items()}
    assert found == {name: nothing for name, (_, nothing) in ASKED.items()}
    assert await everything(database) == before


async def refused(store: Store, things: Things, ask: Ask) -> bool:
    try:
        async with store.writing(HERE) as tx:
            await ask(tx, things)
    except NotFound:
        return True
    return False


async def test_a_change_with_the_ids_of_another_workspace_is_not_found(
    database: Database, store: Store, things: Things
) -> None:
    before = await everything(database)
    accepted = [name for name, ask in REFUSED.items() if not await refused(store, things, ask)]
    assert accepted == []
    assert await everything(database) == before


async def test_a_sentence_of_another_workspace_is_not_found_in_ones_own_project_either(
    database: Database, store: Store, things: Things
) -> None:
    async with store.reading(HERE) as tx:
        own = await Projects(tx).default()
    assert own is not None
    mixed = replace(things, project_id=own.id)
    before = await everything(database)
    asks = [
        REFUSED[name] for name in ("annotations.change", "queue.take", "queue.skip", "flags.put")
    ]
    assert [await refused(store, mixed, ask) for ask in asks] == [True] * 4
    assert await everything(database) == before


async def test_an_annotation_of_another_workspace_is_empty(store: Store, things: Things) -> None:
    async with store.reading(HERE) as tx:
        assert (await Annotations(tx).of(things.sentence, ANN)).spans == ()


async def test_a_channel_bound_in_another_workspace_is_bound_there_alone(
    store: Store, things: Things
) -> None:
    async with store.reading(HERE) as tx:
        assert await Projects(tx).of_channel("C0") == await Projects(tx).default()
        assert [project.name for project in await Projects(tx).all()] == ["default"]
        assert await Access(tx).seen(ASKING) == await Projects(tx).all()
    async with store.reading(THERE) as tx:
        found = await Projects(tx).of_channel("C0")
        assert found
        assert found.id == things.project_id


NOUNS: dict[str, type[Repository]] = {
    "unlabelled": Unlabelled,
    "search_index": SearchIndex,
    "text_search": TextSearch,
    "webhooks": Webhooks,
    "watches": Watches,
    "streams": Streams,
    "cards": Cards,
    "draws": StreamDraws,
    "drifts": StreamDrifts,
    "messages": Messages,
    "entities": Entities,
    "changes": EntityChanges,
    "message_corrections": MessageCorrections,
    "retention": Retention,
    "watched": Watched,
    "outputs": Outputs,
    "counters": Counters,
    "access": Access,
    "annotations": Annotations,
    "autos": AutoTrainings,
    "catching_up": CatchingUp,
    "confirmations": Confirmations,
    "corrections": Corrections,
    "bin": Bin,
    "departures": Departures,
    "erasures": Erasures,
    "traces": Traces,
    "decisions": Decisions,
    "digests": Digests,
    "flags": Flags,
    "history": History,
    "exports": Exports,
    "homes": Visits,
    "file_imports": FileImports,
    "imports": ImportRuns,
    "imported": ImportedSentences,
    "labels": Labels,
    "models": Models,
    "offers": PendingActions,
    "origins": Origins,
    "outbox": Outbox,
    "phrases": Phrases,
    "precedents": Precedents,
    "projects": Projects,
    "queue": Queue,
    "rankings": Rankings,
    "receipts": IdempotencyRecords,
    "roles": Roles,
    "runs": Runs,
    "schedules": Schedules,
    "sentences": Sentences,
    "seconds": SecondOpinions,
    "shown": Shown,
    "suspicions": Suspicions,
    "statistics": Statistics,
    "steps": Steps,
    "taken_back": TakenBack,
    "redactions": Redactions,
    "tokens": Tokens,
}


def test_every_method_of_every_repository_is_asked_above() -> None:
    asked = {name.split()[0] for name in (*ASKED, *REFUSED)}
    elsewhere = {
        "projects.default",
        "projects.ensure_default",
        "projects.of_channel",
        "projects.add_private",
        "access.of",
        "access.ensure",
        "access.seen",
        "access.note",
        "projects.all",
        "projects.add",
        "projects.bring_back",
        "annotations.of",
        "receipts.put",
        "outbox.put",
        "tokens.add",
        "runs.first_of",
        "digests.put",
        "erasures.note",
        "departures.leave",
        "departures.erase_all",
        "homes.note_opened",
        "homes.note_asked",
        "homes.set_notices",
        "homes.set_timezone",
        "homes.set_reminders",
        "homes.note_reminded",
    }
    assert {*NOUNS.values()} == {*Repository.__subclasses__()} - {Events, Relabelling, Assignments}
    methods = {
        f"{noun}.{name}"
        for noun, repository in NOUNS.items()
        for name in vars(repository)
        if not name.startswith("_")
    }
    assert methods == asked | elsewhere


_OF_NO_WORKSPACE = ("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA", "SELECT pg_advisory_xact_lock")


async def test_every_statement_names_the_workspace(
    database: Database, store: Store, clock: Clock
) -> None:
    statements: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    for transactions in (database._readers, database._writers):
        listeners.listen(transactions.engine.sync_engine, "before_cursor_execute", note)
    async with store.writing(HERE) as tx:
        things = await fill(tx, clock)
        for ask in (*(ask for ask, _ in ASKED.values()), REFUSED["schedules.put"]):
            await ask(tx, things)
    unnamed = [
        statement
        for statement, parameters in statements
        if HERE not in repr(parameters) and not statement.startswith(_OF_NO_WORKSPACE)
    ]
    assert (unnamed, len(statements) > 40) == ([], True)


async def test_without_a_workspace_nothing_is_reached(store: Store) -> None:
    for door in (store.reading, store.writing):
        with pytest.raises(NotFound):
            async with door(""):
                pytest.fail("reached")
