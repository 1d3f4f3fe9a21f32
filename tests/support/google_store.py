"""Google Cloud Storage's XML API as far as object stores need it, in this process: buckets of objects, by their keys.

Sources: https://docs.cloud.google.com/storage/docs/xml-api/reference-methods and, for what a put asks for that must not
replace anything, https://docs.cloud.google.com/storage/docs/request-preconditions.
"""

import hashlib
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 3
"""Objects in one answer to a list, so that there are pages."""


@dataclass(frozen=True)
class Kept:
    """One object."""

    content: bytes
    generation: int
    at: datetime

    @property
    def tag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


@dataclass
class Buckets:
    """What the server keeps."""

    objects: dict[str, dict[str, Kept]] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def keep(
        self, bucket: str, key: str, content: bytes, *, expected: str | None = None
    ) -> Kept | None:
        """Keep an object; None where another generation is there than was expected (0: none at all)."""
        with self.turn:
            there = self.objects[bucket].get(key)
            if expected is not None and int(expected) != (there.generation if there else 0):
                return None
            new = Kept(content, next(self.numbers), datetime.now(UTC))
            self.objects[bucket][key] = new
            return new


class _Request(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    buckets: Buckets

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""

    def _read(self) -> tuple[str, str, dict[str, str], bytes]:
        parts = urlsplit(self.path)
        bucket, _, key = parts.path.lstrip("/").partition("/")
        query = {
            name: each[0] for name, each in parse_qs(parts.query, keep_blank_values=True).items()
        }
        length = int(self.headers.get("Content-Length") or 0)
        return unquote(bucket), unquote(key), query, self.rfile.read(length)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", headers.get("length") or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode())

    def _is_there(self, bucket: str) -> bool:
        if bucket not in self.buckets.objects:
            self._refuse(404, "NoSuchBucket")
            return False
        return True

    def do_PUT(self) -> None:
        bucket, key, query, body = self._read()
        if not self._is_there(bucket):
            return
        if "uploadId" in query:
            self.buckets.uploads[query["uploadId"]][int(query["partNumber"])] = body
            self._answer(200, ETag=f'"{query["partNumber"]}"')
            return
        expected = self.headers.get("x-goog-if-generation-match")
        kept = self.buckets.keep(bucket, key, body, expected=expected)
        if kept is None:
            self._refuse(412, "PreconditionFailed")
            return
        self._answer(200, ETag=kept.tag, x_goog_generation=str(kept.generation))

    def do_POST(self) -> None:
        bucket, key, query, _ = self._read()
        if not self._is_there(bucket):
            return
        if "uploads" in query:
            number = f"upload{next(self.buckets.numbers)}"
            self.buckets.uploads[number] = {}
            told = f"<Bucket>{escape(bucket)}</Bucket><Key>{escape(key)}</Key><UploadId>{number}</UploadId>"
            self._answer(
                200,
                f"<InitiateMultipartUploadResult>{told}</InitiateMultipartUploadResult>".encode(),
            )
            return
        parts = self.buckets.uploads.pop(query["uploadId"])
        kept = self.buckets.keep(bucket, key, b"".join(parts[each] for each in sorted(parts)))
        assert kept is not None
        told = f"<ETag>{escape(kept.tag)}</ETag>"
        self._answer(
            200,
            f"<CompleteMultipartUploadResult>{told}</CompleteMultipartUploadResult>".encode(),
            x_goog_generation=str(kept.generation),
        )

    def do_GET(self) -> None:
        bucket, key, query, _ = self._read()
        if not self._is_there(bucket):
            return
        if not key:
            self._answer(200, self._page(bucket, query))
            return
        kept = self.buckets.objects[bucket].get(key)
        if kept is None:
            self._refuse(404, "NoSuchKey")
            return
        headers = {
            "ETag": kept.tag,
            "Last_Modified": format_datetime(kept.at, usegmt=True),
            "x_goog_generation": str(kept.generation),
        }
        self._answer(200, kept.content, **headers)

    do_HEAD = do_GET  # noqa: N815 - the library asks for this name

    def do_DELETE(self) -> None:
        bucket, key, query, _ = self._read()
        if not self._is_there(bucket):
            return
        if "uploadId" in query:
            self.buckets.uploads.pop(query["uploadId"], None)
        elif self.buckets.objects[bucket].pop(key, None) is None:
            self._refuse(404, "NoSuchKey")
            return
        self._answer(204)

    def _page(self, bucket: str, query: dict[str, str]) -> bytes:
        after, prefix = query.get("continuation-token", ""), query.get("prefix", "")
        objects = self.buckets.objects[bucket]
        keys = sorted(key for key in objects if key.startswith(prefix) and key > after)
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{objects[key].at.isoformat()}</LastModified>"
            f"<ETag>{escape(objects[key].tag)}</ETag><Size>{len(objects[key].content)}</Size></Contents>"
            for key in keys[:PAGE]
        )
        more = ""
        if len(keys) > PAGE:
            more = f"<NextContinuationToken>{escape(keys[PAGE - 1])}</NextContinuationToken>"
        return f"<ListBucketResult><Name>{bucket}</Name>{rows}{more}</ListBucketResult>".encode()


@contextmanager
def google_server() -> Iterator[tuple[str, Buckets]]:
    """Serve at a free port of this machine: its address, and what is in it."""
    buckets = Buckets()
    handler = type("Handler", (_Request,), {"buckets": buckets})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", buckets
        finally:
            server.shutdown()
            serving.join()
