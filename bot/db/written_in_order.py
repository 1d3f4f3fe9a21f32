"""The end of a transaction that wrote beside others: events and sums, in the order of the workspace."""

from typing import Any

from sqlalchemy import Integer, String, bindparam, func, select
from sqlalchemy.dialects import postgresql

from bot.db.repository import inserts
from bot.db.tables.counters import counter
from bot.db.tables.sentences import event
from bot.db.transaction import Added, Transaction
from bot.db.types import Id

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
# With the last event in one statement: as long as it takes, nobody else's label in the workspace goes on.
_ADD_EVENT_AND_SUMS = ADD_EVENT["postgresql"].add_cte(ADD_SUMS.cte("counted"))  # type: ignore[attr-defined]


async def write_in_order(tx: Transaction) -> None:
    """Write what was put off, events numbered in the order in which transactions are kept."""
    put_off = tx.put_off
    if put_off is None or not (put_off.events or put_off.sums):
        return
    sums = sums_as_values(put_off.sums)
    await put_off.in_order(tx.connection, tx.workspace)
    now = tx.clock()
    for place, values in enumerate(put_off.events, start=1):
        project_id = values["in_project"]
        row = {**values, "in_workspace": tx.workspace, "created_at": now}
        if place == len(put_off.events) and sums is not None:
            added = await tx.connection.execute(_ADD_EVENT_AND_SUMS, {**row, **sums})
        else:
            added = await tx.connection.execute(ADD_EVENT["postgresql"], row)
        tx.added.append(Added(int(added.scalar_one()), project_id, values["undoes"]))
    if not put_off.events and sums is not None:
        await tx.connection.execute(ADD_SUMS, {"in_workspace": tx.workspace, **sums})


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
