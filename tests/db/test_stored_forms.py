"""What is kept as JSON in the database, letter for letter: rows of years ago are read by these forms.

A form is changed on purpose only. Where one is, `NERBOT_WRITE_GOLDEN=1 pytest tests/db/test_stored_forms.py` writes
tests/db/golden anew, and the difference belongs into the commit that says why old rows can still be read.
"""

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import Column
from sqlalchemy.dialects import sqlite

from bot.api import service as api
from bot.api.idempotency import RequestKept
from bot.api.routes.exchange import FileImported
from bot.db.tables import metadata
from bot.db.types import Spans, Tokens, Value
from bot.domain.json_form import JsonForm, adapter, dump
from bot.editor.commands import Draft, DraftKept
from bot.erasure.commands import Forget, Forgotten
from bot.health.drift import Drift
from bot.health.values import StreamChange
from bot.home.values import ProjectChosen
from bot.labelling.values.cards import Outcome, Question, ReasonKept, Suggestion
from bot.models.commands import LiveMoved, PolicySet, ScoresPosted
from bot.projects.use_cases import Reply
from bot.recognition.values import Answer, Notices
from bot.team.commands import ChangeLabels
from bot.team.decided import NextToReview
from bot.team.values.deletions import Delete
from tests.db.stored_samples import STORED, TeamAnswer
from tests.db.stored_train_answers import TrainAnswer
from tests.support.golden import golden

GOLDEN = Path(__file__).parent / "golden"
DIALECT = sqlite.dialect()
FORMS: dict[str, Any] = {
    "stream_drift.state": Drift,
    "stream_drift.change": StreamChange,
    "confirmation.command": ChangeLabels | Forget | Delete,
    "offer.question": Question | Suggestion | Draft | Answer,
    "receipt.outcome": (
        Outcome
        | Reply[TeamAnswer]
        | LiveMoved
        | PolicySet
        | ScoresPosted
        | Notices
        | Answer
        | ReasonKept
        | ProjectChosen
        | TrainAnswer
        | Forgotten
        | DraftKept
        | NextToReview
        | RequestKept
        | FileImported
        | api.SentencesAdded
        | api.Annotated
    ),
}
"""Columns of text in which features keep values of theirs."""
COLUMNS: dict[str, Column[Any]] = {
    f"{table.name}.{column.name}": column
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Value | Spans | Tokens) or f"{table.name}.{column.name}" in FORMS
}
KINDS = FORMS | {
    name: column.type.kind for name, column in COLUMNS.items() if hasattr(column.type, "kind")
}


def write(name: str, value: object) -> str:
    """As the column stores it."""
    if name in FORMS:
        return dump(value)
    stored: str = COLUMNS[name].type.process_bind_param(value, DIALECT)  # type: ignore[attr-defined]
    return stored


def read(name: str, stored: str) -> object:
    """As the column reads it."""
    if name == "confirmation.command":
        kinds: dict[str | None, Any] = {"forget": Forget, "delete": Delete}
        kind = kinds.get(json.loads(stored).get("type"), ChangeLabels)
        return adapter(kind).validate_json(stored)
    if name in FORMS:
        return JsonForm(FORMS[name]).load(stored)
    value: object = COLUMNS[name].type.process_result_value(stored, DIALECT)  # type: ignore[attr-defined]
    return value


