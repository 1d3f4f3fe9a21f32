"""HTTP mode: size, signature over raw bytes, replay, form; only then Bolt sees a request."""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import StreamReader, web
from cachetools import TTLCache
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.operations.logs import log_failure
from bot.operations.throttle import ThrottledLog

MAX_BODY = 64 * 1024
MAX_FIELDS = 100
REMEMBER_SECONDS = 600
"""Twice the window of a signature: after it the timestamp alone refuses a replay. The store keeps
effects apart for longer, by the request's own id."""
REMEMBERED = 100_000
"""Answers remembered at a time, at most."""
READ_WITHIN_SECONDS = 5.0
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: str = ""
    content_type: str = "text/plain"

    def to_response(self) -> web.Response:
        """As aiohttp sends it."""
        return web.Response(status=self.status, text=self.body, content_type=self.content_type)


Dispatch = Callable[[dict[str, Any], Mapping[str, str]], Awaitable[Reply]]
"""What answers a checked request: its body as Slack means it, and its headers."""


class HttpServer:
    """Accepts signed requests, each once: a second copy gets the first one's answer."""

    def __init__(
        self,
        dispatch: Dispatch,
        *,
        signing_secret: str,
        clock: Callable[[], float] = time.time,
        read_within: float = READ_WITHIN_SECONDS,
    ) -> None:
        self._read_within = read_within
        self._dispatch = dispatch
        self._refusals = ThrottledLog(log)
        self._secret = signing_secret.encode()
        self._clock = clock
        self._answers: TTLCache[str, asyncio.Future[Reply]] = TTLCache(
            REMEMBERED, REMEMBER_SECONDS + 1, timer=clock
        )

    def routes(self) -> list[web.RouteDef]:
        """The HTTP routes."""
        return [web.post("/slack/events", self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        """401 unsigned, 413 too large, 408 too slow, 400 signed but malformed, else Bolt's answer; never 5xx."""
        try:
            async with asyncio.timeout(self._read_within):
                body = await _read(request.content)
        except TimeoutError:
            return self._refuse(408, "too slow", b"")
        except (web.RequestPayloadError, web.HTTPException, ConnectionError, ValueError):
            return self._refuse(400, "body not readable", b"")
        if len(body) > MAX_BODY:
            return self._refuse(413, "too large", body)
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._is_signed(body, timestamp, signature):
            return self._refuse(401, "not signed", body)
        parsed = _parse(body, request.content_type)
        if parsed is None:
            return self._refuse(400, "malformed", body)
        reply = await self._once(signature, parsed, request.headers)
        return reply.to_response()

    def _is_signed(self, body: bytes, timestamp: str, signature: str) -> bool:
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        if abs(self._clock() - int(timestamp)) > 300:
            return False
        # slack_sdk's verifier decodes the body before it checks it, and fails on bad UTF-8.
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={expected}", signature)

    async def _once(
        self, signature: str, body: dict[str, Any], headers: Mapping[str, str]
    ) -> Reply:
        known = self._answers.get(signature)
        if known is not None:
            return await asyncio.shield(known)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._answers[signature] = answer
        try:
            reply = await self._dispatch(body, headers)
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, Slack is answered
            log_failure(log, "a signed request failed", error)
            reply = Reply(200, "Something went wrong inside nerbot. Please try again.")
        except asyncio.CancelledError:
            self._answers.pop(signature, None)
            answer.cancel()
            raise
        answer.set_result(reply)
        return reply

    def _refuse(self, status: int, reason: str, body: bytes) -> web.Response:
        self._refusals.warning(
            "refused a request: %s (sha256 %s)", reason, hashlib.sha256(body).hexdigest()[:12]
        )
        return Reply(status, reason).to_response()


async def _read(content: StreamReader) -> bytes:
    """The whole body, or one byte more than is allowed."""
    body = b""
    while len(body) <= MAX_BODY and not content.at_eof():
        body += await content.read(MAX_BODY + 1 - len(body))
    return body


def _parse(body: bytes, content_type: str) -> dict[str, Any] | None:
    """What Slack sends: a JSON object, or a form that is a command or holds one as its payload."""
    try:
        text = body.decode("utf-8")
        if content_type == "application/json":
            parsed = json.loads(text)
        else:
            form = parse_qsl(
                text, keep_blank_values=True, strict_parsing=True, max_num_fields=MAX_FIELDS
            )
            fields = dict(form)
            parsed = json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        return None
    if not parsed or not isinstance(parsed, dict):
        return None
    return None if _says_nothing(parsed) else parsed


def _says_nothing(body: dict[str, Any]) -> bool:
    """A press without what was pressed, on which Bolt fails."""
    if body.get("type") != "block_actions":
        return False
    actions = body.get("actions")
    return not isinstance(actions, list) or not actions or not isinstance(actions[0], dict)


def to_bolt(app: AsyncApp) -> Dispatch:
    """Hand a checked request to Bolt, parsed: Bolt's own reading of a form loses a command that says "payload"."""

    async def dispatch(body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        # The mode Bolt has for requests that others have checked and parsed.
        request = AsyncBoltRequest(body=body, headers=dict(headers), mode="socket_mode")
        answer = await app.async_dispatch(request)
        content_type = answer.first_headers().get("content-type", "text/plain").split(";")[0]
        return Reply(answer.status if answer.status < 500 else 200, answer.body or "", content_type)

    return dispatch
