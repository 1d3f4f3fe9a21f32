"""HTTP mode's door: size, signature over raw bytes, replay, form; only then Bolt sees a request."""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

MAX_BODY = 64 * 1024
REMEMBER_SECONDS = 600
"""Twice the window of a signature: after it the timestamp alone refuses a replay. The store keeps
effects apart for longer, by the request's own id."""
_TIMESTAMP = re.compile(r"^\d{1,12}$")
_SIGNATURE = re.compile(r"^v0=[0-9a-f]{64}$")

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


Dispatch = Callable[[str, Mapping[str, str]], Awaitable[Reply]]


class HttpDoor:
    """Lets signed requests in, each once: a second copy gets the first one's answer."""

    def __init__(
        self, dispatch: Dispatch, *, signing_secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._dispatch = dispatch
        self._verifier = SignatureVerifier(signing_secret)
        self._clock = clock
        self._answers: OrderedDict[str, tuple[float, asyncio.Future[Reply]]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Where Slack knocks."""
        return [web.post("/slack/events", self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        """401 unsigned, 413 too large, 400 signed but malformed, else Bolt's answer; never 5xx."""
        try:
            body = await request.content.read(MAX_BODY + 1)
            while len(body) <= MAX_BODY and not request.content.at_eof():
                body += await request.content.read(MAX_BODY + 1 - len(body))
        except (web.HTTPException, ConnectionError, ValueError):
            return self._refuse(400, "body not readable", b"")
        if len(body) > MAX_BODY:
            return self._refuse(413, "too large", body)
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._is_signed(body, timestamp, signature):
            return self._refuse(401, "not signed", body)
        text = _readable(body, request.content_type)
        if text is None:
            return self._refuse(400, "malformed", body)
        reply = await self._once(signature, text, request.headers)
        return reply.to_response()

    def _is_signed(self, body: bytes, timestamp: str, signature: str) -> bool:
        if not _TIMESTAMP.match(timestamp) or not _SIGNATURE.match(signature):
            return False
        if abs(self._clock() - int(timestamp)) > 300:
            return False
        expected = self._verifier.generate_signature(timestamp=timestamp, body=body)
        return expected is not None and hmac.compare_digest(expected, signature)

    async def _once(self, signature: str, text: str, headers: Mapping[str, str]) -> Reply:
        self._forget_old()
        known = self._answers.get(signature)
        if known is not None:
            return await asyncio.shield(known[1])
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._answers[signature] = (self._clock(), answer)
        try:
            reply = await self._dispatch(text, headers)
        except Exception:
            log.exception("a signed request failed")
            reply = Reply(200, "Something went wrong inside nerbot. Please try again.")
        except asyncio.CancelledError:
            self._answers.pop(signature, None)
            answer.cancel()
            raise
        answer.set_result(reply)
        return reply

    def _forget_old(self) -> None:
        oldest = self._clock() - REMEMBER_SECONDS
        while self._answers and next(iter(self._answers.values()))[0] < oldest:
            self._answers.popitem(last=False)

    def _refuse(self, status: int, reason: str, body: bytes) -> web.Response:
        log.warning(
            "refused a request: %s (sha256 %s)", reason, hashlib.sha256(body).hexdigest()[:12]
        )
        return Reply(status, reason).to_response()


def _readable(body: bytes, content_type: str) -> str | None:
    """The body as text where it is what Slack sends: a JSON object, or a form with a command or a JSON payload."""
    try:
        text = body.decode("utf-8")
        if content_type == "application/json":
            return text if isinstance(json.loads(text), dict) else None
        fields = parse_qs(text, keep_blank_values=True, strict_parsing=True, max_num_fields=100)
        payload = fields.get("payload")
        if payload is None:
            return text
        return text if isinstance(json.loads(payload[0]), dict) else None
    except (ValueError, RecursionError):
        return None


def to_bolt(app: AsyncApp) -> Dispatch:
    """Hand a checked request to Bolt."""

    async def dispatch(body: str, headers: Mapping[str, str]) -> Reply:
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(headers)))
        content_type = answer.first_headers().get("content-type", "text/plain").split(";")[0]
        return Reply(answer.status if answer.status < 500 else 200, answer.body or "", content_type)

    return dispatch
