"""What is typed to set a webhook up."""

from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.webhooks.values import SENT, NotificationKind

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_CHARACTERS = 2_000


def read_url(url: str) -> str:
    """An address that notifications can go to: https, or http on this machine. Raises SettingsError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_http = parts.scheme in {"http", "https"}
    if not host or not is_http or parts.username or len(url) > _MOST_CHARACTERS:
        raise SettingsError(f"{url[:60]} is not a URL such as https://example.com/hook")
    if parts.scheme == "http" and host not in _LOCAL:
        raise SettingsError("what is labelled does not go over http to another machine: use https")
    return url


def read_kinds(typed: str) -> frozenset[NotificationKind]:
    """Kinds of notification with commas between them; all where none is named. Raises SettingsError."""
    names = [name.strip() for name in typed.split(",") if name.strip()]
    unknown = sorted({*names} - {kind.value for kind in SENT})
    if unknown:
        raise SettingsError(f"there is no notification {unknown[0]}; there are: {', '.join(SENT)}")
    return frozenset(map(NotificationKind, names)) or frozenset(SENT)
