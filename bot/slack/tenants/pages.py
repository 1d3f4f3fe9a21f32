"""The page where a workspace installs nerbot, and the one Slack sends people back to."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.errors import NerbotError
from bot.operations.allowance import Allowance
from bot.operations.logs import log_failure
from bot.slack.tenants.page_views import STYLE_HASH, busy_page

TIMES_PER_MINUTE = 120
"""Each visit of the first page is a row: nobody fills the database with them."""
MAX_QUERY = 4096
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; img-src data:; style-src '{STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FAILED = "nerbot could not be installed just now. Please open the page again in a minute."

log = logging.getLogger(__name__)

Handle = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class InstallPages:
    """Bolt's own OAuth flow at two paths; whatever happens, whoever asked is answered."""

    def __init__(self, flow: AsyncOAuthFlow, *, times: int = TIMES_PER_MINUTE) -> None:
        self._flow = flow
        self._allowance = Allowance(times=times)

    def routes(self) -> list[web.RouteDef]:
        """The HTTP routes."""
        return [
            web.get(self._flow.install_path, self._install, allow_head=False),
            web.get(self._flow.redirect_uri_path, self._come_back, allow_head=False),
        ]

    async def _install(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._flow.handle_installation)

    async def _come_back(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._flow.handle_callback)

    async def _answer(self, request: web.Request, handle: Handle) -> web.Response:
        if len(request.query_string) > MAX_QUERY:
            return web.Response(status=414, text="too long", headers=_HEADERS)
        try:
            await self._allowance.take("", request.path)
            response = await to_aiohttp_response(await handle(await to_bolt_request(request)))
        except NerbotError as error:
            log.warning("the page to install nerbot: %s", type(error).__name__)
            response = _refusal(429)
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, whoever asked is answered
            log_failure(log, "the page to install nerbot failed", error)
            response = _refusal(503)
        response.headers.update(_HEADERS)
        return response


def _refusal(status: int) -> web.Response:
    return web.Response(status=status, text=busy_page(_FAILED), content_type="text/html")
