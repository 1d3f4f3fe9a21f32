"""The payloads that tell an app what somebody did, field by field as Slack sends them."""

from collections.abc import Callable
from typing import Any

from bot.playground.as_slack import as_slack
from bot.playground.tickets import ResponseUrls, Triggers
from bot.playground.values import JSON, Channel, Message, Person
from bot.playground.workspace import Workspace


class Payloads:
    """Makes payloads, each with its trigger_id and response_url, and knows what was chosen."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        triggers: Triggers,
        response_urls: ResponseUrls,
        url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._triggers = triggers
        self._response_urls = response_urls
        self._url = url
        self._chosen: dict[tuple[str, str, str], JSON] = {}

    def action(
        self, user: Person, message: Message, block: JSON, element: JSON, option: JSON | None
    ) -> JSON:
        """One entry of `actions`; a choice is remembered for `state`."""
        picked = _picked(element, option)
        key = (message.channel, message.ts, user.id)
        if element["type"] not in {"button", "overflow"}:
            values = self._chosen.setdefault(key, {})
            values.setdefault(block["block_id"], {})[element["action_id"]] = picked
        return {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            **{k: element[k] for k in ("text", "value", "style", "placeholder") if k in element},
            **picked,
            "action_ts": self._workspace.next_ts(),
        }

    def command(self, user: Person, channel: Channel, name: str, text: str) -> JSON:
        """The form of a slash command."""
        me = self._workspace.identity
        return {
            "token": "deprecated",
            "team_id": me.team_id,
            "team_domain": me.team_domain,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text,
            "api_app_id": me.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(user, channel.id, None, room="commands"),
            "trigger_id": self._triggers.issue(user.id),
        }

    def block_actions(self, user: Person, message: Message, action: JSON) -> JSON:
        """A press or a choice in a message; an ephemeral one is told by its container only."""
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": bool(message.only_for),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload: JSON = {
            **self.common(user),
            "type": "block_actions",
            "container": container,
            "channel": self.channel(message.channel),
            "state": {"values": self._state(user, message)},
            "response_url": self.response_url(
                user, message.channel, message.thread_ts, original=message
            ),
            "actions": [action],
        }
        if not message.only_for:
            payload["message"] = as_slack(message, self._workspace)
        return payload

    def common(self, user: Person, *, view_id: str | None = None) -> JSON:
        """What every interaction tells."""
        me = self._workspace.identity
        return {
            "user": {
                "id": user.id, "username": user.name, "name": user.name, "team_id": me.team_id,
            },
            "team": {"id": me.team_id, "domain": me.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "api_app_id": me.app_id,
            "token": "deprecated",
            "trigger_id": self._triggers.issue(user.id, view_id=view_id),
        }  # fmt: skip

    def channel(self, channel_id: str) -> JSON:
        """A channel in short."""
        return {"id": channel_id, "name": self._workspace.channels[channel_id].name}

    def response_url(
        self,
        user: Person,
        channel: str,
        thread_ts: str | None,
        *,
        original: Message | None = None,
        room: str = "actions",
    ) -> str:
        """A new response_url."""
        url = self._response_urls.issue(user.id, channel, original=original, thread_ts=thread_ts)
        return f"{self._url()}{room}/{url.path}"

    def _state(self, user: Person, message: Message) -> JSON:
        values: JSON = {}
        for block, element in message.actions:
            if element["type"] not in {"button", "overflow"}:
                fields = values.setdefault(block["block_id"], {})
                fields[element["action_id"]] = _initial(element)
        chosen = self._chosen.get((message.channel, message.ts, user.id), {})
        for block_id, fields in chosen.items():
            if block_id in values:
                values[block_id].update(fields)
        return values


def _picked(element: JSON, option: JSON | None) -> dict[str, Any]:
    kind = element["type"]
    if kind in {"static_select", "overflow", "radio_buttons"}:
        return {"type": kind, "selected_option": option}
    if kind in {"multi_static_select", "checkboxes"}:
        return {"type": kind, "selected_options": [option] if option else []}
    return {"type": kind}


def _initial(element: JSON) -> JSON:
    kind = element["type"]
    if kind in {"multi_static_select", "checkboxes"}:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    return {"type": kind, "selected_option": element.get("initial_option")}
