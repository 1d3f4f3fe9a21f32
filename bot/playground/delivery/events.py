"""Events: their envelope, and Slack's three retries."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine

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


class EventSender:
    """Sends events in the background, and waits for none of them before the next."""

    def __init__(self, send: Callable[[JSON, str], Coroutine[None, None, bool]]) -> None:
        self._send = send
        self._under_way: set[asyncio.Task[bool]] = set()
        self._count = 0
        self.twice = 0
        """How many of the next events are delivered twice, with one event_id, as Slack does now and then."""

    def new_id(self, ts: str) -> str:
        """The id of an event."""
        self._count += 1
        return f"Ev{ts.replace('.', '')}{self._count}"

    def put(self, event: JSON, ts: str) -> None:
        """Send an event soon."""
        event_id = self.new_id(ts)
        times = 2 if self.twice else 1
        self.twice = max(0, self.twice - 1)
        for _ in range(times):
            task = asyncio.get_running_loop().create_task(self._send(event, event_id))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Send no more."""
        for task in tuple(self._under_way):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
