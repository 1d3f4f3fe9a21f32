"""Socket Mode: how payloads reach the app over its web sockets, and what counts as an ack."""

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable

import aiohttp
from aiohttp import web

from bot.playground.delivery.errors import DeliveryError
from bot.playground.values import JSON, Timing

CONNECTIONS = 10
_TICKETS = 100


class Sockets:
    """Slack's side of Socket Mode: tickets, connections, envelopes, acks."""

    def __init__(
        self,
        *,
        timing: Timing,
        app_id: str,
        on_change: Callable[[], None],
        on_problem: Callable[[str, str], None],
    ) -> None:
        self._timing = timing
        self._app_id = app_id
        self._on_change = on_change
        self._on_problem = on_problem
        self._tickets: dict[str, None] = {}
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[JSON | None]] = {}
        self._sent = 0

    @property
    def connected(self) -> int:
        """How many connections the app has open."""
        return len(self._open)

    def issue_ticket(self) -> str:
        """A ticket for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = None
        while len(self._tickets) > _TICKETS:
            self._tickets.pop(next(iter(self._tickets)))
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this ticket is unknown or used")
        del self._tickets[ticket]
        socket = web.WebSocketResponse(heartbeat=30, autoping=True)
        await socket.prepare(request)
        if len(self._open) >= CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            self._on_change()
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take_ack(message.data)
        finally:
            self._forget(socket)
        return socket

    async def deliver(self, kind: str, payload: JSON, *, retry: JSON) -> JSON | None:
        """Send one envelope over one connection and wait for its ack; returns the ack's payload."""
        socket = self._next_socket()
        envelope_id = str(uuid.uuid4())
        ack: asyncio.Future[JSON | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = ack
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            **retry,
        }
        try:
            await socket.send_json(envelope)
            return await asyncio.wait_for(ack, self._timing.ack)
        except TimeoutError:
            raise DeliveryError("operation_timeout", f"no ack of {kind} in time") from None
        except ConnectionError as error:
            raise DeliveryError("operation_timeout", f"the connection broke: {error}") from error
        finally:
            self._waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str) -> None:
        """Ask every connection to reconnect, as Slack does when it refreshes them.

        "warning" is sent seconds before the end; after "refresh_requested" the connection closes.
        """
        for socket in tuple(self._open):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "slack-simulator"}}
            )
            if reason != "warning":
                self._forget(socket)
                await socket.close()

    async def drop(self) -> None:
        """Close every connection without a warning."""
        for socket in tuple(self._open):
            self._forget(socket)
            await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "slack-simulator", "approximate_connection_time": 18060},
        }

    def _next_socket(self) -> web.WebSocketResponse:
        live = [s for s in self._open if not s.closed]
        if not live:
            raise DeliveryError("dispatch_failed", "no Socket Mode connection is open")
        self._sent += 1
        return live[self._sent % len(live)]

    def _take_ack(self, data: str) -> None:
        try:
            ack = json.loads(data)
            waiting = self._waiting.get(ack["envelope_id"])
        except (ValueError, KeyError, TypeError):
            self._on_problem("bad_ack", data[:200])
            return
        if waiting is None or waiting.done():
            self._on_problem("late_ack", f"envelope {ack['envelope_id']} was given up or acked")
        else:
            waiting.set_result(ack.get("payload"))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
            self._on_change()
