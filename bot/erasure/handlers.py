"""The events by which Slack says that nerbot was taken out."""

from slack_bolt.async_app import AsyncApp

from bot.erasure.departing import Departing
from bot.jobs.background import Background
from bot.slack.payloads import Payload


def register(app: AsyncApp, departing: Departing, background: Background) -> None:
    """Listen to both. Tokens of people, which nerbot does not use, are no reason to stop.

    Both are acknowledged first: what stops is the connection they came by.
    """

    async def uninstalled(body: Payload) -> None:
        background.start(departing.leave(_workspace(body)), name="nerbot was taken out")

    async def revoked(body: Payload) -> None:
        if body.get("event", {}).get("tokens", {}).get("bot"):
            background.start(departing.leave(_workspace(body)), name="a token was revoked")

    app.event("app_uninstalled")(uninstalled)
    app.event("tokens_revoked")(revoked)


def _workspace(body: Payload) -> str:
    return str(body.get("team_id") or "")
