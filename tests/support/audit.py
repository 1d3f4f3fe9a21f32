"""What the suite may do to the machine it runs on: nothing outside its own folders, and no word to another machine.

An audit hook sees every file that Python opens to write, every connection and every process, also those of libraries.
Python processes that the tests start have it, too, by `hooked/sitecustomize.py`, and write down what they did; programs
that are not Python are not looked into.
"""

import ipaddress
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_OURS = (".pytest_cache", ".hypothesis", ".mypy_cache", "htmlcov", ".coverage")
_PLACES = (tempfile.gettempdir(), "/dev", "/proc/self", *(str(ROOT / name) for name in _OURS))
_WRITABLE = tuple(os.path.realpath(place) for place in _PLACES)
_PROGRAMS = frozenset(
    {
        "python",
        "chromium",
        "node",
        "git",
        "sh",
        "strace",
        "ps",
        "uname",
        "initdb",
        "pg_ctl",
        "postgres",
        "psql",
        "cp",
        "fc-list",
        "file",
        "mount",
        "umount",
        "hadolint",
        "systemd-analyze",
        "pgbouncer",
    }
)
"""What tests start besides Python itself: the browser and its driver, PostgreSQL and its pooler, tools that look at
processes, a small disk to fill, by what a picture's library finds fonts, what checks files of deploy/, and
by what croniter asks how many bits Python has."""

REPORT = "AUDIT_REPORT"
"""Names the file that started processes write to; a name that the bot hands on to its engine."""
_HOOKED = Path(__file__).parent / "hooked"


class Breaches(list[str]):
    """What was done that may not be; also a line of the report, where this is a started process."""

    report: str | None = None

    def append(self, what: str) -> None:
        super().append(what)
        if self.report is not None:
            handle = os.open(self.report, os.O_WRONLY | os.O_APPEND)
            os.write(handle, f"{what}, by {' '.join(sys.orig_argv)}\n".encode())
            os.close(handle)


breaches = Breaches()


def install() -> None:
    """Look at everything from now on."""
    sys.addaudithook(_look)


def watch_children() -> None:
    """Processes that are started from now on look, too."""
    handle, os.environ[REPORT] = tempfile.mkstemp(prefix="nerbot-audit-")
    os.close(handle)
    there = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_HOOKED), there)))


def of_children() -> list[str]:
    """What started processes did that may not be, since this was asked last."""
    report = Path(os.environ[REPORT])
    found = report.read_text("utf-8").splitlines()
    if found:
        report.write_text("", "utf-8")
    return found


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments
        if (
            isinstance(path, str | bytes)
            and _writes(mode, flags)
            and not _may_write(os.fsdecode(path))
        ):
            breaches.append(f"wrote {os.fsdecode(path)}")
    elif event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(str(address[0])):
            breaches.append(f"connected to {address[0]}")
    elif event == "subprocess.Popen":
        program = Path(os.fsdecode(arguments[0])).name.rstrip("0123456789.")
        if program not in _PROGRAMS:
            breaches.append(f"started {program}")


def _writes(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return bool(set(mode) & set("wax+"))
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _may_write(path: str) -> bool:
    if "__pycache__" in path:
        return True
    return os.path.realpath(path).startswith(_WRITABLE)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
