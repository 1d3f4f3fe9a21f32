"""What a training may take counts its copies in."""

import subprocess
import sys

import pytest

from ner_engine.training.fork import CAN_FORK

_CODE = """
import time
from ner_engine.processes.memory_limit import MemoryLimit
from ner_engine.training.fork import forked

def values():
    yield "begun"
    taken = [bytearray(2**20) for _ in range({megabytes})]
    time.sleep(1)
    yield "taken"

MemoryLimit({limit}).enforce(lambda: print("the first one is over", flush=True))
with forked(values) as fork:
    print(*fork.rest(), flush=True)
"""


@pytest.mark.skipif(not CAN_FORK, reason="only Linux makes copies")
@pytest.mark.parametrize(("megabytes", "said"), [(1, "begun taken\n"), (300, "begun\n")])
def test_a_copy_ends_where_both_take_more_than_allowed_and_the_first_process_goes_on(
    megabytes: int, said: str
) -> None:
    code = _CODE.format(megabytes=megabytes, limit=200)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert (done.stdout, done.stderr) == (said, "")