def exact(value: object) -> object:
    """A value with the type of each of its parts: a word of an enumeration equals its text."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), [exact(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple | list):
        return type(value), [exact(part) for part in value]
    return type(value), value


def least(value: Any) -> Any:
    """Of a value only what a class cannot do without, and its tag: a row from before all other fields."""
    if is_dataclass(value):
        return {
            field.name: least(getattr(value, field.name))
            for field in fields(value)
            if not has_default(field) or field.name == "type"
        }
    if isinstance(value, tuple):
        return [least(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


def has_default(field: Field[Any]) -> bool:
    """Whether a stored form may lack it."""
    return field.default is not MISSING or field.default_factory is not MISSING


def default_of(field: Field[Any]) -> object:
    """What it is where the stored form lacks it."""
    return field.default if field.default_factory is MISSING else field.default_factory()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_value_is_stored_letter_for_letter_as_before(name: str) -> None:
    lines = [write(name, value) for value in STORED[name]]
    assert lines == golden(GOLDEN / f"{name}.jsonl", lines)


@pytest.mark.parametrize("name", COLUMNS)
def test_what_was_stored_is_read_back_as_the_very_value(name: str) -> None:
    lines = golden(GOLDEN / f"{name}.jsonl", [write(name, value) for value in STORED[name]])
    assert [exact(read(name, line)) for line in lines] == [exact(each) for each in STORED[name]]


TYPED = [name for name, kind in KINDS.items() if get_origin(kind) is not dict]


@pytest.mark.parametrize("name", TYPED)
def test_a_row_from_before_a_field_was_added_is_read_with_its_default(name: str) -> None:
    old = dict.fromkeys(json.dumps(least(value), ensure_ascii=False) for value in STORED[name])
    lines = [f"{line}\t{write(name, read(name, line))}" for line in old]
    assert lines == golden(GOLDEN / f"{name}.old.tsv", lines)


@pytest.mark.parametrize("name", KINDS)
def test_the_samples_show_all_that_can_be_stored(name: str) -> None:
    """Every class of each union where it can stand, every field with another value than its default, every word."""
    shown = {fact for value in STORED[name] for fact in facts(value)}
    assert set(expected(KINDS[name], "")) - shown == set()


def test_every_column_with_values_has_samples() -> None:
    assert set(STORED) == set(COLUMNS)


def test_no_golden_file_is_left_of_a_column_that_went() -> None:
    known = {f"{name}.jsonl" for name in COLUMNS} | {f"{name}.old.tsv" for name in TYPED}
    assert {file.name for file in GOLDEN.glob("*.*")} == known


def expected(kind: Any, place: str, seen: set[Any] | None = None) -> Iterator[tuple[str, object]]:
    """What samples of a type have to show: a class at its place, a word, a field that is not its default."""
    seen = set() if seen is None else seen
    for leaf in leaves(kind):
        value = get_origin(leaf) or leaf
        if isinstance(value, type) and is_dataclass(value):
            yield place, value
            if value not in seen:
                seen.add(value)
                hints = get_type_hints(value)
                given = dict(zip(getattr(value, "__parameters__", ()), get_args(leaf), strict=True))
                for field in fields(value):
                    here = f"{value.__name__}.{field.name}"
                    if has_default(field) and field.name != "type":
                        yield here, "not its default"
                    hint = hints[field.name]
                    yield from expected(given.get(hint, hint), here, seen)
        elif isinstance(leaf, type) and issubclass(leaf, Enum):
            yield from (("", word) for word in leaf)
        elif isinstance(leaf, str):
            yield place, leaf


def leaves(kind: Any) -> Iterator[Any]:
    """The classes and literal words a type is made of."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from leaves(get_args(kind)[0])
    elif origin is Literal:
        yield from get_args(kind)
    elif origin in {Union, UnionType} or origin in {tuple, dict}:
        for part in get_args(kind):
            yield from leaves(part)
    elif kind not in {NoneType, Ellipsis}:
        yield kind


def facts(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """What one sample shows."""
    if isinstance(value, tuple):
        for part in value:
            yield from facts(part, place)
    elif is_dataclass(value) and not isinstance(value, type):
        yield place, type(value)
        for field in fields(value):
            part, here = getattr(value, field.name), f"{type(value).__name__}.{field.name}"
            if has_default(field) and exact(part) != exact(default_of(field)):
                yield here, "not its default"
            yield from facts(part, here)
    elif isinstance(value, Enum):
        yield "", value
    elif isinstance(value, str):
        yield place, value
