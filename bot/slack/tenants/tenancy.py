"""Which workspaces a process serves, and how it speaks in each: one whose token is set, or those that installed it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import ClientSession
from aiohttp.web import RouteDef
from slack_bolt.async_app import AsyncApp

from bot.db.database import Database
from bot.db.records.tenants import Tenants
from bot.db.served import Served
from bot.settings import Settings
from bot.slack.clients import Clients, OneClient
from bot.slack.connection import make_app, open_client

log = logging.getLogger(__name__)

Look = Callable[[], Awaitable[None]]
Left = Callable[[str], Awaitable[None]]
OrganizationLeft = Callable[[str], Awaitable[Sequence[str]]]


async def _nothing(*_: object) -> None:
    """Whose token is set stays the one there is."""


async def _nobody(_: str) -> Sequence[str]:
    return ()


@dataclass(slots=True)
class Tenancy:
    """The workspaces of a process."""

    clients: Clients
    serves: Served
    app: AsyncApp
    always: frozenset[str] = frozenset()
    """The workspace whose token is set, if one is."""
    routes: Sequence[RouteDef] = field(default_factory=tuple)
    """The pages where others install it."""
    look: Look = _nothing
    """Learns of workspaces that installed it elsewhere, and of those that left."""
    left: Left = _nothing
    """Forgets the token of a workspace that took it out."""
    organization_left: OrganizationLeft = _nobody
    """The same of an organization: the workspaces that used its token."""


async def open_tenancy(
    settings: Settings,
    session: ClientSession,
    database: Database,
    clock: Callable[[], datetime],
    back: Callable[[str], Awaitable[None]],
) -> Tenancy:
    """Find out whom this process serves; `back` hears of each workspace from which it is served. Raises SettingsError
    where Slack refuses what is set, or a package is missing."""
    if settings.is_installable:
        from bot.slack.tenants.installable import make_installable  # noqa: PLC0415 - slow, and few need it

        tenancy, clients = make_installable(settings, session, database, Tenants(database, clock))
        clients.on_new = back
        if not await database.is_locked():
            log.warning(
                "the database's role is a superuser, which row-level security does not bind: docs/scale.md, Two locks"
            )
        await tenancy.look()
        return tenancy
    client = await open_client(settings, session)
    await back(client.workspace)
    return Tenancy(
        OneClient(client),
        Served({client.workspace}),
        make_app(settings, client.web),
        frozenset({client.workspace}),
    )
