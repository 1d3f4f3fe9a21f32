"""Which keys an object can have."""

from bot.errors import ObjectsUnavailable


def checked(key: str) -> str:
    """The key, if it leads nowhere but into the store."""
    parts = key.split("/")
    if not key.isprintable() or "\\" in key or any(part in {"", ".", ".."} for part in parts):
        raise ObjectsUnavailable(f"An object cannot have the key {key!r}.")
    return key
