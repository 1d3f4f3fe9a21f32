"""Bolt's OAuth flow with pages of our own."""

from collections.abc import Awaitable, Callable

from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation

from bot.slack.tenants.page_views import failed_page, install_page, installed_page


class InstallFlow(AsyncOAuthFlow):
    """The flow; what it checks and keeps is Bolt's."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002 - Bolt's
        """What is shown first."""
        return install_page(url)


def callbacks(installed: Callable[[Installation], Awaitable[object]]) -> AsyncCallbackOptions:
    """What is shown at the end; `installed` hears of each installation before whoever made it reads of it."""

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        new = args.installation
        await installed(new)
        opens, in_browser = _addresses(new)
        name = new.enterprise_name if new.is_enterprise_install else new.team_name
        return _answer(200, installed_page(name, opens, in_browser), args.settings)

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        page = failed_page(args.reason, args.settings.install_path)
        return _answer(args.suggested_status_code, page, args.settings)

    return AsyncCallbackOptions(success=success, failure=failure)


def _addresses(new: Installation) -> tuple[str, str]:
    """Where Slack opens as an app, and where in the browser."""
    if new.is_enterprise_install or new.team_id is None:
        return "slack://open", new.enterprise_url or "https://app.slack.com/client"
    return (
        f"slack://app?team={new.team_id}&id={new.app_id}",
        f"https://app.slack.com/client/{new.team_id}",
    )


def _answer(status: int, page: str, settings: AsyncOAuthSettings) -> BoltResponse:
    """The page, which takes the cookie of the installation away."""
    return BoltResponse(
        status=status,
        body=page,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Set-Cookie": settings.state_utils.build_set_cookie_for_deletion(),
        },
    )
