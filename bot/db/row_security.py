"""PostgreSQL's second lock: a transaction sees the rows of the workspaces it says it is for, whatever it asks.

Every table with a workspace has a policy, which is forced, so that it binds the role that owns the tables as well: one
role is enough. It does not bind a superuser.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.functions import Function

SETTING = "nerbot.workspace"
"""The workspaces of a transaction, which ends with it. Not set, or empty: none."""
SEPARATOR = ","
EVERY = "*"
"""All of them: for what belongs to the machine or the database, and for whoever is on its command line."""
POLICY = "nerbot_workspace"

# In subqueries, so that it is read once in a statement and not once a row.
_SEES = f"""
    workspace = ANY ((SELECT string_to_array(current_setting('{SETTING}', true), '{SEPARATOR}'))::text[])
    OR (SELECT current_setting('{SETTING}', true)) = '{EVERY}'
"""


def setting_of(workspaces: Iterable[str]) -> str:
    """The setting for these; what is no id, but would be read as a list or as all of them, opens nothing."""
    return SEPARATOR.join(each for each in workspaces if SEPARATOR not in each and each != EVERY)


def showing(workspaces: Any) -> Function[str]:
    """What opens the workspaces for the rest of a transaction, as an element of a SELECT."""
    return func.set_config(SETTING, workspaces, True)  # noqa: FBT003 - until the transaction ends


async def binds(connection: AsyncConnection) -> bool:
    """Whether the policies bind the role that is connected."""
    asked = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return not await connection.scalar(asked)


def secure_tables(connection: Connection) -> tuple[str, ...]:
    """Give every table with a workspace its policy; those that had none. Nothing elsewhere than on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return ()
    asked = text(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attname = 'workspace' "
        "AND NOT a.attisdropped AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY c.relname"
    )
    open_tables = tuple(connection.scalars(asked))
    quote = connection.dialect.identifier_preparer.quote
    for table in map(quote, open_tables):
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
        connection.exec_driver_sql(f"CREATE POLICY {POLICY} ON {table} USING ({_SEES})")
    return open_tables
