"""The end of a transaction that wrote beside others: events and sums, in the order of the workspace."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Executable,
    Integer,
    String,
    bindparam,
    delete,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql

from bot.db.repository import in_project, inserts, is_project, replace_columns
from bot.db.tables.counters import counter
from bot.db.tables.projects import project
from bot.db.tables.queue import handed
from bot.db.tables.sentences import event, sentence
from bot.db.transaction import Added, Transaction
from bot.db.turns import turn
from bot.db.types import Id, Moment

ADD_EVENT = inserts(event, lambda insert: insert.returning(event.c.id))

_ITS = (
    func.unnest(
        bindparam("sum_projects", type_=postgresql.ARRAY(Id)),
        bindparam("sum_kinds", type_=postgresql.ARRAY(String)),
        bindparam("sum_names", type_=postgresql.ARRAY(String)),
        bindparam("sum_values", type_=postgresql.ARRAY(Integer)),
    )
    .table_valued("project_id", "kind", "name", "value")
    .render_derived(name="its")
)
_OLD = postgresql.insert(counter).from_select(
    [column.name for column in counter.c],
    select(bindparam("in_workspace", type_=String), *_ITS.c),
)
#: Adds to any number of sums at once.
ADD_SUMS = _OLD.on_conflict_do_update(
    index_elements=list(counter.primary_key),
    set_={"value": counter.c.value + _OLD.excluded.value},
)
_ORDERED = select(func.pg_advisory_xact_lock(bindparam("ordered", type_=BigInteger)).label("it"))
_COLUMNS = [column for column in event.c if column.name != "id"]
_PLACE = {"workspace": "in_workspace", "project_id": "in_project"}


def _event_in_order(*, with_sums: bool) -> Executable:
    """Adds an event once it is this transaction's turn: the row comes from the lock, so that its number is drawn
    behind it. One statement, with the sums: nobody else's label in the workspace goes on until the COMMIT."""
    lock = _ORDERED.cte("ordered").prefix_with("MATERIALIZED")
    row = select(
        *(bindparam(_PLACE.get(column.name, column.name), type_=column.type) for column in _COLUMNS)
    ).select_from(lock)
    added = postgresql.insert(event).from_select([column.name for column in _COLUMNS], row)
    if with_sums:
        added = added.add_cte(ADD_SUMS.cte("counted"))
    return added.returning(event.c.id)


def _finish() -> Executable:
    """Counts one more who has finished a sentence, and notes it for the order in which sentences come. One statement:
    the trigger that counts what waits keeps the project's row until the COMMIT."""
    wanted = select(project.c.annotations_per_sentence).where(is_project(project))
    this = (
        update(sentence)
        .where(in_project(sentence), sentence.c.id == bindparam("its_sentence", type_=Id))
        .values(finished_by=sentence.c.finished_by + 1)
        .returning(
            sentence.c.workspace,
            sentence.c.project_id,
            sentence.c.id,
            (sentence.c.finished_by >= wanted.scalar_subquery()).label("is_enough"),
        )
        .cte("this")
    )
    done = (
        delete(handed)
        .where(
            handed.c.workspace == this.c.workspace,
            handed.c.project_id == this.c.project_id,
            handed.c.sentence_id == this.c.id,
            this.c.is_enough,
        )
        .cte("done")
    )
    rest = select(
        this.c.workspace,
        this.c.project_id,
        this.c.id,
        bindparam("finisher", type_=String),
        bindparam("at", type_=Moment),
        true(),
    ).where(~this.c.is_enough)
    noted = postgresql.insert(handed).from_select([column.name for column in handed.c], rest)
    return replace_columns(noted, handed, "answered").add_cte(done)


_FINISH = _finish()
_EVENT, _EVENT_AND_SUMS = (_event_in_order(with_sums=with_sums) for with_sums in (False, True))


async def write_in_order(tx: Transaction) -> None:
    """Write what was put off, events numbered in the order in which transactions are kept."""
    put_off = tx.put_off
    if put_off is None or not (put_off.events or put_off.sums):
        return
    sums = sums_as_values(put_off.sums)
    place = {"in_workspace": tx.workspace, "ordered": turn(tx.workspace, "order")}
    now = tx.clock()
    if put_off.finished is not None:
        of = put_off.finished
        its = {"in_project": of.project_id, "its_sentence": of.sentence_id, "finisher": of.person}
        await tx.connection.execute(_FINISH, {**place, **its, "at": now})
    for number, values in enumerate(put_off.events):
        row = {**values, **place, "created_at": now}
        if number or sums is None:
            added = await tx.connection.execute(_EVENT, row)
        else:
            added = await tx.connection.execute(_EVENT_AND_SUMS, {**row, **sums})
        project_id, undoes = values["in_project"], values["undoes"]
        tx.added.append(Added(int(added.scalar_one()), project_id, undoes))
    if not put_off.events and sums is not None:
        await tx.connection.execute(ADD_SUMS, {**place, **sums})


def sums_as_values(sums: "dict[tuple[int, str, str], int]") -> dict[str, Any] | None:
    """The parameters of ADD_SUMS, in an order that is the same for all; None where nothing changes."""
    changed = sorted((key, value) for key, value in sums.items() if value)
    if not changed:
        return None
    return {
        "sum_projects": [key[0] for key, _ in changed],
        "sum_kinds": [key[1] for key, _ in changed],
        "sum_names": [key[2] for key, _ in changed],
        "sum_values": [value for _, value in changed],
    }
