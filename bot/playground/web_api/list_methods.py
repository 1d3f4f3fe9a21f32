"""The methods of the Web API about Slack Lists."""

import base64
from collections.abc import Mapping

from bot.playground.state.lists import ListItem, Lists, SlackList, shown
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, SlackError
from bot.playground.web_api.dispatcher import Method, required

_LEVELS = frozenset({"read", "write", "owner"})


class ListMethods:
    """The handlers of slackLists.*; each takes the call's arguments and returns what follows `ok`."""

    def __init__(self, workspace: Workspace, *, lists: Lists) -> None:
        self._workspace = workspace
        self._lists = lists

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        write, read = ("lists:write",), ("lists:read",)
        return {
            "slackLists.create": Method(self.create, write),
            "slackLists.access.set": Method(self.share, write),
            "slackLists.items.create": Method(self.add, write),
            "slackLists.items.update": Method(self.update, write),
            "slackLists.items.delete": Method(self.delete, write),
            "slackLists.items.deleteMultiple": Method(self.delete_many, write),
            "slackLists.items.info": Method(self.info, read),
            "slackLists.items.list": Method(self.page, read),
        }

    def create(self, args: JSON) -> JSON:
        """A List of the app's own; nobody else sees it until it is shared."""
        made = self._lists.create(required(args, "name"), args.get("schema"))
        return {"list_id": made.id, "list_metadata": {"schema": [dict(c) for c in made.columns]}}

    def share(self, args: JSON) -> JSON:
        """Let people, or the members of channels, see a List."""
        list_id = required(args, "list_id")
        if required(args, "access_level") not in _LEVELS:
            raise SlackError("invalid_arguments", messages=("[ERROR] invalid access_level",))
        channels, users = args.get("channel_ids") or [], args.get("user_ids") or []
        if bool(channels) == bool(users):
            raise SlackError("invalid_parameters")
        for channel_id in channels:
            self._workspace.channel(channel_id)
        if not set(users) <= set(self._workspace.people):
            raise SlackError("user_not_found")
        self._lists.share(list_id, [*channels, *users])
        return {}

    def add(self, args: JSON) -> JSON:
        """A new row."""
        item = self._lists.add(required(args, "list_id"), args.get("initial_fields"))
        return {"item": self._item(item)}

    def update(self, args: JSON) -> JSON:
        """Change cells."""
        self._lists.change(required(args, "list_id"), args.get("cells"))
        return {}

    def delete(self, args: JSON) -> JSON:
        """Delete a row."""
        self._lists.remove(required(args, "list_id"), [required(args, "id")])
        return {}

    def delete_many(self, args: JSON) -> JSON:
        """Delete rows."""
        self._lists.remove(required(args, "list_id"), list(args.get("ids") or []))
        return {}

    def info(self, args: JSON) -> JSON:
        """A row, and its List."""
        found = self._lists.find(required(args, "list_id"))
        item = self._lists.item(found.id, required(args, "id"))
        return {"list": _list(found), "record": self._item(item), "subtasks": []}

    def page(self, args: JSON) -> JSON:
        """The rows of a List, oldest first, page by page."""
        found = self._lists.find(required(args, "list_id"))
        items, start = self._lists.items(found.id), _start(args)
        limit = int(str(args.get("limit") or 100))
        rest = len(items) > start + limit
        cursor = base64.b64encode(str(start + limit).encode()).decode() if rest else ""
        return {
            "items": [self._item(item) for item in items[start : start + limit]],
            "response_metadata": {"next_cursor": cursor},
        }

    def _item(self, item: ListItem) -> JSON:
        us = self._workspace.identity.bot_user_id
        columns = self._lists.find(item.list_id).columns
        return {
            "id": item.id,
            "list_id": item.list_id,
            "date_created": item.created,
            "created_by": us,
            "updated_by": us,
            "updated_timestamp": item.updated,
            "fields": [_field(item, c) for c in columns if c["id"] in item.cells],
        }


def _field(item: ListItem, column: JSON) -> JSON:
    from_cell = item.cells[column["id"]]
    kind = "rich_text" if column["type"] in {"text", "rich_text"} else column["type"]
    field = {"key": column["key"], "column_id": column["id"], kind: from_cell}
    return field | ({"text": shown(item, column)} if kind == "rich_text" else {})


def _list(found: SlackList) -> JSON:
    schema = [dict(column) for column in found.columns]
    return {"id": found.id, "title": found.name, "list_metadata": {"schema": schema}}


def _start(args: JSON) -> int:
    try:
        return int(base64.b64decode(str(args.get("cursor") or "MA=="), validate=True))
    except ValueError:
        raise SlackError("invalid_cursor") from None
