"""What stands before every route: a token, how often, how much and how fast; and the headers of every answer.

It is ASGI, before any of a body is read: without a token nobody makes us parse anything.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bot.api.problems import Problem, problem_of
from bot.api.repositories.tokens import NOTED_AGAIN, Tokens
from bot.api.values import PREFIX, Token, hash_of
from bot.db.database import Store
from bot.errors import StoreUnavailable
from bot.operations.allowance import Allowance, Allowed
from bot.operations.logs import log_failure

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 2 * 2**20
MAX_UPLOAD = 256 * 2**20
UPLOAD = "/import"
OPEN = frozenset({"/openapi.json"})
"""What is for everybody."""
READ_WITHIN_SECONDS = 30.0
"""How long the next piece of a body may take."""
_LONGEST_TOKEN = 200

HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)

log = logging.getLogger(__name__)


class Door:
    """Lets requests with a token through to the app, as far as its allowance reaches."""

    def __init__(
        self,
        app: App,
        store: Store,
        allowance: Allowance,
        *,
        place_of: Callable[[str], Awaitable[str | None]],
        shared: Allowed | None = None,
        root: str,
        is_out: Callable[[], bool],
        read_within: float = READ_WITHIN_SECONDS,
        open_paths: frozenset[str] = OPEN,
    ) -> None:
        self._app = app
        self._store = store
        self._allowance = allowance
        self._place_of = place_of
        self._shared = shared
        self._root = root
        self._is_out = is_out
        self._read_within = read_within
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens: nothing but an answer leaves here."""
        answer = _Answer(send)
        if scope["type"] != "http":
            await Problem(426, "no-websocket", "There are no WebSockets here.").response()(
                {**scope, "type": "http"}, receive, answer.send
            )
            return
        # Without this Starlette listens for a disconnect that aiohttp's adapter never tells of.
        scope = {**scope, "asgi": {"version": "3.0", "spec_version": "2.4"}, "state": {}}
        body = _Body(receive, self._limit(scope), within=self._read_within)
        try:
            await self._check(scope, body)
            await self._app(scope, body.receive, answer.send)
        except OSError:
            log.debug("whoever asked has gone")
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, whoever asked is answered
            problem = problem_of(error)
            if problem.status_code == 500:
                log_failure(log, "a request of the API failed", error)
            if not answer.begun:
                await problem.response()(scope, receive, answer.send)

    async def _check(self, scope: Scope, body: "_Body") -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        path = str(scope["path"]).removeprefix(self._root)
        if path not in self._open:
            token = await self._token(headers.get(b"authorization", b""))
            await self._allowance.take(token.workspace, str(token.id))
            if self._shared is not None:
                await self._shared.take(token.workspace, "")
            scope["state"]["token"] = token
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > body.limit:
            raise too_large(body.limit)

    async def _token(self, header: bytes) -> Token:
        """The token of a request. Raises Problem 401, or 403 where nerbot was removed from the workspace."""
        if self._is_out():
            raise Problem(
                403,
                "not-in-the-workspace",
                "nerbot was removed from this workspace. Install it there again to use the API.",
            )
        scheme, _, secret = header.decode("latin-1").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
            raise _unauthorized("This needs a token, as in “Authorization: Bearer nerbot_…”.", None)
        if len(secret) > _LONGEST_TOKEN:
            raise _unauthorized(_UNKNOWN, "invalid_token")
        known = hash_of(secret)
        workspace = await self._place_of(known)
        if workspace is None:
            raise _unauthorized(_UNKNOWN, "invalid_token")
        async with self._store.reading(workspace) as tx:
            token = await Tokens(tx).find(known)
            now = tx.clock()
        if token is None:
            raise _unauthorized(_UNKNOWN, "invalid_token")
        if token.last_used_at is None or now - token.last_used_at >= NOTED_AGAIN:
            await self._note_use(token)
        return token

    async def _note_use(self, token: Token) -> None:
        """What is only read is read from a full disk, too."""
        try:
            async with self._store.writing(token.workspace) as tx:
                await Tokens(tx).note_use(token.id)
        except StoreUnavailable as error:
            log.info("a use of a token was not noted: %s", type(error).__name__)

    def _limit(self, scope: Scope) -> int:
        return MAX_UPLOAD if scope["path"] == self._root + UPLOAD else MAX_BODY


_UNKNOWN = (
    "This token is not known, or was revoked. Whoever runs nerbot makes one: nerbot tokens create"
)


def _unauthorized(words: str, error: str | None) -> Problem:
    challenge = 'Bearer realm="nerbot"' + (f', error="{error}"' if error else "")
    return Problem(401, "unauthorized", words, headers={"WWW-Authenticate": challenge})


def too_large(limit: int) -> Problem:
    """A body that is larger than it may be."""
    return Problem(413, "too-large", f"The body is larger than {limit // 2**20} MB.")


class _Body:
    """A request's body, as much as it may be and as slowly as it may come."""

    def __init__(self, receive: Receive, limit: int, *, within: float) -> None:
        self.limit = limit
        self._receive = receive
        self._within = within
        self._read = 0
        self._is_whole = False

    async def receive(self) -> Message:
        """The next piece; once it is whole, that nothing comes any more."""
        if self._is_whole:
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout(self._within):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, "too-slow", "The body did not arrive in time.") from None
        self._read += len(message.get("body", b""))
        if self._read > self.limit:
            raise too_large(self.limit)
        self._is_whole = not message.get("more_body", False)
        return message


class _Answer:
    """Sends an answer with our headers, and knows whether it has begun."""

    def __init__(self, send: Send) -> None:
        self.begun = False
        self._send = send

    async def send(self, message: Message) -> None:
        """The next piece."""
        if message["type"] == "http.response.start":
            self.begun = True
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await self._send(message)
