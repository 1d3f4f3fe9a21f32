"""The audit hook over the suite sees what no test may do."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import audit


def test_a_file_outside_the_tests_folders_is_seen() -> None:
    nowhere = Path("/nowhere/at/all")
    with pytest.raises(OSError, match="No such file"):
        nowhere.write_text("x", encoding="utf-8")
    assert audit.breaches == ["wrote /nowhere/at/all"]
    audit.breaches.clear()


def test_a_connection_to_another_machine_is_seen() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.connect(("192.0.2.1", 9))  # a datagram socket sends nothing by that
    assert audit.breaches == ["connected to 192.0.2.1"]
    audit.breaches.clear()


def test_a_program_that_is_none_of_ours_is_seen() -> None:
    with pytest.raises(FileNotFoundError):
        subprocess.run(["/nowhere/curl"], check=False)
    assert audit.breaches == ["started curl"]
    audit.breaches.clear()


def test_what_tests_do_is_no_breach(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    subprocess.run([sys.executable, "-c", ""], check=True)
    assert audit.breaches == []


def test_what_a_started_process_does_is_seen() -> None:
    """Also what it does in a process that it starts."""
    breach = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    started = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {breach!r}])"
    subprocess.run([sys.executable, "-c", started], check=True)
    [found] = audit.of_children()
    assert found.startswith("connected to 192.0.2.1, by ")
