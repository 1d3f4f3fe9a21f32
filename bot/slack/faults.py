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

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

LONGEST_RETRY_AFTER = 3600.0
"""Seconds: nobody is kept waiting by a longer one, but it is likelier a mistake than a wish."""

_PASSING = frozenset(
    {
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
        "team_added_to_org", "org_login_required", "accesslimited",
    }
)  # fmt: skip
_REFUSED = frozenset(
    {
        # there is no such place, or not for us
        "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel", "user_not_found",
        "cannot_dm_bot", "messages_tab_disabled", "user_disabled", "external_channel_migrating", "no_permission",
        "team_access_not_granted", "access_denied", "ekm_access_denied", "slack_connect_canvas_sharing_blocked",
        # the message cannot be edited
        "message_not_found", "cant_update_message", "edit_window_closed", "cant_broadcast_message", "is_inactive",
        # we are not let in
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
        "not_allowed_token_type", "team_not_found",
        # what was sent cannot be taken
        "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_blocks", "invalid_blocks_format",
        "invalid_arguments", "invalid_metadata_format", "too_many_attachments", "markdown_text_conflict",
        "view_too_large", "trigger_expired", "trigger_exchanged", "exchanged_trigger_id", "expired_trigger_id",
        "invalid_trigger", "invalid_trigger_id", "push_limit_reached", "duplicate_external_id", "hash_conflict",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call was not answered: Slack's own word, or what happened on the way."""

    code: str
    stays: bool = False
    """Asking again would get the same answer."""
    after: float | None = None
    """Seconds Slack asks to wait."""


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
    return Fault(code, stays=code in _REFUSED, after=after)


def is_known_to_pass(code: str) -> bool:
    """Whether a word of Slack's says that asking again may help."""
    return (
        code in _PASSING or code in {"timeout", "truncated", "no_json"} or code.startswith("http_")
    )


def status_of(response: object) -> int:
    """The HTTP status of an answer, as slack_sdk or aiohttp holds it."""
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return status if isinstance(status, int) else 0


def headers_of(response: object) -> Mapping[str, str]:
    """The headers of an answer."""
    headers = getattr(response, "headers", None)
    return headers if isinstance(headers, Mapping) else {}


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
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
