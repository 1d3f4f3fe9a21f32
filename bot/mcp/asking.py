"""How the tools reach the API: inside this process as whoever sent the request, or over HTTP with one token."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any, Protocol

import httpx

from bot.api.problems import problem_of
from bot.api.values import Token
from bot.errors import NerbotError
from bot.operations.logs import log_failure

ROOT = "/api/v1"
SECONDS = 120.0

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

TOKEN: ContextVar[Token] = ContextVar("token")
"""Whose request is being answered; each request of a server has its own."""


log = logging.getLogger(__name__)


class ApiSaidNo(NerbotError):
    """The API refused; its words say why and what to do next."""


class Asks(Protocol):
    """Asks the API."""

    async def __call__(self, method: str, path: str, **options: Any) -> Any:
        """The JSON that the API answers; raises ApiSaidNo."""


class AskHere:
    """Asks the API's app in this process; the door has looked at the token before."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, method: str, path: str, **options: Any) -> Any:
        """The JSON that the API answers; raises ApiSaidNo."""
        token = TOKEN.get()

        async def with_token(scope: Scope, receive: Any, send: Any) -> None:
            await self._app({**scope, "state": {"token": token}}, receive, send)

        transport = httpx.ASGITransport(with_token)
        async with httpx.AsyncClient(transport=transport, base_url="http://nerbot") as client:
            try:
                answer = await client.request(method, path, **options)
            except Exception as error:
                log_failure(log, "a tool's request of the API failed", error)
                raise ApiSaidNo(problem_of(error).detail) from error
            return _told(answer)


class AskThere:
    """Asks the API at a URL."""

    def __init__(self, url: str, token: str) -> None:
        base = url.rstrip("/").removesuffix(ROOT) + ROOT
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=base, headers=headers, timeout=SECONDS)
        self._url = url

    async def __call__(self, method: str, path: str, **options: Any) -> Any:
        """The JSON that the API answers; raises ApiSaidNo."""
        try:
            return _told(await self._http.request(method, path, **options))
        except httpx.HTTPError as error:
            raise ApiSaidNo(
                f"No nerbot answers at {self._url} ({type(error).__name__}). Is NERBOT_API=on there?"
            ) from error

    async def close(self) -> None:
        """Give the connection back."""
        await self._http.aclose()


def _told(answer: httpx.Response) -> Any:
    try:
        body = answer.json()
    except ValueError:
        raise ApiSaidNo(
            f"The server answered {answer.status_code}, which is not its API."
        ) from None
    if answer.is_success:
        return body
    raise ApiSaidNo(str(body.get("detail", answer.status_code)))
