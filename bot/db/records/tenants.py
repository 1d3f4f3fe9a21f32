"""The workspaces that use nerbot by an installation, and the hand-over of the database to slack_sdk's own stores."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.database import Database
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.tenants import slack_bots, slack_installations, slack_oauth_states, tenant


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace, and by whose installation it uses nerbot."""

    workspace: str
    enterprise_id: str | None = None
    is_org_wide: bool = False
    """Its organization installed nerbot for all of its workspaces."""


SECRET = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
)
"""The columns of slack_sdk's tables that are kept encrypted."""

_COLUMNS = tuple(tenant.c[name] for name in Tenant.__dataclass_fields__)


class Tenants:
    """Those of all workspaces: which ones a process serves is read from here."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def all(self) -> tuple[Tenant, ...]:
        """Every workspace that nerbot is installed in, as far as it has met them."""
        wanted = select(*_COLUMNS).where(EVERY_WORKSPACE.rows(tenant)).order_by(tenant.c.workspace)
        async with self._database.reading(EVERY_WORKSPACE) as connection:
            return tuple(Tenant(*row) for row in await connection.execute(wanted))

    async def put(self, new: Tenant) -> None:
        """Note that a workspace uses nerbot, by this installation from now on."""
        values = {
            "workspace": new.workspace,
            "enterprise_id": new.enterprise_id,
            "is_org_wide": new.is_org_wide,
        }
        changed = {"enterprise_id": new.enterprise_id, "is_org_wide": new.is_org_wide}
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            insert = (
                postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            )(tenant).values(created_at=self._clock(), **values)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=["workspace"], set_=changed)
            )

    async def remove(self, workspace: str) -> None:
        """nerbot was taken out of it."""
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            await connection.execute(delete(tenant).where(tenant.c.workspace == workspace))

    async def forget_states(self) -> None:
        """Drop what the page to install nerbot noted for people who did not go on."""
        now = datetime.now(UTC).replace(tzinfo=None)
        async with self._database.writing(sees=EVERY_WORKSPACE) as connection:
            await connection.execute(
                delete(slack_oauth_states).where(slack_oauth_states.c.expire_at < now)
            )


async def kept_tokens(database: Database) -> tuple[str, ...]:
    """The token of each installation, as it is kept."""
    async with database.reading(EVERY_WORKSPACE) as connection:
        return tuple(await connection.scalars(select(slack_bots.c.bot_token)))


async def rewrite_tokens(database: Database, change: Callable[[str | None], str | None]) -> int:
    """Keep every token as `change` has it, all in one transaction; of how many rows."""
    rewritten = 0
    async with database.writing(alone=True) as connection:
        for table in (slack_bots, slack_installations):
            secret = [table.c[name] for name in SECRET if name in table.c]
            for row in (await connection.execute(select(table.c.id, *secret))).all():
                values = {each.name: change(getattr(row, each.name)) for each in secret}
                await connection.execute(update(table).where(table.c.id == row.id).values(values))
                rewritten += 1
    return rewritten
