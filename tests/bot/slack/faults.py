"""The kinds of fault that pass, as the Slack simulator plays them."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

FAULTS: dict[str, dict[str, Any]] = {
    "a rate limit": {"headers": {"Retry-After": "2"}},
    "a rate limit that does not say how long": {"headers": {}},
    "a rate limit of a second and a half": {"headers": {"Retry-After": "1.5"}},
    "a rate limit until a date": {
        "headers": {"Retry-After": format_datetime(datetime.now(UTC), usegmt=True)}
    },
    "500": {"status": 500},
    "502": {"status": 502},
    "503": {"status": 503},
    "504": {"status": 504},
    "Slack's own word for it": {"error": "internal_error"},
    "a page": {"broken": "page"},
    "half an answer": {"broken": "half"},
    "a body that is cut off": {"broken": "cut"},
    "a connection that is reset": {"broken": "reset"},
    "no answer": {"broken": "silent"},
}
