"""The HTTP routes: Web API, Socket Mode, response_urls, the page and its control API."""

import hmac
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.playground.server.control import Control
from bot.playground.server.live_page import LivePage
from bot.playground.server.shared_files import SharedFiles
from bot.playground.simulator import SlackSimulator
from bot.playground.state.app_responses import respond
from bot.playground.values import JSON, SlackError

STATIC = Path(__file__).parents[1] / "page"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_BODY_LIMIT = 8 * 1024 * 1024
_JSON_FIELDS = (
    *("blocks", "view", "attachments", "metadata", "files", "outputs"),
    *("schema", "description_blocks", "initial_fields", "cells"),
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """The aiohttp application around one SlackSimulator."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self._control = Control(slack)
        self._shared = SharedFiles(slack)
        self._pages: set[web.WebSocketResponse] = set()
        self.app = web.Application(client_max_size=_BODY_LIMIT, middlewares=[self._guard])
        self.app.add_routes(
            [
                web.get("/", _index),
                web.route("*", "/api/{method}", self._api),
                web.get("/link/", slack.sockets.connect),
                web.post("/commands/{team}/{secret}", self._response_url),
                web.post("/actions/{team}/{secret}", self._response_url),
                web.post("/control/do", self._control_request),
                web.get("/control/live", self._live),
                web.post("/upload/{id}/{secret}", self._upload),
                web.get("/files/{id}", self._file),
                web.get("/files-pri/{file}/{name}", self._shared.download),
                web.get("/files-pri/{file}/download/{name}", self._shared.download),
                web.post("/control/share", self._share),
                web.static("/static", STATIC),
            ]
        )
        self.app.on_shutdown.append(self._close_pages)

    @property
    def _hosts(self) -> set[str]:
        port = self._slack.base_url.rstrip("/").rpartition(":")[2]
        return {f"127.0.0.1:{port}", f"localhost:{port}"}

    @web.middleware
    async def _guard(self, request: web.Request, handler: Next) -> web.StreamResponse:
        """Refuse other Hosts than this machine's names for this server, and other sites' scripts."""
        origin = request.headers.get("Origin")
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="this Host is not served")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            raise web.HTTPForbidden(text="this Origin is not allowed")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    # The app's routes

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        failure = self._slack.failures.take(method)
        try:
            args, token = await _arguments(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        if failure is not None:
            self._slack.remember(method, args, failure.body, status=failure.status)
            return await failure.answer(request)
        if wait := self._slack.rates.wait(method):
            refused = {"ok": False, "error": "ratelimited"}
            self._slack.remember(method, args, refused, status=429)
            return web.json_response(refused, status=429, headers={"Retry-After": str(wait)})
        body = self._slack.call(method, args, token=token)
        scopes = ",".join(sorted(self._slack.manifest.scopes))
        return web.json_response(body, headers={"X-OAuth-Scopes": scopes})

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        path = f"{request.match_info['team']}/{request.match_info['secret']}"
        body: JSON = {}
        failure = self._slack.failures.take("response_url")
        if failure is not None:
            self._slack.remember("response_url", body, failure.body, status=failure.status)
            return await failure.answer(request)
        try:
            body = _as_object(await request.read())
            url = self._slack.response_urls.use(path)
            respond(self._slack.workspace, url, body)
        except SlackError as refusal:
            self._slack.note_problem(refusal.error, f"response_url: {'; '.join(refusal.messages)}")
            self._slack.remember("response_url", body, refusal.to_json(), status=404)
            known = refusal.error not in {"used_url", "expired_url", "no_such_url"}
            return web.json_response(refusal.to_json(), status=400 if known else 404)
        self._slack.remember("response_url", body, {"ok": True})
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        try:
            length = await self._slack.uploads.receive(
                request.match_info["id"],
                request.match_info["secret"],
                request.content.iter_chunked(2**16),
            )
        except SlackError as refusal:
            self._slack.note_problem(refusal.error, "upload")
            return web.json_response(refusal.to_json(), status=400)
        return web.Response(text=f"OK - {length}")

    # The page's routes

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """An uploaded file; anything but a picture is sent as an attachment."""
        path = self._slack.uploads.path(request.match_info["id"])
        if not self._trusted(request.query.get("token", "")) or path is None:
            raise web.HTTPNotFound
        kind = request.query.get("type", "")
        if kind in PICTURES:
            return web.FileResponse(path, headers={"Content-Type": kind})
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "attachment",
        }
        return web.FileResponse(path, headers=headers)

    async def _share(self, request: web.Request) -> web.StreamResponse:
        """A file that a person drops into a conversation."""
        if not self._trusted(request.query.get("token", "")):
            raise web.HTTPForbidden(text="the control token is missing or wrong")
        return web.json_response(await self._shared.receive(request))

    def _trusted(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._slack.secrets.control_token.encode())

    async def _control_request(self, request: web.Request) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self._trusted(token):
            raise web.HTTPForbidden(text="the control token is missing or wrong")
        try:
            body = _as_object(await request.read())
        except SlackError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        return web.json_response(await self._control.perform(body))

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """The page's web socket: first the state, then every change as it happens."""
        if not self._trusted(request.query.get("token", "")):
            raise web.HTTPForbidden(text="the control token is missing or wrong")
        page = web.WebSocketResponse(heartbeat=20)
        await page.prepare(request)
        self._pages.add(page)
        live = LivePage(page, self._control)
        forget = self._slack.workspace.watch(live.put)
        try:
            await live.run()
        finally:
            forget()
            self._pages.discard(page)
        return page

    async def _close_pages(self, _: web.Application) -> None:
        await self._slack.sockets.drop()
        for page in tuple(self._pages):
            await page.close(code=aiohttp.WSCloseCode.GOING_AWAY)


async def _index(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "index.html")


async def _arguments(request: web.Request) -> tuple[JSON, str | None]:
    """The call's arguments and token, from query, form or JSON.

    In JSON calls Slack takes the token from the header only.
    """
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else None
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        sent = json.loads(await request.read() or b"{}")
        if not isinstance(sent, dict):
            raise ValueError("arguments must be an object")
        args |= sent
        return args, token
    if request.method == "POST":
        args |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    for name in _JSON_FIELDS:
        if isinstance(args.get(name), str):
            args[name] = _decoded(args[name])
    return args, token or args.get("token")


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _as_object(body: bytes) -> JSON:
    try:
        value = json.loads(body)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(value, dict):
        raise SlackError("invalid_payload")
    return value
