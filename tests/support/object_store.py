"""An object store of its own, as a process of a second environment: moto's server answers as S3 does.

It is not among the packages of the tests, whose python-dateutil is a newer one than botocore takes: see
requirements-objects.txt.
"""

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.google_store import google_server
from tests.support.patience import patient

_PYTHON = Path(sys.prefix).parent / ".venv-objects" / "bin" / "python"
_WITHIN_SECONDS = 30
_SERVE = """
import sys
from threading import Thread
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()  # until the tests are over, however they end
"""

_needs_objects = pytest.mark.skipif(
    not _PYTHON.exists() and "CI" not in os.environ,
    reason="make test builds the environment of the object store",
)


STORES = ("file", pytest.param("s3", marks=_needs_objects), "gs")
"""The kinds of stores that tests run on."""


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of a server for all tests of a session; to be imported where it is used."""
    with object_server() as address:
        yield address


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own, and what a process needs to reach it."""

    name: str
    endpoint: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
        }


@contextmanager
def object_server() -> Iterator[str]:
    """Start the server at a free port; its address."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [_PYTHON, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port.isdecimal(), "the object store did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def address_of(
    kind: str, request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of an empty store of a kind: a folder ("file"), a bucket of the fixture `endpoint` ("s3"), or one of
    Google's interface ("gs")."""
    if kind == "file":
        return f"file://{folder}/shared"
    if kind == "gs":
        stack = ExitStack()
        request.addfinalizer(stack.close)
        address, buckets = stack.enter_context(google_server())
        buckets.objects["nerbot"] = {}
        monkeypatch.setenv("GOOGLE_BASE_URL", address)
        monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "nobodys")
        return "gs://nerbot/of/nerbot"
    bucket = make_bucket(request.getfixturevalue("endpoint"))
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    return f"{bucket.url}/of/nerbot"


def make_bucket(endpoint: str) -> Bucket:
    """A new bucket."""
    bucket = Bucket(f"nerbot-{secrets.token_hex(6)}", endpoint)
    request = urllib.request.Request(f"{endpoint}/{bucket.name}", method="PUT")
    until = time.monotonic() + patient(_WITHIN_SECONDS)
    while True:
        try:
            urllib.request.urlopen(request, timeout=patient(5)).close()
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return bucket
