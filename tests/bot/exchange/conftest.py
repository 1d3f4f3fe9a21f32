"""Imports and exports on both databases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.db.database import Store
from bot.engine.tokenizer import TokenizerThread
from bot.exchange.importing import Importer
from bot.exchange.storing import Place
from tests.db.conftest import (
    HERE,
    backend,
    clock,
    database,
    empty_url,
    project_id,
    server,
    store,
    url,
)

__all__ = [
    "backend",
    "clock",
    "database",
    "empty_url",
    "project_id",
    "server",
    "store",
    "url",
]


@pytest.fixture(scope="session")
def tokenizer() -> Iterator[TokenizerThread]:
    made = TokenizerThread()
    yield made
    made.close()


@pytest.fixture
def importer(store: Store, tokenizer: TokenizerThread) -> Importer:
    return Importer(store, tokenizer.tokens)


@pytest.fixture
def place(project_id: int) -> Place:
    return Place(HERE, project_id, "U0ANN")


def span(text: str, words: str, label: str) -> dict[str, Any]:
    start = text.index(words)
    return {"start": start, "end": start + len(words), "label": label}


def line(text: str, **labels: str) -> dict[str, Any]:
    """A line of nerbot's own with these labels on these words."""
    return {"text": text, "spans": [span(text, words, label) for label, words in labels.items()]}


def write_lines(path: Path, *values: Any) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path
