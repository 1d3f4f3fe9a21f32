"""HTTP mode: payloads as requests signed as Slack signs them."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import aiohttp

from bot.playground.delivery.errors import DeliveryError
from bot.playground.values import JSON, Timing


class SignedHttp:
    """Slack's side of HTTP mode: requests signed as `v0:timestamp:body`."""

    def __init__(
        self, *, timing: Timing, signing_secret: str, session: aiohttp.ClientSession
    ) -> None:
        self._timing = timing
        self._secret = signing_secret.encode()
        self._session = session

    def signed(self, body: bytes) -> dict[str, str]:
        """The two headers that prove that a body is from Slack."""
        stamp = str(int(self._timing.now()))
        digest = hmac.new(self._secret, f"v0:{stamp}:".encode() + body, hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }

    async def deliver(self, url: str, kind: str, payload: JSON, *, retry: JSON) -> JSON | None:
        """Post one payload; returns the body of the answer, if it has one."""
        content_type, body = encoded(kind, payload)
        headers = {"Content-Type": content_type, **self.signed(body), **_retry_headers(retry)}
        timeout = aiohttp.ClientTimeout(total=self._timing.ack)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return _http_ack(answer, await answer.text())
        except TimeoutError:
            raise DeliveryError("operation_timeout", f"no answer from {url} in time") from None
        except aiohttp.ClientError as error:
            raise DeliveryError("dispatch_failed", f"{url}: {error}") from error


def encoded(kind: str, payload: JSON) -> tuple[str, bytes]:
    """The content type and body of a payload: forms for what people do, JSON for events."""
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _retry_headers(retry: JSON) -> dict[str, str]:
    if not retry.get("retry_attempt"):
        return {}
    return {
        "X-Slack-Retry-Num": str(retry["retry_attempt"]),
        "X-Slack-Retry-Reason": str(retry["retry_reason"]),
    }


def _http_ack(answer: aiohttp.ClientResponse, body: str) -> JSON | None:
    if answer.status != 200:
        side = "client" if answer.status < 500 else "service"
        raise DeliveryError(f"http_{side}_error", f"the app answered {answer.status}")
    if not body:
        return None
    if answer.content_type != "application/json":
        return {"text": body}
    decoded = json.loads(body)
    return decoded if isinstance(decoded, dict) else {"text": body}
