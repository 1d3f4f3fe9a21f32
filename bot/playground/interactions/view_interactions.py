"""What people do in modals and in Home: type, choose, press, submit, close; as payloads and answers."""

import copy
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.playground.block_kit.element_state import SLOTS, changed_state
from bot.playground.interactions.client_validation import client_errors, silent_failure
from bot.playground.interactions.option_suggestions import (
    asks_app,
    block_suggestion,
    suggested_options,
)
from bot.playground.interactions.payloads import Payloads
from bot.playground.state.views import Views
from bot.playground.values import JSON, Answer, Person, SlackError

Send = Callable[[JSON], Awaitable[Answer]]
OnProblem = Callable[[str, str], None]


class ViewInteractions:
    """What people do in views; both the page and the tests go through here."""

    def __init__(
        self, *, views: Views, payloads: Payloads, send: Send, on_problem: OnProblem
    ) -> None:
        self._views = views
        self._payloads = payloads
        self._send = send
        self._on_problem = on_problem

    def fill(self, view: JSON, block: JSON, element: JSON, value: Any) -> None:
        """Type or choose without telling the app."""
        if element["type"] in SLOTS:
            fields = view["state"]["values"].setdefault(block["block_id"], {})
            fields[element["action_id"]] = changed_state(element, value)

    async def act(
        self,
        user: Person,
        view: JSON,
        block: JSON,
        element: JSON,
        value: Any,
    ) -> Answer:
        """Press or choose, and send block_actions."""
        self.fill(view, block, element, value)
        action = self._payloads.action(block, element, value)
        return await self._send({**self._block_actions(user, view), "actions": [action]})

    async def suggest(
        self, user: Person, view: JSON, block: JSON, element: JSON, typed: str
    ) -> list[JSON]:
        """Type into an external_select; returns the options that the app suggests."""
        if not asks_app(element, typed):
            return []
        action = self._block_actions(user, view)
        answer = await self._send(block_suggestion(block, element, typed, action))
        try:
            return suggested_options(answer.body) if answer.ok else []
        except SlackError as refusal:
            self._on_problem(refusal.error, f"block_suggestion: {'; '.join(refusal.messages)}")
            return []

    async def submit(self, user: Person, view: JSON) -> Answer:
        """Press the modal's submit button; Slack's client itself refuses missing or invalid fields."""
        errors = client_errors(view)
        if errors:
            return self._unsent(user, "not_sent", errors)
        cause = silent_failure(view)
        if cause:
            self._on_problem("submission_lost", cause)
            return self._unsent(user, "submission_lost", {})
        common = self._payloads.common(user, view_id=view["id"])
        if user.team_id:  # whatever a guest submits comes from their own workspace
            common["team"] = {"id": user.team_id, "domain": "elsewhere"}
        payload = {
            **common,
            "type": "view_submission",
            "view": copy.deepcopy(view),
            "response_urls": self._payloads.response_urls(user, view),
        }
        answer = await self._send(payload)
        return self._follow(user, view, answer) if answer.ok else answer

    async def close(self, user: Person, view: JSON, *, everything: bool = False) -> Answer | None:
        """Close a modal, or with the x in its corner all of them; sends view_closed if the app wants it.

        Source: https://docs.slack.dev/surfaces/modals; for the x it is about the first view.
        """
        cleared = everything or view["clear_on_close"]
        closed = self._views.of(user.id, view["root_view_id"]) if cleared else view
        payload = {
            **self._payloads.common(user),
            "type": "view_closed",
            "view": copy.deepcopy(closed),
            "is_cleared": cleared,
        }
        del payload["trigger_id"]
        if cleared:
            self._views.clear(user.id)
        else:
            self._views.close(user.id, view["id"])
        return await self._send(payload) if closed["notify_on_close"] else None

    def _block_actions(self, user: Person, view: JSON) -> JSON:
        return {
            **self._payloads.common(user, view_id=view["id"]),
            "type": "block_actions",
            "container": {"type": "view", "view_id": view["id"]},
            "view": copy.deepcopy(view),
        }

    def _unsent(self, user: Person, error: str, errors: dict[str, str]) -> Answer:
        top = copy.deepcopy(self._views.top(user.id))
        return Answer(
            kind="interactive", request={}, elapsed_ms=0.0, error=error, errors=errors, view=top
        )

    def _follow(self, user: Person, view: JSON, answer: Answer) -> Answer:
        try:
            errors = self._respond(user, view, answer.body or {})
        except SlackError as refusal:
            detail = "; ".join(refusal.messages) or refusal.error
            self._on_problem(refusal.error, f"response to view_submission: {detail}")
            return replace(answer, error=refusal.error)
        return replace(answer, errors=errors, view=copy.deepcopy(self._views.top(user.id)))

    def _respond(self, user: Person, view: JSON, body: JSON) -> dict[str, str]:
        """Do what the ack asks for; returns the errors to show."""
        match body.get("response_action"):
            case None if not body:
                self._views.close(user.id, view["id"])
            case "clear":
                self._views.clear(user.id)
            case "update":
                self._views.update(body.get("view"), view_id=view["id"])
            case "push":
                self._views.push(user.id, body.get("view"))
            case "errors":
                return _errors(view, body.get("errors"))
            case other:
                raise SlackError("invalid_response_action", messages=(f"[ERROR] {other!r}",))
        return {}


def _errors(view: JSON, errors: object) -> dict[str, str]:
    """The errors, if each has a text and belongs to an input of the view; else none is shown."""
    inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", messages=("[ERROR] errors must be an object",))
    for block_id, words in errors.items():
        if block_id not in inputs or not isinstance(words, str) or not words:
            raise SlackError("invalid_errors", messages=(f"[ERROR] no input {block_id!r}",))
    return errors
