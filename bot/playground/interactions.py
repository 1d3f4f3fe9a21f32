"""What people do: type, command, press, choose; as payloads, with what becomes of them."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground.delivery import DeliveryError
from bot.playground.escape import escape_entities, escape_typed
from bot.playground.manifest import Manifest, Shortcut
from bot.playground.responses import show_ack
from bot.playground.tickets import ResponseUrls, Triggers
from bot.playground.values import JSON, Answer, Channel, Message, Person, SlackError
from bot.playground.views import Views
from bot.playground.web_methods import as_slack
from bot.playground.workspace import Workspace
from bot.playground.world import SLACKBOT

Deliver = Callable[[str, JSON], Awaitable[JSON | None]]
Problems = Callable[[str, str], None]


class Interactions:
    """The persons' side of the workspace; the page and the tests both go through here."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        manifest: Manifest,
        triggers: Triggers,
        response_urls: ResponseUrls,
        views: Views,
        deliver: Deliver,
        on_problem: Problems,
        url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._triggers = triggers
        self._response_urls = response_urls
        self._views = views
        self._deliver = deliver
        self._on_problem = on_problem
        self._url = url
        self._chosen: dict[tuple[str, str, str], JSON] = {}

    # Messages and commands

    def say(
        self, user: Person, channel: Channel, text: str, *, thread_ts: str | None = None
    ) -> Message:
        """An ordinary message."""
        wire = self._escaped(text, wrap=True)
        return self._workspace.add(channel=channel.id, user=user.id, text=wire, thread_ts=thread_ts)

    async def command(
        self, user: Person, channel: Channel, name: str, text: str, *, thread_ts: str | None = None
    ) -> Answer:
        """A slash command; what goes wrong is told by Slackbot to that person alone."""
        command = self._manifest.command(name)
        if command is None:
            words = f"{name} is not a valid command. In Slack, all messages that start with the "
            words += '"/" character are interpreted as commands.'
            return self._refused(user, channel, "invalid_command", words)
        if thread_ts:
            words = f"{name} is not supported in threads. Sorry!"
            return self._refused(user, channel, "not_supported_in_threads", words)
        form = self._form(user, channel, name, self._escaped(text, wrap=command.should_escape))
        return await self.send_command(form)

    async def send_command(self, form: JSON) -> Answer:
        """Deliver a command's form and show what comes back."""
        user, channel = form["user_id"], form["channel_id"]
        started = time.perf_counter()
        try:
            body = await self._deliver("slash_commands", form)
            elapsed = _ms_since(started)
            shown = show_ack(self._workspace, body, user=user, channel=channel) if body else None
            return Answer(
                kind="slash_commands", request=form, elapsed_ms=elapsed, body=body, message=shown
            )
        except (DeliveryError, SlackError) as failure:
            elapsed = _ms_since(started)
            detail = "; ".join(getattr(failure, "messages", ())) or str(failure)
            self._on_problem(failure.error, f"{form['command']}: {detail}")
            words = f'{form["command"]} failed with the error "{failure.error}"'
            message = self._slackbot(user, channel, words)
            return Answer(
                kind="slash_commands",
                request=form,
                elapsed_ms=elapsed,
                error=failure.error,
                message=message,
            )

    # Pressing and choosing

    async def act(
        self, user: Person, message: Message, block: JSON, element: JSON, option: JSON | None
    ) -> Answer:
        """Press a button or choose from a menu of a message, as this person sees it."""
        if message.only_for not in {None, user.id}:
            raise LookupError("this message is not for this person")
        picked = _picked(element, option)
        key = (message.channel, message.ts, user.id)
        if element["type"] not in {"button", "overflow"}:
            values = self._chosen.setdefault(key, {})
            values.setdefault(block["block_id"], {})[element["action_id"]] = picked
        action: JSON = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            **{k: element[k] for k in ("text", "value", "style", "placeholder") if k in element},
            **picked,
            "action_ts": self._workspace.next_ts(),
        }
        return await self.send_interaction(self._block_actions(user, message, action))

    async def shortcut(self, user: Person, shortcut: Shortcut, message: Message | None) -> Answer:
        """A message shortcut on a message, or a global one without."""
        payload: JSON = {
            **self._common(user),
            "type": "message_action" if message else "shortcut",
            "callback_id": shortcut.callback_id,
            "action_ts": self._workspace.next_ts(),
        }
        if message:
            payload |= {
                "message_ts": message.ts,
                "channel": self._channel(message.channel),
                "message": as_slack(message, self._workspace),
                "response_url": self._response_url(user, message.channel, message.thread_ts),
            }
        return await self.send_interaction(payload)

    async def send_interaction(self, payload: JSON) -> Answer:
        """Deliver an interaction; an ack's body means nothing to Slack but for views."""
        started = time.perf_counter()
        try:
            body = await self._deliver("interactive", payload)
        except DeliveryError as failure:
            self._on_problem(failure.error, f"{payload['type']}: {failure.detail}")
            return Answer(
                kind="interactive",
                request=payload,
                elapsed_ms=_ms_since(started),
                error=failure.error,
            )
        elapsed = _ms_since(started)
        if body and payload["type"] != "view_submission":
            told = json.dumps(body)[:200]
            self._on_problem("ignored_ack_body", f"an ack of {payload['type']} had a body: {told}")
        return Answer(
            kind="interactive",
            request=payload,
            elapsed_ms=elapsed,
            body=body,
            view=self._views.top(payload["user"]["id"]),
        )

    # Payloads

    def _form(self, user: Person, channel: Channel, name: str, text: str) -> JSON:
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
            "response_url": self._response_url(user, channel.id, None, room="commands"),
            "trigger_id": self._triggers.issue(user.id),
        }

    def _block_actions(self, user: Person, message: Message, action: JSON) -> JSON:
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": bool(message.only_for),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload: JSON = {
            **self._common(user),
            "type": "block_actions",
            "container": container,
            "channel": self._channel(message.channel),
            "state": {"values": self._state(user, message)},
            "response_url": self._response_url(
                user, message.channel, message.thread_ts, original=message
            ),
            "actions": [action],
        }
        if not message.only_for:
            payload["message"] = as_slack(message, self._workspace)
        return payload

    def _common(self, user: Person, *, view_id: str | None = None) -> JSON:
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

    def _channel(self, channel_id: str) -> JSON:
        return {"id": channel_id, "name": self._workspace.channels[channel_id].name}

    def _response_url(
        self,
        user: Person,
        channel: str,
        thread_ts: str | None,
        *,
        original: Message | None = None,
        room: str = "actions",
    ) -> str:
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

    # Slack's own words

    def _escaped(self, text: str, *, wrap: bool) -> str:
        if not wrap:
            return escape_entities(text)
        people, channels = self._workspace.people.values(), self._workspace.channels.values()
        return escape_typed(text, people=people, channels=channels)

    def _refused(self, user: Person, channel: Channel, error: str, words: str) -> Answer:
        message = self._slackbot(user.id, channel.id, words)
        return Answer(
            kind="slash_commands", request={}, elapsed_ms=0.0, error=error, message=message
        )

    def _slackbot(self, user: str, channel: str, words: str) -> Message:
        return self._workspace.add(channel=channel, user=SLACKBOT, text=words, only_for=user)


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


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
