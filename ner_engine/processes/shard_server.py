"""``python -m ner_engine.processes.shard_server``: predictions for pieces of files, as a process of its own.

Reads requests from stdin, one JSON object a line, and answers each in order with a line on stdout:
``{"model": path, "source": path, "start": bytes, "size": bytes, "json": bool, "target": path}`` finds the
entities in every line of that piece of the source, and writes them to the target, a JSON object a line:
``{"done": lines, "refused": lines}``, or ``{"error": code, "message": …}``. With ``json`` each line is an
object with ``text``, and perhaps an ``id``, which is kept; else the line is the text. Blank lines are passed
over. When stdin ends the parent is gone, and so is the process.
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ner_engine.processes.answering import OneModel, answer_all, failure, restrain

_CHUNK = 512
"""Lines in memory at a time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(prog="ner_engine.processes.shard_server")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="give way to others")
    restrain(nice=parser.parse_args(arguments).nice)
    answer_all(_requests(), ShardServer().answer)
    return 0


def _requests() -> Iterator[str]:
    """What is asked; where stdin ends in the middle of a shard the process ends at once."""
    read, write = os.pipe()

    def pass_on() -> None:
        while piece := os.read(0, 65536):
            os.write(write, piece)
        os._exit(0)

    threading.Thread(target=pass_on, daemon=True).start()
    with os.fdopen(read, encoding="utf-8") as lines:
        yield from iter(lines.readline, "")


class ShardServer:
    """A model, and the pieces of files that it is asked to read."""

    def __init__(self) -> None:
        self._model = OneModel()

    def answer(self, line: str) -> dict[str, Any]:
        """The answer to one request, whatever it is."""
        try:
            return self._do(json.loads(line))
        except OSError as error:
            return {"error": "files", "message": error.strerror or type(error).__name__}
        except Exception as error:  # noqa: BLE001 - the edge of the process
            return failure(error)

    def _do(self, request: Mapping[str, Any]) -> dict[str, Any]:
        from ner_engine.prediction.lines import found_in_all  # noqa: PLC0415 - after the limits on threads

        model = self._model.load(Path(request["model"]))
        texts = _texts(
            Path(request["source"]), request["start"], request["size"], as_json=request["json"]
        )
        done = refused = 0
        with Path(request["target"]).open("w", encoding="utf-8") as target:
            while some := list(islice(texts, _CHUNK)):
                for found in found_in_all(model, some):
                    target.write(json.dumps(found, ensure_ascii=False) + "\n")
                    done += 1
                    refused += "error" in found
        return {"done": done, "refused": refused}


def _texts(
    source: Path, start: int, size: int, *, as_json: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    with source.open("rb") as file:
        file.seek(start)
        for raw in _lines(file, size):
            line = raw.decode("utf-8", errors="replace").strip()
            if line:
                yield _named(line) if as_json else (line, {})


def _lines(file: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left > 0 and (line := file.readline(left)):
        left -= len(line)
        yield line


def _named(line: str) -> tuple[str, dict[str, Any]]:
    """A line that holds no text is refused as an empty text is, so that lines can be counted off against each other."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return "", {}
    text = values.get("text") if isinstance(values, dict) else None
    kept = {"id": values["id"]} if isinstance(values, dict) and "id" in values else {}
    return text if isinstance(text, str) else "", kept


if __name__ == "__main__":
    sys.exit(main())
