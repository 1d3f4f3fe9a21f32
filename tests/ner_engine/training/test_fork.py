"""A generator in a copy of the process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, islice

import psutil
import pytest

from ner_engine.training.fork import CAN_FORK, forked
from tests.support.patience import patient

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="only Linux makes copies")


def test_values_come_from_another_process_in_their_order() -> None:
    with forked(lambda: iter([os.getpid(), 2, 3])) as fork:
        first, *others = fork.rest()
    assert first != os.getpid()
    assert others == [2, 3]


def test_ready_waits_for_no_value() -> None:
    def slow() -> Iterator[int]:
        yield 1
        time.sleep(600)
        yield 2

    with forked(slow) as fork:
        found = list[int]()
        while not found:
            found += fork.ready()
        assert list(fork.ready()) == []
    assert found == [1]


def test_values_end_where_the_generator_fails_and_its_words_are_not_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("Zyxwquirk takes Qvorblat")

    with forked(failing) as fork:
        assert list(fork.rest()) == [1]
        assert list(fork.ready()) == []
    assert capfd.readouterr() == ("", "")


def test_values_end_where_the_copy_is_killed() -> None:
    def killed() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)
        yield 2

    with forked(killed) as fork:
        assert list(fork.rest()) == [1]


def test_a_copy_is_gone_when_the_block_is_left() -> None:
    with forked(lambda: (os.getpid() for _ in count())) as fork:
        copy = next(fork.rest())
        assert psutil.pid_exists(copy)
    assert not psutil.pid_exists(copy)


def test_a_copy_goes_on_when_it_is_interrupted_from_the_keyboard() -> None:
    """Ctrl-C reaches both processes, and it is the first one that says what becomes of the other."""
    with forked(lambda: (os.getpid() for _ in count())) as fork:
        values = fork.rest()
        os.kill(next(values), signal.SIGINT)
        assert len(list(islice(values, 50_000))) == 50_000, "more than were under way"


def test_a_copy_is_gone_soon_after_the_process_is_killed() -> None:
    code = (
        "import os; from itertools import count; from ner_engine.training.fork import forked\n"
        "with forked(lambda: (os.getpid() for _ in count())) as fork:\n"
        "    for pid in fork.rest(): print(pid, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        copy = psutil.Process(int(first.stdout.readline()))
        first.kill()
        copy.wait(patient(10))
