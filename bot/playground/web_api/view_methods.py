"""The methods of the Web API about modals and Home."""

from collections.abc import Mapping

from bot.playground.state.expiring_ids import Triggers
from bot.playground.state.views import Views
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, SlackError
from bot.playground.web_api.dispatcher import Method, required


class ViewMethods:
    """The handlers of views.*; each takes the call's arguments and returns what follows `ok`."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        views: Views,
        triggers: Triggers,
        home: bool,
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._triggers = triggers
        self._home = home

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        return {
            "views.open": Method(self.open_view),
            "views.push": Method(self.push_view),
            "views.update": Method(self.update_view),
            "views.publish": Method(self.publish_view),
        }

    def open_view(self, args: JSON) -> JSON:
        """Open a modal for the person of the trigger."""
        user, _ = self._triggers.exchange(required(args, "trigger_id"))
        return _view_body(self._views.open(user, args.get("view")))

    def push_view(self, args: JSON) -> JSON:
        """Push a modal onto the stack of the person of the trigger."""
        user, where = self._triggers.exchange(required(args, "trigger_id"))
        stack = self._views.stacks.get(user, [])
        if stack and where not in {v["id"] for v in stack}:
            # Slack pushes only onto the modal whose button or submission gave the trigger.
            raise SlackError("invalid_trigger_id")
        return _view_body(self._views.push(user, args.get("view")))

    def update_view(self, args: JSON) -> JSON:
        """Change an open modal."""
        view = self._views.update(
            args.get("view"),
            view_id=args.get("view_id", ""),
            external_id=args.get("external_id", ""),
            hash_=args.get("hash", ""),
        )
        return _view_body(view)

    def publish_view(self, args: JSON) -> JSON:
        """Set a person's Home."""
        if not self._home:
            raise SlackError("not_enabled")
        user = required(args, "user_id")
        if user not in self._workspace.people:
            raise SlackError("user_not_found")
        return _view_body(self._views.publish(user, args.get("view"), hash_=args.get("hash", "")))


def _view_body(view: JSON) -> JSON:
    """A view as the Web API answers it: what people typed is in payloads only."""
    return {"view": {**view, "state": {"values": {}}}}
