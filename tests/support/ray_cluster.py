"""A Ray cluster of one node, from an environment of its own: see requirements-ray.txt. `make scale` builds it.

Bots and nodes run this checkout with the packages of the tests; Ray is added to both by PYTHONPATH.
"""

import asyncio
import os
import socket
import sys
import sysconfig
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.patience import patient

SITE = Path(
    os.environ.get("RAY_SITE")
    or Path(sys.prefix).parent
    / ".venv-ray"
    / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
)
"""Where Ray is; RAY_SITE is another place."""
needs_ray = pytest.mark.skipif(
    not (SITE / "ray").exists(), reason="make scale builds the environment of Ray"
)
_START = (
    *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
    *("--node-ip-address", "127.0.0.1", "--num-cpus", "2", "--object-store-memory", "80000000"),
    *("--include-dashboard", "false", "--disable-usage-stats"),
)


def python_path() -> str:
    """PYTHONPATH by which a process finds this checkout and Ray."""
    return os.pathsep.join((str(Path.cwd()), str(SITE)))


@asynccontextmanager
async def ray_cluster(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Start a node whose processes have this environment; its address. Ray's sockets need a short `folder`."""
    address = f"127.0.0.1:{_free_port()}"
    clean = {name: text for name, text in os.environ.items() if not name.startswith("NERBOT_")}
    log = folder / "ray.log"
    with log.open("wb") as told:
        process = await asyncio.create_subprocess_exec(
            *_START,
            *("--port", address.rpartition(":")[2], "--temp-dir", str(folder)),
            env={**clean, "PYTHONPATH": python_path(), "NERBOT_ENV_FILE": "", **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=told,
            stderr=told,
        )
    try:
        async with asyncio.timeout(patient(60)):
            while b"Ray runtime started" not in log.read_bytes():
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.2)
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(patient(30)):
            await process.wait()


def _free_port() -> int:
    """One beside those that Ray gives its workers (10002 to 19999)."""
    for port in range(26379, 27379):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")
