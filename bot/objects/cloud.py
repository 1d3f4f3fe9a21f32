"""Objects in a bucket of S3, of what speaks its protocol, or of Google Cloud Storage, by obstore.

Its own interface, not its fsspec one: that ignores mode="create", so a put would replace what is there.
"""

import itertools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import from_url

from bot.errors import ObjectAbsent, ObjectsUnavailable
from bot.objects.folder import copied, new_file
from bot.objects.keys import checked
from bot.objects.ports import Arrived, StoredObject

_AT_ONCE = 1000
"""Keys that one request deletes."""
_PIECE = 2**20
_PATIENT: Any = {"max_retries": 8, "retry_timeout": timedelta(seconds=60)}
"""For what is written: a training's end waits for it."""
_HURRIED: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
"""For what is read: whoever asks a model waits for it, and another one may answer meanwhile."""
_SECONDS = {"connect_timeout": "5s", "timeout": "600s"}
"""The second is that of a whole object."""


class CloudObjects:
    """Implements `ports.ObjectStore`; secrets and the service's address come from the usual AWS_… and GOOGLE_…."""

    def __init__(self, url: str, environment: Mapping[str, str] = os.environ) -> None:
        self.place = url.rstrip("/")
        options: Any = dict(_SECONDS)
        if any(environment.get(name, "").startswith("http://") for name in _ENDPOINTS):
            options["allow_http"] = True
        with self._told():
            self._store: Any = from_url(self.place, client_options=options, retry_config=_PATIENT)
            self._read: Any = from_url(self.place, client_options=options, retry_config=_HURRIED)

    def put(self, key: str, content: bytes | Path) -> None:
        """Keep this, in place of what was there."""
        with self._told():
            obstore.put(self._store, checked(key), content)

    def put_new(self, key: str, content: bytes | Path) -> bool:
        """Keep this if there is nothing yet; False where there is."""
        with self._told():
            try:
                obstore.put(self._store, checked(key), content, mode="create")
            except AlreadyExistsError:
                return False
        return True

    def has(self, key: str) -> bool:
        """Whether there is such an object."""
        try:
            with self._told(key):
                obstore.head(self._read, checked(key))
        except ObjectAbsent:
            return False
        return True

    def read(self, key: str) -> bytes:
        """A small object as a whole; raises ObjectAbsent."""
        with self._told(key):
            return bytes(obstore.get(self._read, checked(key)).bytes())

    def get(self, key: str, target: Path) -> Arrived:
        """Write an object to a new private file, in pieces; raises ObjectAbsent."""
        with self._told(key), new_file(target) as file:
            pieces = obstore.get(self._read, checked(key)).stream(min_chunk_size=_PIECE)
            return copied(map(bytes, pieces), file)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose keys begin with these parts."""
        with self._told():
            for some in obstore.list(self._read, checked(prefix) if prefix else None):
                for each in some:
                    yield StoredObject(each["path"], each["size"])

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; what is not there is no error."""
        left = map(checked, keys)
        while some := [*itertools.islice(left, _AT_ONCE)]:
            with self._told():
                try:
                    obstore.delete(self._store, some)
                except FileNotFoundError:
                    # Google says so of what is not there, and does not go on to the others.
                    self._delete_each(some)

    def _delete_each(self, keys: Iterable[str]) -> None:
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue

    @contextmanager
    def _told(self, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if key is None or "NoSuchBucket" in str(error):
                raise ObjectsUnavailable(f"There is no bucket at {self.place}.") from error
            raise ObjectAbsent(f"There is no {key} at {self.place}.") from error
        except (BaseError, OSError, ValueError) as error:
            raise ObjectsUnavailable(
                f"The object store at {self.place} did not answer as it should ({_reason(error)})."
            ) from error


_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>", re.ASCII)
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT", "GOOGLE_BASE_URL")


def _reason(error: Exception) -> str:
    """What kind of trouble: the whole text may hold the request."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    code = _CODE.search(str(error))
    return code[1] if code else type(error).__name__.removesuffix("Error")
