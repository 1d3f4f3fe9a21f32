"""Slack Lists: tables with typed columns, which the app fills and people look at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.playground.state.workspace import new_id
from bot.playground.values import JSON, SlackError, words

ROWS_MOST = 1_000
COLUMNS_MOST = 30
FIELDS = {
    "text": "rich_text", "rich_text": "rich_text", "number": "number", "select": "select", "checkbox": "checkbox",
    "todo_completed": "checkbox", "date": "date", "user": "user", "link": "link", "message": "message",
    "channel": "channel", "email": "email", "phone": "phone", "rating": "rating", "timestamp": "timestamp",
}  # fmt: skip
"""In which field the value of each type of column is sent; those with files, votes and references are not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackList:
    """A List; `readers` are the people and channels that it is shared with."""

    id: str
    name: str
    columns: tuple[JSON, ...]
    readers: tuple[str, ...] = ()

    def column(self, column_id: str) -> JSON:
        """The column of this id; SlackError where there is none."""
        for column in self.columns:
            if column["id"] == column_id:
                return column
        raise SlackError("invalid_column_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """A row: its values by column id, each as it was sent."""

    list_id: str
    id: str
    created: int
    updated: str
    cells: JSON


class Lists:
    """Every List of the workspace, in memory; `notify` is called at each change."""

    def __init__(
        self, *, notify: Callable[[str, object], None], next_ts: Callable[[], str]
    ) -> None:
        self._notify = notify
        self._next_ts = next_ts
        self._lists: dict[str, SlackList] = {}
        self._items: dict[str, dict[str, ListItem]] = {}
        self.rows_most = ROWS_MOST

    def load(self, lists: Iterable[SlackList], items: Iterable[ListItem]) -> None:
        """Put what was stored back without notifying."""
        for one in lists:
            self._lists[one.id] = one
            self._items[one.id] = {}
        for item in items:
            self._items[item.list_id][item.id] = item

    @property
    def all(self) -> list[SlackList]:
        """Every List, oldest first."""
        return list(self._lists.values())

    def find(self, list_id: str) -> SlackList:
        """The List of this id; SlackError where there is none."""
        try:
            return self._lists[list_id]
        except KeyError:
            raise SlackError("list_not_found") from None

    def items(self, list_id: str) -> list[ListItem]:
        """The rows of a List, oldest first."""
        return list(self._items[self.find(list_id).id].values())

    def item(self, list_id: str, item_id: str, *, refusal: str = "record_not_found") -> ListItem:
        """A row of a List; SlackError where there is none."""
        found = self._items[self.find(list_id).id].get(item_id)
        if found is None:
            raise SlackError(refusal)
        return found

    def create(self, name: str, schema: object) -> SlackList:
        """A List with these columns; without any it has one of text."""
        made = SlackList(id=new_id("F"), name=name, columns=tuple(_columns(schema)))
        self._items[made.id] = {}
        return self._put(made)

    def share(self, list_id: str, readers: Iterable[str]) -> None:
        """Share a List with these people and channels, too."""
        found = self.find(list_id)
        self._put(replace(found, readers=tuple(dict.fromkeys((*found.readers, *readers)))))

    def add(self, list_id: str, cells: object) -> ListItem:
        """A new row; SlackError for what is not a cell of this List."""
        where = self.find(list_id)
        if len(self._items[where.id]) >= self.rows_most:
            raise SlackError("over_row_maximum")
        ts = self._next_ts()
        values = dict(_cell(where, cell) for cell in _listed(cells, "initial_fields"))
        return self._put_item(
            ListItem(
                list_id=where.id, id=new_id("Rec"), created=int(float(ts)), updated=ts, cells=values
            )
        )

    def change(self, list_id: str, cells: object) -> None:
        """Change cells of rows, all of them or, where one is refused, none."""
        where = self.find(list_id)
        listed = _listed(cells, "cells")
        if not listed or len(listed) > 100:
            raise SlackError("invalid_arguments", messages=("[ERROR] cells must be 1 to 100",))
        changed: dict[str, ListItem] = {}
        for cell in listed:
            row = str(cell.get("row_id", ""))
            item = changed.get(row) or self.item(where.id, row, refusal="invalid_row_id")
            column, value = _cell(where, cell)
            changed[row] = replace(item, cells={**item.cells, column: value})
        for item in changed.values():
            self._put_item(replace(item, updated=self._next_ts()))

    def remove(self, list_id: str, item_ids: Iterable[str]) -> None:
        """Delete rows, all of them or, where one is not there, none."""
        found = [self.item(list_id, item_id) for item_id in item_ids]
        for item in found:
            del self._items[list_id][item.id]
            self._notify("list_item_gone", item)

    def _put(self, one: SlackList) -> SlackList:
        self._lists[one.id] = one
        self._notify("list", one)
        return one

    def _put_item(self, item: ListItem) -> ListItem:
        self._items[item.list_id][item.id] = item
        self._notify("list_item", item)
        return item


def shown(item: ListItem, column: JSON) -> str:
    """What a person reads in a cell."""
    value = item.cells.get(column["id"])
    if value is None:
        return ""
    kind = FIELDS[column["type"]]
    if kind == "rich_text":
        return "\n".join(words(value))
    if kind == "checkbox":
        return "✓" if value else ""
    if kind == "link":
        return ", ".join(link.get("display_name") or link["original_url"] for link in value)
    if kind == "select":
        named = {choice["value"]: choice["label"] for choice in _choices(column)}
        return ", ".join(named.get(option, option) for option in value)
    if kind == "number" and "precision" in (column.get("options") or {}):
        return ", ".join(f"{number:.{column['options']['precision']}f}" for number in value)
    return ", ".join(map(str, value))


def _columns(schema: object) -> list[JSON]:
    wanted = _listed(schema, "schema") if schema else [_only_column()]
    if len(wanted) > COLUMNS_MOST:
        raise SlackError("over_column_maximum")
    if any(c.get("type") not in FIELDS for c in wanted):
        raise SlackError("invalid_column_type")
    keys = [str(c.get("key") or "") for c in wanted]
    if not all(keys) or len(set(keys)) < len(keys) or not all(c.get("name") for c in wanted):
        raise SlackError("invalid_schema")
    primary = [c for c in wanted if c.get("is_primary_column")]
    if len(primary) != 1 or primary[0]["type"] not in {"text", "rich_text"}:
        raise SlackError("invalid_primary_column")
    return [{**c, "id": new_id("Col")} for c in wanted]


def _only_column() -> JSON:
    return {"key": "name", "name": "Name", "type": "text", "is_primary_column": True}


def _listed(value: object, name: str) -> list[JSON]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise SlackError("invalid_arguments", messages=(f"[ERROR] {name} must be a list",))
    return value


def _cell(where: SlackList, cell: JSON) -> tuple[str, Any]:
    """A cell's column and value; SlackError where it does not fit its column."""
    column = where.column(str(cell.get("column_id", "")))
    kind = FIELDS[column["type"]]
    if kind not in cell:
        raise SlackError("invalid_input_type")
    value = cell[kind]
    if kind == "checkbox":
        is_right = isinstance(value, bool)
    else:
        is_right = isinstance(value, list) and all(_is_value(kind, one) for one in value)
    if not is_right:
        raise SlackError("invalid_input_type")
    if kind == "select" and not set(value) <= {c["value"] for c in _choices(column)}:
        raise SlackError("invalid_option_id")
    return column["id"], value


def _is_value(kind: str, value: object) -> bool:
    if kind == "rich_text":
        return isinstance(value, dict) and value.get("type") == "rich_text"
    if kind == "link":
        return isinstance(value, dict) and str(value.get("original_url", "")).startswith("http")
    if kind in {"number", "rating", "timestamp"}:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _choices(column: JSON) -> list[JSON]:
    found: list[JSON] = (column.get("options") or {}).get("choices") or []
    return found
