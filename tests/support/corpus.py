"""Labelled text as a person would type it."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LabelledLine = dict[str, Any]
"""`{"text": str, "spans": [{"start": int, "end": int, "label": str}]}`."""


def read_sample(path: Path, count: int, *, seed: int) -> list[LabelledLine]:
    """The first `count` lines of a JSONL file shuffled by `random.Random(seed)`."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    random.Random(seed).shuffle(lines)
    return lines[:count]


def in_braces(line: LabelledLine) -> str:
    """The sentence as /label takes it whole: `{chest pain=SYMPTOM}`."""
    text: str = line["text"]
    spans: Sequence[dict[str, Any]] = sorted(line["spans"], key=lambda span: span["start"])
    pieces, end = [], 0
    for span in spans:
        marked = f"{{{text[span['start'] : span['end']]}={span['label']}}}"
        pieces += [text[end : span["start"]], marked]
        end = span["end"]
    return "".join([*pieces, text[end:]])
