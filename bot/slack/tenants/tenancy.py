"""Which workspaces a process serves, and how it speaks in each: one whose token is set."""

from dataclasses import dataclass

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp

from bot.db.served import Served
from bot.settings import Settings
from bot.slack.clients import Clients, OneClient
from bot.slack.connection import make_app, open_client


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The workspaces of a process."""

    clients: Clients
    serves: Served
    app: AsyncApp
    always: frozenset[str] = frozenset()
    """The workspace whose token is set, if one is."""


async def open_tenancy(settings: Settings, session: ClientSession) -> Tenancy:
    """Find out whom this process serves. Raises SettingsError where Slack refuses what is set."""
    client = await open_client(settings, session)
    return Tenancy(
        OneClient(client),
        Served({client.workspace}),
        make_app(settings, client.web),
        frozenset({client.workspace}),
    )
