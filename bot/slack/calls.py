"""Calls of Slack's API for what runs in the background and is in no hurry: it waits as long as Slack asks."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.errors import NerbotError
from bot.operations.metrics import retried
from bot.slack.clients import Clients
from bot.slack.faults import Fault, fault_of

TRIES = 4
LONGEST_WAIT_SECONDS = 30.0
"""What asks for longer is tried again by whoever called."""


class CallFailed(NerbotError):
    """Slack did not do what was asked; the text is its own word for why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault

    @property
    def code(self) -> str:
        """Slack's word."""
        return self.fault.code


class PatientCalls:
    """Slack's API, each call with the token of the workspace it is for."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def call(
        self, workspace: str, method: str, asked: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The answer of a method; one that is called too often waits, a few times. Raises CallFailed."""
        for left in range(TRIES - 1, -1, -1):
            try:
                client = (await self._clients.of(workspace)).once
                answer = await client.api_call(method, **_sent(method, asked))
            except Exception as error:
                fault = fault_of(error)
                is_too_long = fault.after is None or fault.after > LONGEST_WAIT_SECONDS
                if not left or not fault.passes or is_too_long:
                    raise CallFailed(fault) from error
                retried(fault.code)
                await asyncio.sleep(fault.after or 0.0)
            else:
                return answer.data if isinstance(answer.data, dict) else {}
        raise AssertionError("the last try ends in an answer or an error")


def _sent(method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is read is asked for in the address, what is written is sent as JSON."""
    return {"params" if method.startswith("conversations.") else "json": dict(asked)}
