"""Column types that carry the domain's values, the same on both databases."""

import json
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from bot.domain.json_form import adapter
from bot.domain.project import Offsets
from ner_engine.annotation import Span


def compact(value: object) -> str:
    """JSON without blanks; letters of every alphabet as they are."""
    return _encode(value)


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Id(TypeDecorator[int]):
    """The number of a row. A number no row can have, typed or forged, is that of no row."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite counts up in columns that are called INTEGER only."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Drivers refuse numbers of more than 64 bits with errors of their own."""
        del dialect
        return value if value is None or 0 < value < 2**63 else -1


class Moment(TypeDecorator[datetime]):
    """A point in time: aware going in, aware and in UTC coming out. SQLite keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Everything is stored in UTC; a naive time is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What SQLite gives back naive is in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def read_spans(stored: str) -> tuple[Span, ...]:
    """Spans from the text in which they are stored."""
    return tuple(Span(*parts) for parts in json.loads(stored))


class Spans(TypeDecorator[tuple[Span, ...]]):
    """Spans as sorted `[[start,end,label],…]`: equal annotations are equal texts, so SQL can
    compare them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Span, ...] | None, dialect: Dialect) -> str | None:
        """The one text for these spans."""
        del dialect
        if value is None:
            return None
        return compact([(span.start, span.end, span.label) for span in sorted(value)])

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Span, ...] | None:
        """The spans, sorted."""
        del dialect
        return None if value is None else read_spans(value)


class Tokens(TypeDecorator[tuple[Offsets, ...]]):
    """Token offsets as one flat list, half as long as a list of pairs."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Offsets, ...] | None, dialect: Dialect) -> str | None:
        """`[0,1,2,9]` for tokens at 0–1 and 2–9."""
        del dialect
        # Of whole numbers alone this is JSON, and three times as fast.
        return None if value is None else str([*chain(*value)]).replace(" ", "")

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> tuple[Offsets, ...] | None:
        """The pairs again."""
        del dialect
        if value is None:
            return None
        edges: list[int] = json.loads(value)
        return tuple(zip(edges[::2], edges[1::2], strict=True))


class Value(TypeDecorator[Any]):
    """A domain value as JSON, read back as `kind`."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The value as JSON."""
        del dialect
        return None if value is None else adapter(self.kind).dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value again."""
        del dialect
        return None if value is None else adapter(self.kind).validate_json(value)
