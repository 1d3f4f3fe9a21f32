"""The payloads of what people do, field by field as Slack sends them."""

from collections.abc import Callable
from typing import Any

from bot.playground.block_kit.element_state import SLOTS, action_fields, changed_state, state_values
from bot.playground.state.expiring_ids import ResponseUrls, Triggers
from bot.playground.state.message_payload import message_payload
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Channel, Message, Person, interactive


class Payloads:
    """Makes payloads, each with its trigger_id and response_url, and keeps what was chosen in messages."""

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

    def action(self, block: JSON, element: JSON, value: Any) -> JSON:
        """One entry of `actions`."""
        return {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            **{k: element[k] for k in ("text", "value", "style", "placeholder") if k in element},
            **action_fields(element, value),
            "action_ts": self._workspace.next_ts(),
        }

    def fill(
        self,
        user: Person,
        message: Message,
        block: JSON,
        element: JSON,
        value: Any,
    ) -> None:
        """Remember what this person chose or typed in a message, for `state`."""
        if element["type"] in SLOTS:
            values = self._chosen.setdefault((message.channel, message.ts, user.id), {})
            values.setdefault(block["block_id"], {})[element["action_id"]] = changed_state(
                element, value
            )

    def command(self, user: Person, channel: Channel, name: str, text: str) -> JSON:
        """The form of a slash command."""
        me = self._workspace.identity
        elsewhere = {"context_team_id": me.team_id} if user.team_id else {}
        return {
            "token": "deprecated",
            "team_id": user.team_id or me.team_id,
            **elsewhere,
            "team_domain": me.team_domain,
            "channel_id": channel.id,
            "channel_name": channel.told_name,
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text,
            "api_app_id": me.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(user, channel.id, None, route="commands"),
            "trigger_id": self._triggers.issue(user.id),
        }

    def block_actions(self, user: Person, message: Message, action: JSON) -> JSON:
        """A press or a choice in a message; an ephemeral message is only named by its container."""
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
            "state": {"values": self.state(user, message)},
            "response_url": self.response_url(
                user, message.channel, message.thread_ts, original=message
            ),
            "actions": [action],
        }
        if not message.only_for:
            payload["message"] = message_payload(message, self._workspace)
        return payload

    def common(self, user: Person, *, view_id: str | None = None) -> JSON:
        """The fields that every interaction has."""
        me = self._workspace.identity
        return {
            "user": {
                "id": user.id, "username": user.name, "name": user.name,
                "team_id": user.team_id or me.team_id,
            },
            "team": {"id": me.team_id, "domain": me.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "api_app_id": me.app_id,
            "token": "deprecated",
            "trigger_id": self._triggers.issue(user.id, view_id=view_id),
        }  # fmt: skip

    def channel(self, channel_id: str) -> JSON:
        """A channel's id and name."""
        return {"id": channel_id, "name": self._workspace.channels[channel_id].told_name}

    def response_url(
        self,
        user: Person,
        channel: str,
        thread_ts: str | None,
        *,
        original: Message | None = None,
        route: str = "actions",
    ) -> str:
        """A new response_url."""
        url = self._response_urls.issue(user.id, channel, original=original, thread_ts=thread_ts)
        return f"{self._url()}{route}/{url.path}"

    def response_urls(self, user: Person, view: JSON) -> list[JSON]:
        """A response_url for each conversation chosen in an element with response_url_enabled."""
        urls = []
        for block, element in interactive(view["blocks"]):
            if element.get("response_url_enabled"):
                state = view["state"]["values"][block["block_id"]][element["action_id"]]
                channel = state[SLOTS[element["type"]].payload_field]
                if channel:
                    url = self.response_url(user, channel, None)
                    ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                    urls.append({**ids, "channel_id": channel, "response_url": url})
        return urls

    def state(self, user: Person, message: Message) -> JSON:
        """What a person chose and typed in a message, as `state.values`."""
        chosen = self._chosen.get((message.channel, message.ts, user.id), {})
        return state_values(message.blocks, chosen)
