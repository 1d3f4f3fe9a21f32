"""Events: their envelope, and Slack's three retries."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.playground.delivery.errors import DeliveryError
from bot.playground.values import JSON, Identity, Timing


def event_callback(
    event: JSON, *, identity: Identity, event_id: str, now: float, team: str | None = None
) -> JSON:
    """The payload of an event; `event_id` stays the same over all retries. `team` is that of a guest who caused it."""
    return {
        "token": "deprecated",
        "team_id": team or identity.team_id,
        "context_team_id": identity.team_id,
        "is_ext_shared_channel": team is not None,
        "api_app_id": identity.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [
            {"team_id": identity.team_id, "user_id": identity.bot_user_id, "is_bot": True}
        ],
    }


async def deliver_event(
    payload: JSON,
    *,
    deliver: Callable[[str, JSON, JSON], Awaitable[JSON | None]],
    timing: Timing,
    on_problem: Callable[[str, str], None],
) -> bool:
    """Deliver until the app acknowledges or Slack gives up: retried at once, after 1 and 5 minutes."""
    retry: JSON = {"retry_attempt": 0, "retry_reason": ""}
    for wait in (None, *timing.event_retries):
        if wait is not None:
            await asyncio.sleep(wait)
        try:
            await deliver("events_api", payload, retry)
        except DeliveryError as failure:
            reason = "timeout" if failure.error == "operation_timeout" else failure.error
            retry = {"retry_attempt": retry["retry_attempt"] + 1, "retry_reason": reason}
            on_problem(failure.error, f"event {payload['event'].get('type')}: {failure.detail}")
        else:
            return True
    return False
