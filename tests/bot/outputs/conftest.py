"""Outputs in the Slack simulator: a database, and a channel that something is found in."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.clock import DatabaseClock
from bot.db.database import Store
from bot.domain.entities import ChangeKind, EntityChange, MessageEntity
from bot.outputs.kinds import read_output
from bot.outputs.repository import Outputs
from bot.outputs.values import Output
from bot.playground import Message, Playground
from bot.projects.repositories.projects import Projects
from bot.slack.calls import PatientCalls
from bot.slack.clients import Clients
from bot.slack.diagnosis import OUTPUT_SCOPES, read_manifest
from tests.support.clients import one_client
from tests.support.opening import copy_tables, open_database, patient_timing

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class Killed(BaseException):
    """The process ends."""


class CallsCutOff(PatientCalls):
    """Slack does what it is asked for by a method, and the process ends before it hears so."""

    def __init__(self, client: Clients, method: str) -> None:
        super().__init__(client)
        self._method = method

    async def call(
        self, workspace: str, method: str, asked: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        answer = await super().call(workspace, method, asked)
        if method == self._method:
            raise Killed
        return answer


@dataclass
class Desk:
    """A channel, and the outputs that hear of what is found in it."""

    slack: Playground
    store: Store
    client: AsyncWebClient
    changes: list[EntityChange] = field(default_factory=list)

    @property
    def calls(self) -> PatientCalls:
        """Slack's API."""
        return PatientCalls(one_client(self.client))

    def cut_off(self, method: str) -> PatientCalls:
        """Slack's API for a process that ends right after a method."""
        return CallsCutOff(one_client(self.client), method)

    @property
    def workspace(self) -> str:
        """The id of the workspace."""
        return self.slack.workspace.identity.team_id

    @property
    def channel(self) -> str:
        """The id of the channel."""
        return self.slack.workspace.channel("triage").id

    def says(self, text: str) -> Message:
        """Somebody writes a message."""
        return self.slack.say("ada", "#triage", text)

    async def output(self, kind: str, target: str = "", **settings: str) -> Output:
        """Set an output up."""
        found, wanted = read_output(kind, target, settings)
        async with self.store.writing(self.workspace) as tx:
            project = await Projects(tx).ensure_default()
            return await Outputs(tx).add(
                project.id, found, wanted.target, wanted.settings, person="U0ADA"
            )

    def found(self, message: Message, text: str, label: str = "SYMPTOM") -> EntityChange:
        """Something is found in a message."""
        number = len(self.changes) + 1
        entity = MessageEntity(
            key=f"ent_{number}", label=label, text=text, sentence=1, start=0, end=len(text), score=0.97, model=3,
            channel=message.channel, ts=message.ts, thread_ts=message.thread_ts,
        )  # fmt: skip
        return self._note(ChangeKind.FOUND, entity)

    def amended(self, change: EntityChange, **values: Any) -> EntityChange:
        """It is another one."""
        return self._note(ChangeKind.AMENDED, replace(change.entity, **values))

    def retracted(self, change: EntityChange) -> EntityChange:
        """It is none."""
        return self._note(ChangeKind.RETRACTED, replace(change.entity, text=""))

    def _note(self, kind: ChangeKind, entity: MessageEntity) -> EntityChange:
        number = len(self.changes) + 1
        self.changes.append(EntityChange(number, number, kind, entity, NOW))
        return self.changes[-1]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A channel of the Slack simulator, where every output in Slack is switched on."""
    manifest = tmp_path / "manifest.json"
    told = read_manifest(watching=True, slack_outputs=frozenset(OUTPUT_SCOPES))
    told["settings"]["event_subscriptions"]["bot_events"] = []
    manifest.write_text(json.dumps(told))
    copy_tables(tmp_path / "data")
    async with (
        Playground.open(
            data=tmp_path / "slack", timing=patient_timing(), manifest=manifest
        ) as slack,
        open_database(f"sqlite+aiosqlite:///{tmp_path}/data/nerbot.db") as database,
    ):
        store = Store(database, await DatabaseClock.of(database))
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        yield Desk(slack, store, client)
