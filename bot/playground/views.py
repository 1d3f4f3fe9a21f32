"""Modals and Home: a stack of three for each person, hashes against races, what was typed."""

import time
from dataclasses import dataclass, field

from bot.playground.rules import refuse_bad_view
from bot.playground.values import JSON, Identity, SlackError
from bot.playground.workspace import new_id, with_ids

STACK = 3
_FIELDS = ("type", "callback_id", "private_metadata", "external_id", "title", "close", "submit",
           "clear_on_close", "notify_on_close")  # fmt: skip


@dataclass(slots=True)
class Views:
    """Who has which views open."""

    identity: Identity
    stacks: dict[str, list[JSON]] = field(default_factory=dict)
    homes: dict[str, JSON] = field(default_factory=dict)

    def open(self, user: str, view: object) -> JSON:
        """Open a modal as a new stack."""
        made = self._make(refuse_bad_view(view), kind="modal")
        made["root_view_id"] = made["id"]
        self.stacks[user] = [made]
        return made

    def push(self, user: str, view: object) -> JSON:
        """Put a modal on top of the person's stack."""
        stack = self.stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        made = self._make(refuse_bad_view(view), kind="modal")
        made["root_view_id"] = stack[0]["id"]
        made["previous_view_id"] = stack[-1]["id"]
        stack.append(made)
        return made

    def update(self, view: object, *, view_id: str, external_id: str, hash_: str) -> JSON:
        """Put another content into an open modal; what was typed stays where ids stay."""
        old = self.find(view_id=view_id, external_id=external_id)
        checked = refuse_bad_view(view)
        if hash_ and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        kept = old["state"]["values"]
        made = self._make(checked, kind=old["type"], view_id=old["id"])
        made["root_view_id"], made["previous_view_id"] = (
            old["root_view_id"],
            old["previous_view_id"],
        )
        ids = {b["block_id"] for b in made["blocks"]}
        made["state"] = {"values": {b: v for b, v in kept.items() if b in ids}}
        old.clear()
        old.update(made)
        return old

    def publish(self, user: str, view: object, *, hash_: str) -> JSON:
        """Set a person's Home."""
        checked = refuse_bad_view(view)
        old = self.homes.get(user)
        if hash_ and old and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        made = self._make(checked, kind="home", view_id=old["id"] if old else None)
        made["root_view_id"] = made["id"]
        self.homes[user] = made
        return made

    def find(self, *, view_id: str = "", external_id: str = "") -> JSON:
        """An open view; SlackError("not_found")."""
        everything = [v for stack in self.stacks.values() for v in stack] + [*self.homes.values()]
        for view in everything:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return view
        raise SlackError("not_found")

    def top(self, user: str) -> JSON | None:
        """The modal a person looks at."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def close(self, user: str, *, whole_stack: bool) -> None:
        """Take the top modal away, or all of them."""
        stack = self.stacks.get(user, [])
        if whole_stack:
            stack.clear()
        elif stack:
            stack.pop()

    def _make(self, view: JSON, *, kind: str, view_id: str | None = None) -> JSON:
        if view["type"] != kind:
            raise SlackError(
                "invalid_arguments",
                messages=(f"[ERROR] must be a {kind} view [json-pointer:/view/type]",),
            )
        made: JSON = {
            "id": view_id or new_id("V"),
            "team_id": self.identity.team_id,
            "app_id": self.identity.app_id,
            "app_installed_team_id": self.identity.team_id,
            "bot_id": self.identity.bot_id,
            "hash": f"{time.time():.6f}.{new_id('')[-8:]}",
            "state": {"values": {}},
            "previous_view_id": None,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
        }
        made.update({name: view[name] for name in _FIELDS if view.get(name) is not None})
        made["blocks"] = list(with_ids(view["blocks"]))
        return made
