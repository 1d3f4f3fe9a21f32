"""The services on the adapters, wired by hand: each with what it needs and no more."""

import os
import secrets
import socket
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.adapters import Adapters
from bot.digests.announcer import DigestAnnouncer, tell_reviewer
from bot.digests.reminders import ReviewReminders
from bot.digests.service import DigestService
from bot.editor.service import Editor
from bot.engine.packaging import PackagingProcess
from bot.erasure.announcer import ErasureAnnouncer
from bot.erasure.service import Forgetting
from bot.exchange.announcer import ExchangeAnnouncer
from bot.exchange.file_work import FileWork
from bot.exchange.files import FileImporting
from bot.exchange.importing import Importer
from bot.exchange.service import Exchange
from bot.labelling.first_guesses import FirstGuesses
from bot.labelling.ranking import Ranking
from bot.labelling.service import Labelling, beginning_of_day
from bot.labelling.suggestions import PATIENCE_SECONDS as SUGGESTED_WITHIN
from bot.labelling.suggestions import Suggestions
from bot.models.announcer import ModelAnnouncer
from bot.models.copies import CopyKeeper
from bot.models.exporting import ModelExports
from bot.models.lifecycle import ModelLifecycle
from bot.models.score_history import ScoreHistory
from bot.models.service import ModelService
from bot.operations.allowance import Allowance
from bot.projects.counter_check import CounterCheck
from bot.projects.search_indexer import SearchIndexer
from bot.projects.seeding import ProjectSeeder
from bot.projects.use_cases import UseCases
from bot.recognition.announcer import CorrectionAnnouncer
from bot.recognition.answer_writer import AnswerWriter
from bot.recognition.corrections import CorrectionNotices
from bot.recognition.service import Recognition
from bot.redaction.service import Redaction
from bot.redaction.storing import Masking
from bot.settings import Settings
from bot.slack.people import SlackPeople
from bot.team.timezones import TimeZones
from bot.training.recovery import RunRecovery
from bot.training.run_executor import MOST, RunExecutor
from bot.training.run_starter import RunStarter
from bot.training.scheduling import TrainingSchedules
from bot.training.service import Training
from bot.watching_services import WatchingServices, make_watching
from bot.webhooks.announcer import webhook_announcer
from bot.webhooks.sender import CALL_SECONDS as WEBHOOK_SECONDS
from bot.webhooks.sender import WebhookSender
from bot.webhooks.service import WebhookService
from bot.workflow_steps.service import WorkflowSteps


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases that something listens to or the clock begins."""

    seeder: ProjectSeeder
    labelling: Labelling
    editor: Editor
    recognition: Recognition
    redaction: Redaction
    training: Training
    schedules: TrainingSchedules
    recovery: RunRecovery
    digests: DigestService
    ranking: Ranking
    use_cases: UseCases
    models: ModelService
    copies: CopyKeeper
    corrections: CorrectionNotices
    counters: CounterCheck
    search_index: SearchIndexer
    forgetting: Forgetting
    reminders: ReviewReminders
    exchange: Exchange
    files: FileImporting
    file_work: FileWork
    webhooks: WebhookService
    webhook_sender: WebhookSender
    watching: WatchingServices
    workflow_steps: WorkflowSteps


def make_services(settings: Settings, adapters: Adapters, people: SlackPeople) -> Services:
    """The services, each with what it needs and no more."""
    store, records, engine = adapters.store, adapters.records, adapters.engine
    messenger, runs, background = adapters.messenger, adapters.runs, adapters.background
    owner, zone, clock = _owner(), settings.timezone, adapters.clock
    zones = TimeZones(store, people.timezone, default=zone)
    seeder = ProjectSeeder(store, engine)
    lifecycle = ModelLifecycle(store, engine, runs, background, me=adapters.who, clock=clock)
    suggestions = _make_suggestions(settings, adapters, lifecycle)
    answers = AnswerWriter(store, background)
    today = beginning_of_day(zone, clock)
    executor = _make_executor(settings, adapters, lifecycle, owner=owner)
    starter = RunStarter(executor, background)
    schedules = TrainingSchedules(
        store, records.trainings, starter, zones, owners=settings.owners, clock=clock
    )
    files, file_work = _make_files(settings, adapters)
    webhooks, webhook_sender = _make_webhooks(settings, adapters)
    asked = Allowance(times=settings.questions_per_minute)
    recognition = Recognition(store, engine, lifecycle, answers, asked, today=today)
    return Services(
        seeder=seeder,
        labelling=Labelling(
            store, engine, suggestions, seeded=seeder.seeded, today=today, owners=settings.owners
        ),
        editor=Editor(store, suggestions, answers, today=today, owners=settings.owners),
        recognition=recognition,
        workflow_steps=WorkflowSteps(store, engine, recognition),
        redaction=Redaction(store, engine, lifecycle),
        training=Training(
            store, starter, whereabouts=runs.whereabouts, timezone=zone, owners=settings.owners
        ),
        schedules=schedules,
        recovery=RunRecovery(store, records.trainings, executor, starter, engine),
        digests=_make_digests(settings, adapters, zones),
        ranking=_make_ranking(adapters, lifecycle, owner=owner),
        use_cases=UseCases(store, owners=settings.owners, zone=ZoneInfo(zone)),
        models=_make_models(settings, adapters, lifecycle),
        copies=CopyKeeper(adapters.shelf, records.model_copies, engine, background),
        corrections=CorrectionNotices(
            store, records.to_ask, engine, CorrectionAnnouncer(messenger), background
        ),
        counters=CounterCheck(store, records.projects, background, clock=clock),
        search_index=SearchIndexer(store, records.projects, background),
        forgetting=_make_forgetting(settings, adapters, starter),
        reminders=_make_reminders(settings, adapters),
        exchange=_make_exchange(settings, adapters),
        files=files,
        webhooks=webhooks,
        webhook_sender=webhook_sender,
        watching=make_watching(settings, adapters, lifecycle, on_change=webhook_sender.wake),
        file_work=file_work,
    )


def _make_suggestions(
    settings: Settings, adapters: Adapters, lifecycle: ModelLifecycle
) -> Suggestions:
    store, engine = adapters.store, adapters.engine
    guesses = FirstGuesses(store, engine.guesses, adapters.background)
    within = SUGGESTED_WITHIN * settings.patience
    return Suggestions(store, engine, lifecycle.stand_in, guesses, patience=within)


def _make_ranking(adapters: Adapters, lifecycle: ModelLifecycle, *, owner: str) -> Ranking:
    return Ranking(
        adapters.store,
        adapters.records.to_rank,
        adapters.engine,
        adapters.background,
        owner=owner,
        stand_in=lifecycle.stand_in,
        scoring=adapters.engine.scoring,
    )


def _make_reminders(settings: Settings, adapters: Adapters) -> ReviewReminders:
    return ReviewReminders(
        adapters.store,
        adapters.records.projects,
        tell=tell_reviewer,
        clock=adapters.clock,
        owners=settings.owners,
    )


def _make_executor(
    settings: Settings, adapters: Adapters, lifecycle: ModelLifecycle, *, owner: str
) -> RunExecutor:
    return RunExecutor(
        adapters.store,
        adapters.records.trainings,
        adapters.engine,
        adapters.runs,
        lifecycle,
        stopping=adapters.background.stopping,
        owner=owner,
        clock=adapters.clock,
        # On workers each takes as many as it may; none waits for a place here.
        limit=settings.trainings if settings.jobs == "local" else MOST,
    )


def _make_webhooks(settings: Settings, adapters: Adapters) -> tuple[WebhookService, WebhookSender]:
    sender = WebhookSender(
        adapters.store,
        adapters.records.webhooks,
        webhook_announcer(adapters.messenger).tell_paused,
        clock=adapters.clock,
        call_within=WEBHOOK_SECONDS * settings.patience,
        alone=adapters.is_alone,
    )
    service = WebhookService(adapters.store, sender, clock=adapters.clock, owners=settings.owners)
    return service, sender


def _make_models(settings: Settings, adapters: Adapters, lifecycle: ModelLifecycle) -> ModelService:
    announcer = ModelAnnouncer(adapters.messenger)
    exports = ModelExports(
        PackagingProcess(settings.data, adapters.shelf),
        announcer.send_wheels,
        announcer.tell_problem,
        adapters.background,
    )
    return ModelService(
        adapters.store,
        adapters.engine,
        ScoreHistory(adapters.messenger),
        lifecycle,
        exports,
        owners=settings.owners,
    )


def _make_exchange(settings: Settings, adapters: Adapters) -> Exchange:
    announcer = ExchangeAnnouncer(adapters.messenger)
    return Exchange(
        adapters.store,
        announcer.send_file,
        announcer.tell_undone,
        adapters.background,
        owners=settings.owners,
    )


def _make_files(settings: Settings, adapters: Adapters) -> tuple[FileImporting, FileWork]:
    work = FileWork(
        adapters.store,
        adapters.records.projects,
        Importer(adapters.store, adapters.engine.tokens, Masking(adapters.store, adapters.engine)),
        adapters.downloads,
        ExchangeAnnouncer(adapters.messenger).tell_file,
        adapters.background,
        settings.data / "imports",
    )
    most = settings.file_import_mb << 20
    is_on = bool(settings.file_imports)
    files = FileImporting(
        adapters.store, work, is_on=is_on, most_bytes=most, owners=settings.owners
    )
    return files, work


def _make_forgetting(settings: Settings, adapters: Adapters, starter: RunStarter) -> Forgetting:
    return Forgetting(
        adapters.store,
        adapters.eraser,
        adapters.records.erasures,
        adapters.records.trainings,
        starter,
        ErasureAnnouncer(adapters.messenger).tell_done,
        adapters.engine.guesses.end,
        owners=settings.owners,
    )


def _make_digests(settings: Settings, adapters: Adapters, zones: TimeZones) -> DigestService:
    announcer = DigestAnnouncer(adapters.store, adapters.messenger, adapters.sender)
    return DigestService(
        adapters.store,
        adapters.records.digests,
        zones,
        tell=announcer.tell_digest,
        clock=adapters.clock,
        owners=settings.owners,
    )


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
