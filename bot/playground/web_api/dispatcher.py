"""The Web API: who can call which method, and the common shape of answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.playground.values import JSON, Secrets, SlackError

_NO_TEXT = "A top-level `text` was not provided: notifications and screen readers need it"
Handler = Callable[[JSON], JSON]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: its handler, the scopes (one of them is needed), whose token."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    whose: Literal["bot", "app", "nobody"] = "bot"


class WebApi:
    """Checks token, method and scope, then calls the handler."""

    def __init__(
        self,
        methods: Mapping[str, Method],
        *,
        secrets: Secrets,
        scopes: frozenset[str],
        is_of_a_step: Callable[[str], bool],
    ) -> None:
        self._methods = methods
        self._kinds = {secrets.bot_token: "bot", secrets.app_token: "app"}
        self._scopes = scopes
        self._is_of_a_step = is_of_a_step

    def call(self, name: str, args: JSON, *, token: str | None) -> JSON:
        """The body of Slack's answer; a refusal is an answer too."""
        try:
            method = self._allowed(name, token)
            body = {"ok": True, **method.handler(args)}
        except SlackError as refusal:
            return refusal.to_json()
        if args.get("blocks") and not args.get("text"):
            metadata = body.setdefault("response_metadata", {})
            metadata["messages"] = [f"[WARN] {_NO_TEXT}"]
            body["warning"] = "missing_text_in_message"
        return body

    def _allowed(self, name: str, token: str | None) -> Method:
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if method.whose == "nobody":
            return method
        if not token:
            raise SlackError("not_authed")
        kind = "bot" if self._is_of_a_step(token) else self._kinds.get(token)
        if kind is None:
            raise SlackError("invalid_auth")
        if kind != method.whose:
            raise SlackError("not_allowed_token_type")
        if method.scopes and not self._scopes.intersection(method.scopes):
            provided = ",".join(sorted(self._scopes))
            raise SlackError("missing_scope", needed=method.scopes[0], provided=provided)
        return method


def required(args: JSON, name: str) -> str:
    """The argument, or Slack's refusal of a call without it."""
    value = args.get(name)
    if not value:
        messages = (f"[ERROR] missing required field: {name}",)
        raise SlackError("invalid_arguments", messages=messages)
    return str(value)
