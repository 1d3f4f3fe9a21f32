"""The methods of the Web API about emoji under messages."""

from collections.abc import Mapping

import emoji

from bot.playground.state.message_payload import message_payload
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Message, SlackError
from bot.playground.web_api.dispatcher import Method, required

REACTIONS_MOST = 23
"""Different emoji that one person can put under a message."""


class ReactionMethods:
    """The handlers of reactions.*; each takes the call's arguments and returns what follows `ok`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        write, read = ("reactions:write",), ("reactions:read",)
        return {
            "reactions.add": Method(self.add, write),
            "reactions.remove": Method(self.remove, write),
            "reactions.get": Method(self.get, read),
        }

    def add(self, args: JSON) -> JSON:
        """Put an emoji under a message."""
        message, name, us = self._message(args), _name(args), self._workspace.identity.bot_user_id
        ours = [r for r in message.reactions if us in r["users"]]
        if len(ours) >= REACTIONS_MOST and name not in {r["name"] for r in ours}:
            raise SlackError("too_many_emoji")
        self._workspace.react(message, us, name)
        return {}

    def remove(self, args: JSON) -> JSON:
        """Take it away again."""
        message, name = self._message(args), _name(args)
        self._workspace.unreact(message, self._workspace.identity.bot_user_id, name)
        return {}

    def get(self, args: JSON) -> JSON:
        """A message with what is under it."""
        message = self._message(args)
        shown = message_payload(message, self._workspace)
        return {"type": "message", "channel": message.channel, "message": shown}

    def _message(self, args: JSON) -> Message:
        channel = self._workspace.channel(required(args, "channel"))
        if not self._workspace.sees(self._workspace.identity.bot_user_id, channel):
            hidden = channel.is_im or channel.is_private
            raise SlackError("channel_not_found" if hidden else "not_in_channel")
        message = self._workspace.find(channel.id, required(args, "timestamp"))
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        return message


def _name(args: JSON) -> str:
    """The name of an emoji that Slack has; of those that workspaces make, this one has none."""
    name = required(args, "name").strip(":")
    text = f":{name.partition('::')[0]}:"
    if emoji.emojize(text, language="alias") == text:
        raise SlackError("invalid_name")
    return name
