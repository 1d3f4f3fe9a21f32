"""Several bots on one database: each does the work of its own workspaces, and touches nothing of another's."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import update

from bot.db.clock import Jump
from bot.db.database import Database, Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.records.totals import Counted, Totals
from bot.db.served import EVERY_WORKSPACE, Served
from bot.db.tables.projects import project
from bot.db.tables.queue import handed
from bot.db.tables.training import auto, run
from bot.digests.repository import DigestMaintenance
from bot.domain.runs import RunState
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.labelling.repositories.holds import Holds
from bot.labelling.repositories.projects_to_rank import ProjectsToRank
from bot.outputs.repository import outputs_to_serve
from bot.projects.repositories.every_project import EveryProject
from bot.recognition.repository import CorrectionsToAsk
from bot.training.repositories.maintenance import MaintenanceRepository, Sign
from bot.webhooks.repository import WebhooksToServe
from tests.db.conftest import HERE, LEASE, Clock
from tests.db.test_workspaces import THERE, Things, everything, fill

MINE, THEIRS = Served({HERE}), Served({THERE})


@pytest.fixture
async def both(database: Database, store: Store, clock: Clock) -> dict[str, Things]:
    """One of everything in two workspaces of one database; much of it is due."""
    found = {}
    for workspace in (HERE, THERE):
        async with store.writing(workspace) as tx:
            found[workspace] = await fill(tx, clock)
            await Outbox(tx).put(OutboxMessage("due", "C0", {"text": "x"}))
    async with database.writing() as connection:
        await connection.execute(update(auto).values(base=9))
        await connection.execute(update(project).values(ranking_owner=None))
    clock.move(days=2)
    return found


class Chores:
    """Everything a process does without being asked, as the bot of some workspaces."""

    def __init__(self, database: Database, serves: Served, clock: Clock) -> None:
        self.runs = MaintenanceRepository(database, serves, clock)
        self.digests = DigestMaintenance(database, serves)
        self.to_rank = ProjectsToRank(database, serves, lease=LEASE, monotonic=clock.monotonic)
        self.to_ask = CorrectionsToAsk(database, serves)
        self.projects = EveryProject(database, serves)
        self.erasures = ErasureMaintenance(database, serves)
        self.webhooks = WebhooksToServe(database, serves, clock)
        self.outputs = outputs_to_serve(database, serves, clock)
        self.delivery = OutboxDelivery(database, serves, clock)
        self.holds = Holds(database, serves)
        self.totals = Totals(database, serves)
        self.clock = clock

    async def workspaces(self) -> set[str]:
        """Which workspaces any look finds something to do in."""
        pairs = (
            *await self.runs.schedules(),
            *await self.runs.untold(),
            *await self.runs.auto_trainings_due(),
            *await self.runs.retriable(attempts=9),
            *await self.digests.switched_on(),
            *await self.to_rank.all(),
            *await self.to_ask.projects(),
            *await self.projects.all(),
        )
        newest = {workspace for workspace, _, _ in await self.runs.newest(limit=99)}
        return (
            {workspace for workspace, _ in pairs}
            | newest
            | {each.workspace for each in await self.webhooks.due()}
            | {each.workspace for each in await self.outputs.due()}
            | {each.workspace for each in await self.delivery.waiting(limit=99)}
            | {each.workspace for each in await self.erasures.open()}
            | {*await self.erasures.workspaces(), *await self.erasures.gone_since(self.clock())}
        )

    async def change(self, guessed: Things, signs: dict[int, Sign]) -> None:
        """Everything that changes a row, also with ids of another workspace."""
        claimed = await self.delivery.claim(limit=99)
        for sent in claimed:
            await self.delivery.failed(sent, error="x", due_at=self.clock())
        await self.delivery.begin()
        await self.delivery.try_again()
        await self.runs.interrupt_stale(signs)
        await self.runs.take_over(signs, owner="two:1", lease=LEASE)
        await self.runs.leave(guessed.run.id, owner="one")
        await self.runs.take_place(guessed.run.id, owner="one", lease=LEASE, limit=1)
        for receivers in (self.webhooks, self.outputs):
            for number in (guessed.webhook.id, guessed.output.id):
                await receivers.claim(number)
                await receivers.keep(number, due_at=self.clock())
            await receivers.free()
        now = self.clock()
        for jump in (
            Jump(now, now - timedelta(hours=9), timedelta(0)),
            Jump(now - timedelta(hours=9), now, timedelta(0)),
        ):
            await self.holds.clock_moved(jump)
            await self.delivery.clock_moved(jump)
        self.clock.move(days=90)
        await self.delivery.prune()


def of(workspace: str, rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {table: [row for row in found if workspace in row] for table, found in rows.items()}


async def test_a_process_finds_work_in_the_workspaces_it_serves_alone(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    assert await Chores(database, MINE, clock).workspaces() == {HERE}
    assert await Chores(database, THEIRS, clock).workspaces() == {THERE}
    assert await Chores(database, Served(), clock).workspaces() == set()
    assert await Chores(database, EVERY_WORKSPACE, clock).workspaces() == {HERE, THERE}


async def test_a_process_changes_nothing_of_a_workspace_it_does_not_serve(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    before = await everything(database)
    signs = await Chores(database, EVERY_WORKSPACE, clock).runs.signs()
    await Chores(database, THEIRS, clock).change(both[HERE], signs)
    after = await everything(database)
    assert of(HERE, after) == of(HERE, before)
    assert of(THERE, after) != of(THERE, before)


async def test_a_message_is_claimed_with_the_token_of_its_workspace_alone(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    claimed = await OutboxDelivery(database, THEIRS, clock).claim(limit=99)
    assert {each.workspace for each in claimed} == {THERE}


async def test_a_run_whose_process_is_gone_is_taken_over_by_a_bot_of_its_workspace(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    mine, theirs = (Chores(database, each, clock).runs for each in (MINE, THEIRS))
    assert both[HERE].run.id in await mine.signs()
    assert both[HERE].run.id not in await theirs.signs()
    signs = await mine.signs()
    assert await theirs.take_over(signs, owner="two:1", lease=LEASE) == ()
    [(workspace, taken)] = await mine.take_over(signs, owner="two:1", lease=LEASE)
    assert (workspace, taken.id) == (HERE, both[HERE].run.id)


async def test_what_belongs_to_the_machine_counts_all_workspaces(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    """The files of a run lie in a folder that bots of two workspaces may share, and so do the cores it trains on."""
    theirs = Chores(database, THEIRS, clock).runs
    assert await theirs.active_ids() >= {both[HERE].run.id, both[THERE].run.id}
    async with database.writing() as connection:
        await connection.execute(
            update(run)
            .where(run.c.id == both[HERE].run.id)
            .values(state=RunState.RUNNING.value, owner="box:1")
        )
        await connection.execute(
            update(run).where(run.c.id == both[THERE].run.id).values(owner="box:2")
        )
    asked = await theirs.take_place(both[THERE].run.id, owner="box:2", lease=LEASE, limit=1)
    assert asked is not None
    assert (asked.state, asked.waits_for) == (RunState.QUEUED, 1)


async def test_the_numbers_of_a_process_are_those_of_its_workspaces(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    counted = await Chores(database, MINE, clock).totals.count()
    of_all = await Chores(database, EVERY_WORKSPACE, clock).totals.count()
    assert counted.waiting * 2 == of_all.waiting
    assert await Chores(database, Served(), clock).totals.count() == Counted(0, 0, {})


async def test_what_a_process_serves_changes_while_it_runs(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    serves = Served({HERE})
    chores = Chores(database, serves, clock)
    serves.add(THERE)
    assert await chores.workspaces() == {HERE, THERE}
    serves.remove(HERE)
    assert await chores.workspaces() == {THERE}


async def test_a_sentence_in_the_hands_of_somebody_there_is_not_moved_by_the_clock_here(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    async with database.writing() as connection:
        await connection.execute(update(handed).values(handed_at=clock()))
    before = await everything(database)
    now = clock()
    await Holds(database, MINE).clock_moved(
        Jump(now, now + timedelta(hours=9), timedelta(seconds=1))
    )
    after = await everything(database)
    assert of(THERE, after)["handed"] == of(THERE, before)["handed"]
    assert of(HERE, after)["handed"] != of(HERE, before)["handed"]


NAMES_NONE = (
    *("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA"),
    *("SELECT pg_advisory_xact_lock", "SELECT set_config"),
)
OF_THE_MACHINE = (
    "SELECT run.id, run.workspace, run.state",
    "SELECT run.id \nFROM run \nWHERE run.finished_at",
)


async def test_every_statement_of_a_chore_names_the_workspaces_it_is_for(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    statements: list[tuple[str, str]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, repr(parameters)))

    chores, signs = Chores(database, MINE, clock), {both[HERE].run.id: Sign("one", clock())}
    for transactions in (database._readers, database._reporters, database._writers):
        listeners.listen(transactions.engine.sync_engine, "before_cursor_execute", note)
    await chores.workspaces()
    await chores.change(both[HERE], signs)
    await chores.totals.count()
    unnamed = {
        statement
        for statement, parameters in statements
        if HERE not in parameters
        and not statement.startswith(NAMES_NONE)
        and not statement.startswith(OF_THE_MACHINE)
    }
    assert (unnamed, len(statements) > 40) == (set(), True)


#: What has a database without serving a workspace: the database itself, its clock, its copy, and whoever is on its
#: machine.
OF_NO_WORKSPACE = {
    "bot/app.py",
    "bot/adapters.py",
    "bot/opening.py",
    "bot/db/clock.py",
    "bot/db/database.py",
    "bot/cli/opened.py",
    "bot/cli/doctor/installing.py",
    "bot/cli/doctor/store.py",
    "bot/cli/doctor/workers.py",
    "bot/models/repositories/catalogue.py",
    # Whose requests are counted is said with each.
    "bot/db/records/request_allowances.py",
    # Who installed it is read before it is known who is served.
    "bot/db/records/tenants.py",
    "bot/slack/tenants/installable.py",
    "bot/slack/tenants/repository.py",
    "bot/slack/tenants/tenancy.py",
    # A worker has no token: it works for all.
    "bot/workers/opening.py",
    "bot/workers/queues/procrastinate_queue.py",
    "bot/workers/queues/procrastinate_schema.py",
    "bot/workers/repositories/erasures.py",
    "bot/workers/repositories/jobs.py",
    "bot/workers/repositories/procrastinate.py",
}


def test_whatever_reads_a_database_without_a_workspace_says_whom_it_serves() -> None:
    """A chore that is added takes the workspaces it serves, too."""
    silent = set()
    for path in sorted(Path("bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                asked = {
                    ast.unparse(each.annotation)
                    for each in (*node.args.args, *node.args.kwonlyargs)
                    if each.annotation
                }
                if "Database" in asked and "Served" not in asked:
                    silent.add(str(path))
    assert silent <= OF_NO_WORKSPACE


#: What reads nothing of a workspace: the database's time, and whether it answers.
OF_NO_ROWS = {
    "bot/db/clock.py",
    "bot/db/records/totals.py",
    # The store says it together with the workspace's lock.
    "bot/db/database.py",
    # Procrastinate's own tables.
    "bot/workers/repositories/procrastinate.py",
}


def test_a_transaction_that_no_store_began_says_whose_rows_it_sees() -> None:
    """Else PostgreSQL shows it none, and a chore would take everything for gone."""
    silent = set()
    for path in sorted(Path("bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"reading", "writing", "reporting"}
                and ast.unparse(node.func.value).endswith("database")
                and not (node.args if node.func.attr != "writing" else node.keywords)
            ):
                silent.add(str(path))
    assert silent <= OF_NO_ROWS
