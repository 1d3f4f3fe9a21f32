"""Outputs that are Slack Lists: a row for each entity, for whoever is in a channel to see."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from bot.db.database import Store
from bot.domain.entities import ChangeKind, EntityChange, MessageEntity
from bot.outputs.ports import OutputFailed
from bot.outputs.slack_places import A_ROUND, SlackPlaces, latest, passed_over
from bot.outputs.values import Output
from bot.slack.calls import CallFailed, PatientCalls

NAME = "Entities"
_LIST = "list"
"""By what the List itself is kept, beside its rows."""
_PAGE = 100
_GONE = frozenset({"record_not_found", "invalid_row_id"})
_SCHEMA: list[dict[str, Any]] = [
    {"key": "text", "name": "Text", "type": "text", "is_primary_column": True},
    {"key": "label", "name": "Label", "type": "text"},
    {"key": "link", "name": "Message", "type": "link"},
    {"key": "score", "name": "Score", "type": "number", "options": {"precision": 2}},
    {"key": "model", "name": "Model", "type": "text"},
    {
        "key": "state",
        "name": "State",
        "type": "select",
        "options": {
            "choices": [
                {"value": "found", "label": "Found", "color": "green"},
                {"value": "amended", "label": "Amended", "color": "yellow"},
                {"value": "retracted", "label": "Retracted", "color": "red"},
            ]
        },
    },
    {"key": "id", "name": "Id", "type": "text"},
]


class ListWriter:
    """Makes a List, shares it with a channel, and keeps a row for each entity; one that is full goes on in another."""

    round: ClassVar[int] = A_ROUND

    def __init__(self, store: Store, calls: PatientCalls) -> None:
        self._store = store
        self._calls = calls

    async def write(self, output: Output, changes: Sequence[EntityChange]) -> None:
        """Let the List have each entity as it is after its newest change; raises OutputFailed."""
        rows = _Rows(output, SlackPlaces(self._store, output), self._calls)
        try:
            for key, change in latest(changes, after=0).items():
                await rows.write(key, change)
        except CallFailed as error:
            if error.code == "list_not_found":
                raise OutputFailed("the Slack List was deleted") from error
            if error.fault.passes:
                raise OutputFailed(f"Slack is not answering ({error.code})") from error
            passed_over(output, error)
            raise OutputFailed(f"Slack refuses it ({error.code})") from error


class _Rows:
    """The rows of one output, while some changes are written."""

    def __init__(self, output: Output, places: SlackPlaces, calls: PatientCalls) -> None:
        self._output = output
        self._places = places
        self._calls = calls

    async def _call(self, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._calls.call(self._output.workspace, method, asked)

    async def write(self, key: str, change: EntityChange) -> None:
        kept = await self._places.get(key)
        if kept is not None and (kept.get("gone") or change.id <= kept["change"]):
            return
        if kept is not None and kept["row"] is None:
            # The answer of its making was lost, or never came.
            kept = await self._find(key, kept["list"])
        if change.kind is ChangeKind.RETRACTED:
            await self._retract(key, kept, change)
        elif kept is None:
            await self._add(key, change)
        else:
            await self._change(key, kept, change)

    async def _add(self, key: str, change: EntityChange) -> None:
        made = await self._list()
        await self._places.keep(key, list=made["id"], row=None, change=0)
        cells = _cells(change, await self._columns(made["id"]))
        asked = {"list_id": made["id"], "initial_fields": cells}
        try:
            answer = await self._call("slackLists.items.create", asked)
        except CallFailed as error:
            if error.code != "over_row_maximum":
                raise
            await self._places.drop(key)
            await self._make(number=made["number"] + 1)
            await self._add(key, change)
            return
        row = str(answer["item"]["id"])
        await self._places.keep(key, list=made["id"], row=row, change=change.id)

    async def _change(self, key: str, kept: Mapping[str, Any], change: EntityChange) -> None:
        columns = await self._columns(kept["list"])
        cells = [{**cell, "row_id": kept["row"]} for cell in _cells(change, columns)]
        asked = {"list_id": kept["list"], "cells": cells}
        await self._touch(key, kept, "slackLists.items.update", asked, change)

    async def _retract(
        self, key: str, kept: Mapping[str, Any] | None, change: EntityChange
    ) -> None:
        if kept is None:
            await self._places.drop(key)
        elif self._output.settings.get("retracted") == "mark":
            await self._change(key, kept, change)
        else:
            asked = {"list_id": kept["list"], "id": kept["row"]}
            await self._touch(key, kept, "slackLists.items.delete", asked, change)
            await self._places.drop(key)

    async def _touch(
        self,
        key: str,
        kept: Mapping[str, Any],
        method: str,
        asked: Mapping[str, Any],
        change: EntityChange,
    ) -> None:
        """Change or delete a row; one that somebody deleted is not made again."""
        try:
            await self._call(method, asked)
        except CallFailed as error:
            if error.code not in _GONE:
                raise
            await self._places.keep(key, gone=True)
            return
        await self._places.keep(key, **{**kept, "change": change.id})

    async def _list(self) -> dict[str, Any]:
        """The List that rows are added to now; made where there is none."""
        return await self._places.get(_LIST) or await self._make(number=1)

    async def _columns(self, list_id: str) -> dict[str, str]:
        """The ids of a List's columns, by their keys."""
        return await self._places.get(f"columns {list_id}") or {}

    async def _make(self, *, number: int) -> dict[str, Any]:
        name = str(self._output.settings.get("name", NAME)) + (f" {number}" if number > 1 else "")
        answer = await self._call("slackLists.create", {"name": name, "schema": _SCHEMA})
        list_id = str(answer["list_id"])
        columns = {c["key"]: c["id"] for c in answer["list_metadata"]["schema"]}
        shared = {"list_id": list_id, "access_level": "read", "channel_ids": [self._output.target]}
        await self._call("slackLists.access.set", shared)
        made = {"id": list_id, "number": number}
        await self._places.keep(f"columns {list_id}", **columns)
        await self._places.keep(_LIST, **made)
        return made

    async def _find(self, key: str, list_id: str) -> dict[str, Any] | None:
        """The row of an entity, by its id in the List itself."""
        asked: dict[str, Any] = {"list_id": list_id, "limit": _PAGE}
        while True:
            answer = await self._call("slackLists.items.list", asked)
            for item in answer.get("items") or ():
                if any(f["key"] == "id" and f.get("text") == key for f in item["fields"]):
                    return {"list": list_id, "row": str(item["id"]), "change": 0}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor


def _cells(change: EntityChange, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """An entity as the cells of a row. Of one that is retracted the text goes."""
    entity, is_gone = change.entity, change.kind is ChangeKind.RETRACTED
    values: dict[str, dict[str, Any]] = {
        "text": _rich("(retracted)" if is_gone else entity.text),
        "label": _rich(entity.label),
        "link": {"link": [{"original_url": entity.link, "display_name": "Open"}]},
        "score": {"number": [] if entity.score is None else [round(entity.score, 2)]},
        "model": _rich(_model(entity)),
        "state": {"select": [change.kind.value]},
        "id": _rich(entity.key),
    }
    return [{"column_id": columns[key], **value} for key, value in values.items()]


def _model(entity: MessageEntity) -> str:
    return "by hand" if entity.model is None else str(entity.model)


def _rich(text: str) -> dict[str, Any]:
    """A text as Lists take it."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"rich_text": [{"type": "rich_text", "elements": [section]}]}
