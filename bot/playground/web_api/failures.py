"""Failures that a test asks for: rate limits, server errors, Slack's errors, and lost or broken answers."""

import asyncio
import json
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from bot.playground.values import JSON

Broken = Literal["page", "half", "cut", "reset", "silent"]
"""An answer that is none: a page of HTML, half of a JSON text, a body that ends too early, a connection that is reset,
or nothing at all."""
SILENT_SECONDS = 60.0


@dataclass(slots=True)
class Failure:
    """What the next calls of a method get instead of an answer."""

    status: int
    headers: dict[str, str]
    body: JSON
    left: int
    broken: Broken | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What is sent instead."""
        match self.broken:
            case None:
                return web.json_response(self.body, status=self.status, headers=self.headers)
            case "page":
                return web.Response(text="<html>Slack</html>", content_type="text/html")
            case "half":
                return web.Response(text='{"ok": true, "ts', content_type="application/json")
            case "silent":
                await asyncio.sleep(SILENT_SECONDS)
                return web.Response(status=503)
            case "cut":
                body = json.dumps({"ok": True}).encode()
                response = web.StreamResponse(
                    headers={
                        "Content-Length": str(len(body) + 100),
                        "Content-Type": "application/json",
                    }
                )
                await response.prepare(request)
                await response.write(body)
        assert request.transport is not None
        request.transport.abort()
        return web.Response(status=503)


class Failures:
    """The failures still to be answered, by method; "*" means every method."""

    def __init__(self) -> None:
        self._pending: dict[str, list[Failure]] = {}

    def add(
        self,
        method: str,
        *,
        status: int,
        headers: dict[str, str] | None,
        times: int,
        error: str | None,
        broken: Broken | None = None,
    ) -> None:
        """Let the next `times` calls of `method` fail."""
        limited = status == 429
        code = error or ("ratelimited" if limited else "internal_error")
        sent = headers if headers is not None else ({"Retry-After": "1"} if limited else {})
        status = 200 if error else status
        failure = Failure(status, sent, {"ok": False, "error": code}, times, broken)
        self._pending.setdefault(method, []).append(failure)

    def take(self, method: str) -> Failure | None:
        """The failure this call gets, if any is due."""
        for name in (method, "*"):
            pending = self._pending.get(name, [])
            if pending:
                pending[0].left -= 1
                return pending.pop(0) if pending[0].left <= 0 else pending[0]
        return None
