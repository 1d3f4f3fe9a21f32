"""What a call of Slack's API can come to besides its answer: what passes, and what stays.

Whatever a person can do nothing about and may be gone in a moment passes: rate limits, servers that are down, lost
connections, time-outs, bodies that are cut off or no JSON. What Slack refuses in a word of its own stays. A word that
is not known here is tried again like what passes, and stays refused after that.
"""

import asyncio
import email.utils
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.operations.metrics import retried

LONGEST_RETRY_AFTER = 3600.0
"""Seconds: nobody is kept waiting by a longer one, but it is likelier a mistake than a wish."""

_PASSING = frozenset(
    {
        *("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"),
        *("request_timeout", "team_added_to_org", "accesslimited"),
        # words of ours for what is no answer of Slack's
        *("timeout", "truncated", "no_json"),
    }
)
_NO_MEMBER = (
    "nerbot is not a member of the channel {subject} belongs to, so I'm posting this here instead. "
    "To see the next one there, type /invite @nerbot in that channel."
)
_NO_PLACE = {
    "not_in_channel": _NO_MEMBER,
    "channel_not_found": _NO_MEMBER,
    "is_archived": "The channel {subject} belongs to was archived, so I'm posting this here instead.",
    "restricted_action": "nerbot isn't allowed to post in the channel of {subject}, so I'm posting this here instead.",
    "message_not_found": "The message that followed {subject} was deleted, so I'm posting this here instead.",
    "cant_update_message": "The message that followed {subject} cannot be edited, so I'm posting this here instead.",
    "edit_window_closed": (
        "The message that followed {subject} can no longer be edited, so I'm posting this here instead."
    ),
}
"""Refusals of a place that have a sentence of their own."""
_NO_OTHER_PLACE = (
    "Slack does not let nerbot post in the channel {subject} belongs to ({code}), "
    "so I'm posting this here instead."
)
_NOT_LET_IN = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *("missing_scope", "not_allowed_token_type", "team_not_found", "org_login_required"),
    }
)
"""It is our token: no other place would do better."""
_REVOKED = frozenset({"account_inactive", "invalid_auth", "token_revoked"})
_NOT_TAKEN = frozenset(
    {
        *(
            "msg_too_long",
            "msg_blocks_too_long",
            "no_text",
            "invalid_blocks",
            "invalid_blocks_format",
        ),
        *("invalid_arguments", "invalid_metadata_format", "too_many_attachments", "view_too_large"),
        *("push_limit_reached", "hash_conflict"),
    }
)
"""It is what was sent: no other place would take it."""
_TRIGGERS = frozenset(
    {
        *("trigger_expired", "trigger_exchanged", "exchanged_trigger_id", "expired_trigger_id"),
        *("invalid_trigger", "invalid_trigger_id"),
    }
)
_USED_UP = frozenset({"expired_url", "used_url", "no_such_url", "refused"})
"""A response_url takes nothing any more."""
_KNOWN_PLACES = frozenset(
    {
        *(
            "user_not_found",
            "cannot_dm_bot",
            "messages_tab_disabled",
            "user_disabled",
            "no_permission",
        ),
        *(
            "external_channel_migrating",
            "team_access_not_granted",
            "access_denied",
            "ekm_access_denied",
        ),
        *("restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
        *("restricted_action_non_threadable_channel", "cant_broadcast_message", "is_inactive"),
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call was not answered: Slack's own word, or what happened on the way."""

    code: str
    after: float | None = None
    """Seconds Slack asks to wait."""

    @property
    def passes(self) -> bool:
        """Asking again may help, however often it did not. What is not known passes at first: see `stays`."""
        return self.code in _PASSING or self.code.startswith("http_") or self.code[:1].isupper()

    @property
    def stays(self) -> bool:
        """Asking again is known to get the same answer."""
        places = {*_NO_PLACE, *_KNOWN_PLACES, *_USED_UP}
        return self.code in {*places, *_NOT_LET_IN, *_NOT_TAKEN, *_TRIGGERS}

    @property
    def is_about_our_token(self) -> bool:
        """The token holds no longer, and will not again."""
        return self.code in _REVOKED

    @property
    def is_about_the_place(self) -> bool:
        """Another place may do."""
        return not self.passes and self.code not in _NOT_LET_IN | _NOT_TAKEN | _TRIGGERS

    @property
    def is_about_what_was_sent(self) -> bool:
        """No place takes it as it is."""
        return self.code in _NOT_TAKEN

    @property
    def is_about_the_trigger(self) -> bool:
        """What opens a modal is spent, or older than three seconds."""
        return self.code in _TRIGGERS


def fault_of(error: BaseException) -> Fault:
    """What an error of a call means."""
    response = getattr(error, "response", None)
    if isinstance(error, SlackApiError):
        return _of_answer(response)
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return Fault("timeout")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Fault("truncated")
    return Fault(type(error).__name__)


def _of_answer(response: object) -> Fault:
    status, headers = status_of(response), headers_of(response)
    after = retry_after(headers)
    if status == 429:
        return Fault("ratelimited", after=after)
    if status >= 500:
        return Fault(f"http_{status}", after=after)
    data = response.data if isinstance(response, AsyncSlackResponse) else None
    code = data.get("error") if isinstance(data, Mapping) else None
    if not isinstance(code, str):
        return Fault("no_json")
    return Fault(code, after=after)


def reason_for(code: str, subject: str) -> str:
    """Why a message is not where it was to be, for the person who gets it instead."""
    return _NO_PLACE.get(code, _NO_OTHER_PLACE).format(subject=subject, code=code)


def status_of(response: object) -> int:
    """The HTTP status of an answer, as slack_sdk or aiohttp holds it."""
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return status if isinstance(status, int) else 0


def headers_of(response: object) -> Mapping[str, str]:
    """The headers of an answer."""
    headers = getattr(response, "headers", None)
    return headers if isinstance(headers, Mapping) else {}


def retry_after(headers: Mapping[str, Any], *, now: datetime | None = None) -> float | None:
    """The seconds of a Retry-After header: a number, a fraction or a date; None where it says neither."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    if isinstance(found, list):  # the SDK keeps some headers as lists
        found = found[0] if found else None
    if found is None:
        return None
    try:
        seconds = float(found)
    except ValueError:
        try:
            at = email.utils.parsedate_to_datetime(found)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if seconds == seconds else None  # noqa: PLR0124 - NaN


class PassingFaults(AsyncRetryHandler):
    """Tries a call again at once, a few times, where its fault may pass before whoever waits has gone."""

    def __init__(self, max_retry_count: int = 2, *, longest: float = 2.0) -> None:
        super().__init__(max_retry_count)
        self._longest = longest

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - slack_sdk's signature
        request: HttpRequest,  # noqa: ARG002 - as above
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        fault = _seen(response, error)
        return fault is not None and fault.passes and (fault.after or 0.0) <= self._longest

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,  # noqa: ARG002 - slack_sdk's signature
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait as long as Slack asks, or a moment."""
        fault = _seen(response, error)
        wait = (
            fault.after
            if fault is not None and fault.after is not None
            else 0.3 * 2**state.current_attempt
        )
        retried(fault.code if fault is not None else "other")
        state.next_attempt_requested = True
        await asyncio.sleep(wait)
        state.increment_current_attempt()


def _seen(response: HttpResponse | None, error: Exception | None) -> Fault | None:
    """The fault of a try; None where it was answered."""
    if error is not None:
        return fault_of(error)
    if response is None:
        return None
    if response.status_code == 429 or response.status_code >= 500:
        code = "ratelimited" if response.status_code == 429 else f"http_{response.status_code}"
        return Fault(code, after=retry_after(response.headers))
    body = response.body
    if not isinstance(body, Mapping):
        return None if response.data else Fault("no_json")
    word = body.get("error")
    return Fault(str(word)) if body.get("ok") is False and word in _PASSING else None
