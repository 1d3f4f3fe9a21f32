"""What a database means that does not do as asked, in words for people: no address, no statement, no value."""

import errno
import ssl

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_BUSY = "the database is busy"
_GONE = "the database cannot be reached"
_FULL = "the disk is full"
_NO_FILE = "the database's file cannot be opened"
_UNWRITABLE = "the database's file cannot be read or written"
_UNKNOWN = "the database refused it"
_STATES = {
    "08": _GONE,
    "28": "the database refuses the user name or the password",
    "3D": "there is no database of this name",
    "40": _BUSY,
    "42501": "the database's user is not allowed to do that",
    "53100": _FULL,
    "53": "the database is overloaded",
    "55P03": _BUSY,
    "57": "the database is being stopped or started",
    "58": _UNWRITABLE,
    "XX": "the database is damaged",
}
"""PostgreSQL's SQLSTATE codes, whole or by class."""
_FILES = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _UNWRITABLE,
    "SQLITE_READONLY": "the database's file cannot be written",
    "SQLITE_CANTOPEN": _NO_FILE,
    "SQLITE_PERM": _NO_FILE,
    "SQLITE_CORRUPT": "the database's file is damaged",
    "SQLITE_NOTADB": "the database's file is damaged or is not a database",
    "SQLITE_INTERRUPT": _BUSY,
}
"""SQLite's error names, whole or by what they begin with."""
_GONE_TYPES = ("ConnectionDoesNotExistError", "InterfaceError", "ConnectionFailureError")


def words_for(error: BaseException) -> str:
    """What happened, from the innermost error that says."""
    for cause in _causes(error):
        if isinstance(cause, PoolTimeout):
            return _BUSY
        if isinstance(cause, ssl.SSLError):
            return "the connection to the database cannot be encrypted as asked"
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            return _STATES.get(state) or _STATES.get(state[:2]) or f"{_UNKNOWN} ({state})"
        name = getattr(cause, "sqlite_errorname", None)
        if isinstance(name, str):
            known = (words for begins, words in _FILES.items() if name.startswith(begins))
            return next(known, f"{_UNKNOWN} ({name})")
    return _of_the_system(error)


def _of_the_system(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, TimeoutError):
            return "the database does not answer"
        if isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT}:
            return _FULL
        if isinstance(cause, PermissionError | FileNotFoundError | NotADirectoryError):
            return _NO_FILE
        if isinstance(cause, OSError) and not isinstance(cause, ConnectionError):
            return _GONE if _is_address(cause) else _UNWRITABLE
        if isinstance(cause, ConnectionError) or type(cause).__name__ in _GONE_TYPES:
            return _GONE
    return _UNKNOWN


def _is_address(error: OSError) -> bool:
    """A host that is not known, a network that is down, or several addresses of which none answers."""
    network = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
    return error.errno is None or error.errno < 0 or error.errno in network


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    seen: BaseException | None = error
    while seen is not None and seen not in found:
        found.append(seen)
        inner = seen.orig if isinstance(seen, DBAPIError) else None
        seen = inner or seen.__cause__
    return found
