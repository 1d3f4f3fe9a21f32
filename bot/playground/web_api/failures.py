"""Failures that a test asks for: rate limits, server errors, Slack's errors."""

from dataclasses import dataclass

from bot.playground.values import JSON


@dataclass(slots=True)
class Failure:
    """What the next calls of a method get instead of an answer."""

    status: int
    headers: dict[str, str]
    body: JSON
    left: int


class Failures:
    """The failures still to be answered, by method; "*" means every method."""

    def __init__(self) -> None:
        self._pending: dict[str, list[Failure]] = {}

    def add(
        self,
        method: str,
        *,
        status: int,
        headers: dict[str, str] | None,
        times: int,
        error: str | None,
    ) -> None:
        """Let the next `times` calls of `method` fail."""
        limited = status == 429
        code = error or ("ratelimited" if limited else "internal_error")
        sent = headers if headers is not None else ({"Retry-After": "1"} if limited else {})
        status = 200 if error else status
        failure = Failure(status, sent, {"ok": False, "error": code}, times)
        self._pending.setdefault(method, []).append(failure)

    def take(self, method: str) -> Failure | None:
        """The failure this call gets, if any is due."""
        for name in (method, "*"):
            pending = self._pending.get(name, [])
            if pending:
                pending[0].left -= 1
                return pending.pop(0) if pending[0].left <= 0 else pending[0]
        return None
