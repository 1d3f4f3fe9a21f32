"""The log: what happened, without what anybody wrote. No text, no token and no address reaches it at any level.

Our own messages are made of names, numbers and ids; a library's may hold anything, so of those only their place in
the code is shown, and of an exception its type and its frames.
"""

import asyncio
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from traceback import extract_tb
from types import TracebackType
from typing import Any, TextIO

from bot.errors import EngineUnavailable, StoreUnavailable

OURS = ("bot", "ner_engine")
_SHORTEST_SECRET = 6
_MESSAGE = 1_000
"""Characters of a message."""
_CHAIN = 8
"""Exceptions of a chain, and frames of each."""
_MASKS = (
    (re.compile(r"\b(xox[a-z]|xapp|xwfp)-[\w.-]*"), r"\1-…"),
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,30}://)[^\s\"'<>]*"), r"\1…"),
    (re.compile(r"\bv0=[0-9a-f]*"), "v0=…"),
)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")

log = logging.getLogger(__name__)


def log_to(stream: TextIO, level: str, *, secrets: Iterable[str] = ()) -> None:
    """Write the log to a stream from a level on; libraries only what is a warning or worse."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter(secrets))
    handler.addFilter(is_worth_a_line)
    quiet = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    logging.basicConfig(level=quiet, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed
    sys.unraisablehook = lambda said: _crashed(None, said.exc_value, said.exc_traceback)
    threading.excepthook = lambda said: _crashed(None, said.exc_value, said.exc_traceback)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """A library's messages below a warning tell of payloads, whatever level its loggers have."""
    return _is_ours(record.name) or record.levelno >= logging.WARNING


def log_failure(to: logging.Logger, what: str, error: BaseException) -> None:
    """That something failed: one line for a condition we know, with the frames for one we do not."""
    if isinstance(error, StoreUnavailable | EngineUnavailable):
        to.error("%s: %s", what, error)
    else:
        to.error("%s: %s", what, type(error).__name__, exc_info=error)


class SafeFormatter(logging.Formatter):
    """A line for each record, and frames for an exception, none of which quotes a value."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = sorted(
            {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True
        )

    def format(self, record: logging.LogRecord) -> str:
        """One line, and one more for each exception and frame."""
        safe = logging.makeLogRecord(record.__dict__)
        safe.msg, safe.args = self._message(record), None
        safe.exc_info, safe.exc_text, safe.stack_info = None, None, None
        lines = [super().format(safe)]
        if record.exc_info and record.exc_info[1] is not None:
            lines += _frames(record.exc_info[1])
        return self._masked("\n".join(lines))

    def _message(self, record: logging.LogRecord) -> str:
        if not _is_ours(record.name):
            error = record.exc_info[1] if record.exc_info else None
            kind = f" ({type(error).__name__})" if error is not None else ""
            return f"{record.filename}:{record.lineno} in {record.funcName}{kind}"
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = f"{record.filename}:{record.lineno}"
        shown = "".join(c if c.isprintable() else " " for c in self._masked(message))
        return shown if len(shown) <= _MESSAGE else f"{shown[:_MESSAGE]}…"

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        for pattern, shown in _MASKS:
            text = pattern.sub(shown, text)
        return text


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OURS


def _frames(error: BaseException) -> Iterator[str]:
    """The types of an exception and of its causes, and where each was raised; the texts of exceptions quote values."""
    seen: BaseException | None = error
    for _ in range(_CHAIN):
        if seen is None:
            return
        yield f"  {type(seen).__module__}.{type(seen).__qualname__}{_code_of(seen)}"
        frames = extract_tb(seen.__traceback__)[-_CHAIN:]
        yield from (f"    {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _code_of(error: BaseException) -> str:
    """What an exception says in a word of a list: Slack's code, the database's, the system's."""
    response = getattr(error, "response", None)
    said: list[Any] = [getattr(error, name, None) for name in ("sqlstate", "sqlite_errorname")]
    if isinstance(getattr(response, "data", None), dict):
        said.append(response.data.get("error"))  # type: ignore[union-attr]
    known = [word for word in said if isinstance(word, str) and _CODE.fullmatch(word.lower())]
    if isinstance(error, OSError) and error.errno is not None:
        known.append(f"errno {error.errno}")
    return f" ({', '.join(known)})" if known else ""


def _crashed(
    kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
) -> None:
    """What nobody caught, said as safely as the rest."""
    del kind, trace
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError) or error is None:
        return
    log.critical("nobody caught %s", type(error).__name__, exc_info=error)
