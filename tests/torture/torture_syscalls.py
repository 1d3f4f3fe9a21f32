"""Every system call of what is saved, killed or failed by strace: nothing acknowledged is lost, nothing is torn."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ner_engine.model_files.store import clean_leftovers, verify_model
from tests.torture.operations import ACKS, EVERY, Place, fresh, prepare
from tests.torture.options import bound, number, tell
from tests.torture.soundness import faults

CALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "openat")
FAULTS = {"kill": "signal=KILL:when={}", "ENOSPC": "error=ENOSPC:when={}+", "EIO": "error=EIO:when={}"}  # fmt: skip
POINTS = number("POINTS", 10_000)
_EFFECTS = {
    "label": "SELECT count(*) FROM annotation WHERE spans <> '[]'",
    "undo": "SELECT count(*) FROM annotation WHERE spans = '[]'",
    "save": "SELECT count(*) FROM annotation WHERE finished",
    "promote": "SELECT coalesce(live_version, 0) FROM project",
}


class Server:
    """Forks a child for each operation, and holds it under strace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.trace = folder / "trace"
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.operations"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def _answer(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def does(self, what: str, call: str, fault: str) -> tuple[int, bool, int]:
        """How the child ended, whether the fault came, and how many effects were acknowledged."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"what": what, "folder": str(self.folder)}) + "\n")
        self.process.stdin.flush()
        _, pid = self._answer()
        tracer = subprocess.Popen(
            [
                "strace",
                "-f",
                *("-p", pid),
                *("-o", str(self.trace)),
                *("-e", f"trace={call}"),
                *("-e", f"inject={call}:{fault}"),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        assert "attached" in said, f"strace cannot trace a process here: {said}"
        os.kill(int(pid), signal.SIGUSR1)
        _, status = self._answer()
        tracer.communicate()
        traced = self.trace.read_text(errors="replace")
        # A killed call has no end that could be marked.
        came = "(INJECTED)" in traced or "killed by SIGKILL" in traced
        return int(status), came, (self.folder.parent / "ack").read_bytes()[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    try:
        found = subprocess.run(["strace", "-V"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        found = False
    assert found, "strace is not installed: no system call can be made to fail"
    server = Server(tmp_path)
    yield server
    server.process.kill()
    server.process.communicate()


def _effects(folder: Path, what: str) -> int:
    with closing(sqlite3.connect(folder / "nerbot.db", timeout=60)) as database:
        return int(database.execute(_EFFECTS[what]).fetchone()[0])


def _look(folder: Path, what: str, told: int) -> int:
    """What must hold after the fault; how many effects are there."""
    if what == "migrate":
        return told
    done = _effects(folder, what)
    assert told <= done <= told + 1, f"{told} acknowledged, {done} there"
    assert faults(folder / "nerbot.db") == []
    if what == "promote":
        clean_leftovers(folder / "models" / "1") if (folder / "models" / "1").exists() else None
        for model in (folder / "models").glob("1/*"):
            verify_model(model)
        assert done == 0 or (folder / "models" / "1" / str(done)).is_dir()
    return done


async def _go_on(folder: Path, what: str, done: int) -> None:
    """Whatever happened, the next process does what is left, with the same requests."""
    async with Place(folder).open() as place:
        if what == "migrate":
            await place.label(1)
            return
        again = 1 if what != "promote" else done + 1
        for each in range(again, ACKS + 1):
            await getattr(place, what)(each)
    assert _effects(folder, what) == ACKS


@pytest.mark.timeout(0)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("what", EVERY)
def test_a_fault_at_any_system_call_loses_and_tears_nothing(
    what: str, fault: str, server: Server, tmp_path: Path
) -> None:
    """POINTS at each system call, or all there are."""
    asyncio.run(prepare(what, tmp_path / "template"))
    started, points, ended = time.monotonic(), Counter[str](), Counter[int]()
    for call in CALLS:
        for point in range(1, POINTS + 1):
            fresh(tmp_path / "template", server.folder)
            status, came, told = server.does(what, call, FAULTS[fault].format(point))
            where = f"{what}, {fault} at {call} {point}: status {status}, {told} told"
            if not came:
                assert (status, told) == (0, ACKS), where
                break
            assert status in {-signal.SIGKILL, 0, 1}, where
            points[call] += 1
            ended[status] += 1
            try:
                done = _look(server.folder, what, told)
                asyncio.run(_go_on(server.folder, what, done))
                assert faults(server.folder / "nerbot.db") == []
            except BaseException as error:
                error.add_note(where)
                raise
            assert status != 1 or done == told, f"{where}: it is there, though it failed"
    every = sum(points.values())
    tell(
        f"\n{what}, {fault}: {every} points {dict(points)}, ended {dict(ended)}; "
        f"{time.monotonic() - started:.0f} s; {bound(every)}"
    )
