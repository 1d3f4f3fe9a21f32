"""What people do in modals and in Home: type, choose, press, submit, close; and what comes of it."""

import copy
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.playground.block_kit.element_state import SLOTS, filled
from bot.playground.interactions.client_validation import refusals, silent_failure
from bot.playground.interactions.option_suggestions import asks, offered, suggestion
from bot.playground.interactions.payloads import Payloads
from bot.playground.state.views import Views
from bot.playground.values import JSON, Answer, Person, SlackError

Send = Callable[[JSON], Awaitable[Answer]]
Problems = Callable[[str, str], None]


class ViewInteractions:
    """The persons' side of views; the page and the tests both go through here."""

    def __init__(
        self, *, views: Views, payloads: Payloads, send: Send, on_problem: Problems
    ) -> None:
        self._views = views
        self._payloads = payloads
        self._send = send
        self._on_problem = on_problem

    def fill(self, view: JSON, block: JSON, element: JSON, value: Any) -> None:
        """Type or choose without telling the app."""
        if element["type"] in SLOTS:
            fields = view["state"]["values"].setdefault(block["block_id"], {})
            fields[element["action_id"]] = filled(element, value)

    async def act(
        self,
        user: Person,
        view: JSON,
        block: JSON,
        element: JSON,
        value: Any,
    ) -> Answer:
        """Press or choose, and tell the app by block_actions."""
        self.fill(view, block, element, value)
        action = self._payloads.action(block, element, value)
        return await self._send({**self._about(user, view), "actions": [action]})

    async def suggest(
        self, user: Person, view: JSON, block: JSON, element: JSON, typed: str
    ) -> list[JSON]:
        """Type into an external_select; gives the options the app offers."""
        if not asks(element, typed):
            return []
        about = self._about(user, view)
        answer = await self._send(suggestion(block, element, typed, about))
        try:
            return offered(answer.body) if answer.ok else []
        except SlackError as refusal:
            self._on_problem(refusal.error, f"block_suggestion: {'; '.join(refusal.messages)}")
            return []

    async def submit(self, user: Person, view: JSON) -> Answer:
        """Press the modal's submit button; Slack's client itself refuses what is not filled in."""
        against = refusals(view)
        if against:
            return self._unsent(user, "not_sent", against)
        broken = silent_failure(view)
        if broken:
            self._on_problem("submission_lost", broken)
            return self._unsent(user, "submission_lost", {})
        payload = {
            **self._payloads.common(user, view_id=view["id"]),
            "type": "view_submission",
            "view": copy.deepcopy(view),
            "response_urls": self._payloads.response_urls(user, view),
        }
        answer = await self._send(payload)
        return self._follow(user, view, answer) if answer.ok else answer

    async def close(self, user: Person, view: JSON, *, everything: bool = False) -> Answer | None:
        """Leave a modal, or with the x at its corner all of them; told if the app wishes to know.

        Source: https://docs.slack.dev/surfaces/modals; for the x it is told of the first view.
        """
        cleared = everything or view["clear_on_close"]
        told = self._views.of(user.id, view["root_view_id"]) if cleared else view
        payload = {
            **self._payloads.common(user),
            "type": "view_closed",
            "view": copy.deepcopy(told),
            "is_cleared": cleared,
        }
        del payload["trigger_id"]
        if cleared:
            self._views.clear(user.id)
        else:
            self._views.close(user.id, view["id"])
        return await self._send(payload) if told["notify_on_close"] else None

    def _about(self, user: Person, view: JSON) -> JSON:
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
        """Do what the ack asks for; gives the errors to show."""
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
    """The errors, if each has words and stands at an input of the view; else nothing is shown."""
    inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", messages=("[ERROR] errors must be an object",))
    for block_id, words in errors.items():
        if block_id not in inputs or not isinstance(words, str) or not words:
            raise SlackError("invalid_errors", messages=(f"[ERROR] no input {block_id!r}",))
    return errors
