"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import audit
from tests.support.object_store import endpoint

__all__ = ["endpoint"]  # a fixture

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

audit.install()
audit.watch_children()

# Hundreds of data folders of tests would keep 16 MB each; the reserve has tests of its own.
os.environ.setdefault("NERBOT_RESERVE_MB", "0")
# The packaged encoder, whichever are installed on this machine; what installs others has folders of its own.
os.environ["NERBOT_ENCODER"] = "minilm"
# Nor the tokens of whoever runs the tests.
os.environ["NERBOT_ENV_FILE"] = ""

_LONG = (
    "tests/scale/",
    "tests/bot/workers/",
    "tests/ner_engine/processes/",
    "tests/test_documented_shell.py",
)
"""Files that one process is at for minutes: begun last, they would be waited for alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


@pytest.fixture(autouse=True)
def _leave_the_machine_alone() -> Iterator[None]:
    """No test writes outside its folders, speaks to another machine, or starts what it should not."""
    audit.breaches.clear()
    yield
    assert audit.breaches == []
    assert audit.of_children() == []
