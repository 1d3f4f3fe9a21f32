"""Signatures by which a receiver knows that a notification is ours: those of standardwebhooks.com."""

import base64
import json
import secrets
from datetime import datetime, timedelta

from bot.errors import SettingsError
from bot.webhooks.values import Notification, Webhook

SECRET_BYTES = 32
_MISSING = "webhooks need one more package: pip install 'nerbot[webhooks]'"
BOTH_VALID = timedelta(days=1)
"""How long notifications carry the signatures of both secrets after a change."""


def new_secret() -> str:
    """A secret as receivers' libraries take it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed(webhook: Webhook, sent: Notification, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body of a notification and its headers; a signature holds for five minutes from `now`."""
    body = json.dumps(sent.to_json(), ensure_ascii=False, separators=(",", ":"))
    valid = [webhook.secret]
    before, rotated = webhook.secret_before, webhook.rotated_at
    if before is not None and rotated is not None and now - rotated < BOTH_VALID:
        valid.append(before)
    signatures = [_sign(secret, sent.id, now, body) for secret in valid]
    return body.encode(), {
        "Content-Type": "application/json",
        "User-Agent": "nerbot",
        "webhook-id": sent.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def check_library() -> None:
    """Raise SettingsError, which says how it is installed, where signatures cannot be made."""
    try:
        import standardwebhooks  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(_MISSING) from error


def _sign(secret: str, number: str, now: datetime, body: str) -> str:
    check_library()
    from standardwebhooks.webhooks import Webhook as Signer  # noqa: PLC0415 - an extra

    return Signer(secret).sign(number, now, body)
