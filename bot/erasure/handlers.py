"""The events by which Slack says that nerbot was taken out."""

from collections.abc import Awaitable, Callable, Sequence

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.erasure.departing import Departing
from bot.jobs.background import Background
from bot.slack.payloads import Payload

OrganizationLeft = Callable[[str], Awaitable[Sequence[str]]]
"""Forgets the token of an organization: the workspaces that used it."""


def register(
    app: AsyncApp,
    departing: Departing,
    background: Background,
    organization_left: OrganizationLeft,
) -> None:
    """Listen to both. Tokens of people, which nerbot does not use, are no reason to stop.

    Both are acknowledged first: what stops is the connection they came by.
    """

    async def leave(body: Payload, context: AsyncBoltContext) -> None:
        if context.is_enterprise_install and context.enterprise_id:
            for workspace in await organization_left(context.enterprise_id):
                await departing.leave(workspace)
        else:
            await departing.leave(_workspace(body))

    async def uninstalled(body: Payload, context: AsyncBoltContext) -> None:
        background.start(leave(body, context), name="nerbot was taken out")

    async def revoked(body: Payload, context: AsyncBoltContext) -> None:
        if body.get("event", {}).get("tokens", {}).get("bot"):
            background.start(leave(body, context), name="a token was revoked")

    app.event("app_uninstalled")(uninstalled)
    app.event("tokens_revoked")(revoked)


def _workspace(body: Payload) -> str:
    return str(body.get("team_id") or "")
