"""What people do in conversations: type, use commands, press, choose; as payloads and answers."""

import copy
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.playground.delivery.errors import DeliveryError
from bot.playground.interactions.payloads import Payloads
from bot.playground.state.app_responses import show_ack
from bot.playground.state.escaping import escape_entities, escape_typed
from bot.playground.state.manifest import Manifest, Shortcut
from bot.playground.state.message_payload import message_payload
from bot.playground.state.views import Views
from bot.playground.state.workspace import SLACKBOT, Workspace
from bot.playground.values import JSON, Answer, Channel, Message, Person, SlackError

Deliver = Callable[[str, JSON], Awaitable[JSON | None]]
OnProblem = Callable[[str, str], None]
_ANSWERED_BY_BODY = frozenset({"view_submission", "block_suggestion"})


class MessageInteractions:
    """What people do in conversations; both the page and the tests go through here."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        manifest: Manifest,
        payloads: Payloads,
        views: Views,
        deliver: Deliver,
        on_problem: OnProblem,
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._payloads = payloads
        self._views = views
        self._deliver = deliver
        self._on_problem = on_problem

    # Messages and commands

    def say(
        self, user: Person, channel: Channel, text: str, *, thread_ts: str | None = None
    ) -> Message:
        """An ordinary message."""
        escaped = self._escaped(text, wrap=True)
        return self._workspace.add(
            channel=channel.id, user=user.id, text=escaped, thread_ts=thread_ts
        )

    def share(self, user: Person, channel: Channel, file: JSON, text: str = "") -> Message:
        """A message with a file."""
        escaped = self._escaped(text, wrap=True)
        return self._workspace.add(channel=channel.id, user=user.id, text=escaped, files=[file])

    def edit(self, user: Person, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        self._refuse_others(user, message)
        return self._workspace.edit(message, text=self._escaped(text, wrap=True), blocks=())

    def delete(self, user: Person, message: Message) -> None:
        """Delete a message of one's own."""
        self._refuse_others(user, message)
        self._workspace.remove(message)

    def invite(self, channel: Channel) -> Channel:
        """The app becomes a member; Slack says so in the channel."""
        app = self._workspace.identity.bot_user_id
        if channel.is_im:
            raise LookupError("nobody can be invited into a direct message")
        if app in channel.members:
            raise LookupError(f"{self._workspace.identity.bot_name} is in this channel already")
        joined = self._workspace.put_channel(replace(channel, members=(*channel.members, app)))
        self._workspace.add(
            channel=channel.id,
            user=app,
            text=f"<@{app}> has joined the channel",
            subtype="channel_join",
        )
        return joined

    def remove_app(self, channel: Channel) -> Channel:
        """The app is a member no more."""
        app = self._workspace.identity.bot_user_id
        if app not in channel.members or channel.is_im:
            raise LookupError(f"{self._workspace.identity.bot_name} is not in this channel")
        rest = tuple(member for member in channel.members if member != app)
        return self._workspace.put_channel(replace(channel, members=rest))

    async def command(
        self, user: Person, channel: Channel, name: str, text: str, *, thread_ts: str | None = None
    ) -> Answer:
        """A slash command; Slackbot tells that person alone what went wrong."""
        command = self._manifest.command(name)
        if command is None:
            words = f"{name} is not a valid command. In Slack, all messages that start with the "
            words += '"/" character are interpreted as commands.'
            return self._refused(user, channel, "invalid_command", words)
        if thread_ts:
            words = f"{name} is not supported in threads. Sorry!"
            return self._refused(user, channel, "not_supported_in_threads", words, thread_ts)
        form = self._payloads.command(
            user, channel, name, self._escaped(text, wrap=command.should_escape)
        )
        return await self.send_command(form)

    async def send_command(self, form: JSON) -> Answer:
        """Deliver a command's form and show the app's answer."""
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
        self,
        user: Person,
        message: Message,
        block: JSON,
        element: JSON,
        value: Any,
    ) -> Answer:
        """Press a button or choose from a menu of a message, as this person sees it."""
        self.fill(user, message, block, element, value)
        action = self._payloads.action(block, element, value)
        return await self.send_interaction(self._payloads.block_actions(user, message, action))

    def fill(
        self,
        user: Person,
        message: Message,
        block: JSON,
        element: JSON,
        value: Any,
    ) -> None:
        """Choose or type in a message without telling the app."""
        if message.only_for not in {None, user.id}:
            raise LookupError("this message is not for this person")
        self._payloads.fill(user, message, block, element, value)

    def state(self, user: Person, message: Message) -> JSON:
        """What this person chose and typed in a message, as `state.values`."""
        return self._payloads.state(user, message)

    async def shortcut(self, user: Person, shortcut: Shortcut, message: Message | None) -> Answer:
        """A message shortcut on a message, or a global one without."""
        payload: JSON = {
            **self._payloads.common(user),
            "type": "message_action" if message else "shortcut",
            "callback_id": shortcut.callback_id,
            "action_ts": self._workspace.next_ts(),
        }
        if message:
            payload |= {
                "message_ts": message.ts,
                "channel": self._payloads.channel(message.channel),
                "message": message_payload(message, self._workspace),
                "response_url": self._payloads.response_url(
                    user, message.channel, message.thread_ts
                ),
            }
        return await self.send_interaction(payload)

    async def send_interaction(self, payload: JSON) -> Answer:
        """Deliver an interaction; Slack ignores the body of its ack except for views."""
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
        if body and payload["type"] not in _ANSWERED_BY_BODY:
            excerpt = json.dumps(body)[:200]
            self._on_problem(
                "ignored_ack_body", f"an ack of {payload['type']} had a body: {excerpt}"
            )
        return Answer(
            kind="interactive",
            request=payload,
            elapsed_ms=elapsed,
            body=body,
            view=copy.deepcopy(self._views.top(payload["user"]["id"])),
        )

    def _refuse_others(self, user: Person, message: Message) -> None:
        if message.user != user.id or message.only_for:
            raise LookupError("only one's own messages can be changed")

    # Slackbot's messages

    def _escaped(self, text: str, *, wrap: bool) -> str:
        if not wrap:
            return escape_entities(text)
        me, channels = self._workspace.identity, self._workspace.channels.values()
        app = Person(id=me.bot_user_id, name=me.bot_name, real_name=me.bot_name, colour="")
        people = (*self._workspace.people.values(), app)
        return escape_typed(text, people=people, channels=channels)

    def _refused(
        self, user: Person, channel: Channel, error: str, words: str, thread_ts: str | None = None
    ) -> Answer:
        message = self._slackbot(user.id, channel.id, words, thread_ts)
        return Answer(
            kind="slash_commands", request={}, elapsed_ms=0.0, error=error, message=message
        )

    def _slackbot(
        self, user: str, channel: str, words: str, thread_ts: str | None = None
    ) -> Message:
        return self._workspace.add(
            channel=channel, user=SLACKBOT, text=words, only_for=user, thread_ts=thread_ts
        )


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
