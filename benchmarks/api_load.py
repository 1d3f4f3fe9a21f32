"""Programs that use the API as fast as they are answered, beside what is measured.

    python -m benchmarks.api_load URL TOKEN FILE --workers 4

Each worker asks in turn what the live model finds in ten sentences of FILE (lines with `text`), has them redacted, adds
them, and reads a page, until the process is ended; a line a second says how many answers there were.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

_MANY = 10


def main() -> None:
    """Ask until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("file", type=Path)
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    texts = [json.loads(line)["text"] for line in options.file.read_text("utf-8").splitlines()]
    asyncio.run(_run(options.url, options.token, texts, options.workers))


async def _run(url: str, token: str, texts: list[str], workers: int) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answers = [0]
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=60) as http:

        async def worker(start: int) -> None:
            for some in _portions(texts, start):
                body = {"texts": some}
                for method, path, sent in (
                    ("POST", "/predictions", body),
                    ("POST", "/redactions", body),
                    ("POST", "/sentences", body),
                    ("GET", "/sentences", None),
                ):
                    answer = await http.request(method, path, json=sent)
                    answers[0] += answer.is_success
                    if answer.status_code == 429:
                        await asyncio.sleep(0.2)

        async def tell() -> None:
            began = time.monotonic()
            while True:
                await asyncio.sleep(1)
                sys.stdout.write(f"{answers[0] / (time.monotonic() - began):.1f}\n")
                sys.stdout.flush()

        await asyncio.gather(tell(), *(worker(number * 500) for number in range(workers)))


def _portions(texts: list[str], start: int) -> Iterator[list[str]]:
    turning = itertools.islice(itertools.cycle(texts), start, None)
    while True:
        yield list(itertools.islice(turning, _MANY))


if __name__ == "__main__":
    main()
