"""Modals and Home: a stack of three for each person, hashes against races, what was typed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.block_kit.defaults import blocks_with_defaults, with_defaults
from bot.playground.block_kit.element_state import state_values
from bot.playground.block_kit.validation import refuse_bad_view
from bot.playground.state.workspace import new_id
from bot.playground.values import JSON, Identity, SlackError

STACK = 3
_FIELDS = ("type", "callback_id", "private_metadata", "external_id", "title", "close", "submit",
           "clear_on_close", "notify_on_close")  # fmt: skip


@dataclass(slots=True)
class Views:
    """Who has which views open; `on_change` is called with the id of whoever's views changed."""

    identity: Identity
    on_change: Callable[[str], None]
    stacks: dict[str, list[JSON]] = field(default_factory=dict)
    homes: dict[str, JSON] = field(default_factory=dict)

    # What the app does

    def open(self, user: str, view: object) -> JSON:
        """Open a modal as a new stack."""
        made = self._make(refuse_bad_view(view), kind="modal")
        made["root_view_id"] = made["id"]
        self.stacks[user] = [made]
        self.on_change(user)
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
        self.on_change(user)
        return made

    def update(self, view: object, *, view_id: str, external_id: str = "", hash_: str = "") -> JSON:
        """Replace an open modal's content; what was typed is kept where ids match."""
        old = self.find(view_id=view_id, external_id=external_id)
        checked = refuse_bad_view(view)
        if hash_ and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        made = self._make(checked, kind=old["type"], old=old)
        made |= {name: old[name] for name in ("root_view_id", "previous_view_id")}
        owner = self.owner(old["id"])
        old.clear()
        old.update(made)
        self.on_change(owner)
        return old

    def publish(self, user: str, view: object, *, hash_: str) -> JSON:
        """Set a person's Home."""
        checked = refuse_bad_view(view)
        old = self.homes.get(user)
        if hash_ and old and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        made = self._make(checked, kind="home", old=old)
        made["root_view_id"] = made["id"]
        self.homes[user] = made
        self.on_change(user)
        return made

    # What the person does

    def close(self, user: str, view_id: str) -> None:
        """Close one modal; the one below it is shown again."""
        stack = self.stacks.get(user, [])
        left = [v for v in stack if v["id"] != view_id]
        if len(left) < len(stack):
            self.stacks[user] = left
            self.on_change(user)

    def clear(self, user: str) -> None:
        """Close all the person's modals."""
        if self.stacks.pop(user, None):
            self.on_change(user)

    # Finding views

    def find(self, *, view_id: str = "", external_id: str = "") -> JSON:
        """An open view; SlackError("not_found")."""
        everything = [v for stack in self.stacks.values() for v in stack] + [*self.homes.values()]
        for view in everything:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return view
        raise SlackError("not_found")

    def of(self, user: str, view_id: str) -> JSON:
        """An open view or Home of this person; LookupError when it is closed."""
        home = self.homes.get(user)
        for view in [*self.stacks.get(user, []), *([home] if home else [])]:
            if view["id"] == view_id:
                return view
        raise LookupError("this view is gone")

    def owner(self, view_id: str) -> str:
        """Whose view it is."""
        for user, stack in self.stacks.items():
            if any(v["id"] == view_id for v in stack):
                return user
        return next(user for user, home in self.homes.items() if home["id"] == view_id)

    def top(self, user: str) -> JSON | None:
        """The modal on top of a person's stack."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def _make(self, view: JSON, *, kind: str, old: JSON | None = None) -> JSON:
        if view["type"] != kind:
            raise SlackError(
                "invalid_arguments",
                messages=(f"[ERROR] must be a {kind} view [json-pointer:/view/type]",),
            )
        self._refuse_known(view.get("external_id") or "", old)
        made: JSON = {
            "id": old["id"] if old else new_id("V"),
            "team_id": self.identity.team_id,
            "app_id": self.identity.app_id,
            "app_installed_team_id": self.identity.team_id,
            "bot_id": self.identity.bot_id,
            "hash": f"{time.time():.6f}.{new_id('')[-8:]}",
            "previous_view_id": None,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
        }
        made.update({n: with_defaults(view[n]) for n in _FIELDS if view.get(n) is not None})
        made["blocks"] = list(blocks_with_defaults(view["blocks"]))
        kept = old["state"]["values"] if old else {}
        made["state"] = {"values": state_values(made["blocks"], kept)}
        return made

    def _refuse_known(self, external_id: str, old: JSON | None) -> None:
        try:
            known = self.find(external_id=external_id) if external_id else None
        except SlackError:
            return
        if known is not None and known is not old:
            raise SlackError("duplicate_external_id")
