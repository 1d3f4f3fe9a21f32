"""``python -m ner_engine.processes.packaging``: a saved model as wheels, in a process that ends with its work.

Reads an object with ``model``, ``out``, ``name``, ``version`` and ``story`` from the first line of stdin; prints one
with ``name``, ``model`` and ``engine``, or with ``error`` in words for people, and ends with 1 then.
"""

import json
import os
import sys
from typing import Any

from ner_engine.errors import EngineError
from ner_engine.packaging import ModelStory, build_wheels


def main() -> int:
    """Do what is asked on stdin; 0 if there are wheels now."""
    os.nice(10)
    asked = json.loads(sys.stdin.readline())
    try:
        told = _build(asked)
    except (EngineError, OSError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _build(asked: dict[str, Any]) -> dict[str, str]:
    story = ModelStory.from_json(asked["story"])
    wheels = build_wheels(
        asked["model"], asked["out"], name=asked["name"], version=asked["version"], story=story
    )
    return {"name": wheels.name, "model": str(wheels.model), "engine": str(wheels.engine)}


if __name__ == "__main__":
    sys.exit(main())
