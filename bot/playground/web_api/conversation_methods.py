"""The methods of the Web API about messages and people."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.block_kit.validation import (
    TEXT_CUT_AT,
    UPDATE_TEXT,
    refuse_bad_blocks,
    refuse_long_blocks,
)
from bot.playground.state.app_responses import post_as_app
from bot.playground.state.message_payload import message_payload
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Channel, Message, SlackError
from bot.playground.web_api.dispatcher import Method, required


class ConversationMethods:
    """The handlers; each takes the call's arguments and returns what follows `ok`."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        scopes: frozenset[str],
        url: Callable[[], str],
        socket_url: Callable[[], str],
        has_file: Callable[[str], bool],
    ) -> None:
        self._workspace = workspace
        self._scopes = scopes
        self._url = url
        self._socket_url = socket_url
        self._has_file = has_file

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        write = ("chat:write",)
        return {
            "api.test": Method(lambda args: {"args": args}, whose="nobody"),
            "auth.test": Method(self.auth_test),
            "apps.connections.open": Method(lambda _: {"url": self._socket_url()}, whose="app"),
            "chat.postMessage": Method(self.post_message, write),
            "chat.update": Method(self.update, write),
            "chat.delete": Method(self.delete, write),
            "chat.postEphemeral": Method(self.post_ephemeral, write),
            "chat.getPermalink": Method(self.permalink),
            "users.info": Method(self.user_info, ("users:read",)),
        }

    def auth_test(self, _: JSON) -> JSON:
        """Who the token's bearer is."""
        me = self._workspace.identity
        return {
            "url": self._url(),
            "team": me.team_name,
            "user": me.bot_name,
            "team_id": me.team_id,
            "user_id": me.bot_user_id,
            "bot_id": me.bot_id,
            "is_enterprise_install": False,
        }

    # chat

    def post_message(self, args: JSON) -> JSON:
        """Post into a channel the app is in, or to a person."""
        channel = self._writable(args)
        text, blocks = _content(args)
        self._refuse_unknown_files(blocks)
        message = post_as_app(
            self._workspace,
            {"text": text[:TEXT_CUT_AT], "blocks": blocks},
            channel=channel.id,
            only_for=None,
            thread_ts=_known_thread(args),
        )
        return {
            "channel": channel.id,
            "ts": message.ts,
            "message": message_payload(message, self._workspace),
        }

    def post_ephemeral(self, args: JSON) -> JSON:
        """Post a message that only one member sees."""
        channel = self._writable(args)
        text, blocks = _content(args)
        user = required(args, "user")
        if user not in self._workspace.people or not self._workspace.sees(user, channel):
            raise SlackError("user_not_in_channel")
        message = post_as_app(
            self._workspace,
            {"text": text, "blocks": blocks},
            channel=channel.id,
            only_for=user,
            thread_ts=_known_thread(args),
        )
        return {"message_ts": message.ts}

    def update(self, args: JSON) -> JSON:
        """Change a message of the app; text alone removes its blocks."""
        message = self._own_message(args)
        text = args.get("text")
        if args.get("blocks") is None and text is None:
            raise SlackError("no_text")
        if text and len(text) > UPDATE_TEXT:
            raise SlackError("msg_too_long")
        blocks = _blocks(args)
        self._refuse_unknown_files(blocks)
        if not blocks and not text:
            raise SlackError("no_text")
        changed = self._workspace.edit(message, text=text or "", blocks=blocks)
        return {
            "channel": message.channel,
            "ts": message.ts,
            "text": changed.text,
            "message": message_payload(changed, self._workspace),
        }

    def delete(self, args: JSON) -> JSON:
        """Delete a message of the app."""
        message = self._own_message(args, refusal="cant_delete_message")
        self._workspace.remove(message)
        return {"channel": message.channel, "ts": message.ts}

    def permalink(self, args: JSON) -> JSON:
        """The address of a message."""
        channel = self._workspace.channel(required(args, "channel"))
        message = self._workspace.find(channel.id, required(args, "message_ts"))
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        link = f"{self._url()}archives/{channel.id}/p{message.ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    # users

    def user_info(self, args: JSON) -> JSON:
        """A person's names, and their time zone."""
        person = self._workspace.people.get(required(args, "user"))
        if person is None:
            raise SlackError("user_not_found")
        return {
            "user": {
                "id": person.id,
                "team_id": self._workspace.identity.team_id,
                "name": person.name,
                "real_name": person.real_name,
                "is_bot": False,
                "tz": person.timezone,
                "profile": {"display_name": person.name, "real_name": person.real_name},
            }
        }

    # helpers

    def _refuse_unknown_files(self, blocks: list[JSON]) -> None:
        """An image block shows a file that was uploaded."""
        for block in blocks:
            shown = block.get("slack_file") if block["type"] == "image" else None
            if shown and not self._has_file(str(shown.get("id"))):
                raise SlackError("invalid_blocks", messages=("[ERROR] invalid slack file",))

    def _writable(self, args: JSON) -> Channel:
        ref = required(args, "channel")
        if ref in self._workspace.people:
            return self._workspace.direct_message(ref)
        channel = self._workspace.channel(ref)
        member = self._workspace.sees(self._workspace.identity.bot_user_id, channel)
        if not member and (channel.is_im or "chat:write.public" not in self._scopes):
            raise SlackError("not_in_channel")
        return channel

    def _own_message(self, args: JSON, *, refusal: str = "cant_update_message") -> Message:
        channel = self._workspace.channel(required(args, "channel"))
        message = self._workspace.find(channel.id, required(args, "ts"))
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        if message.bot_id != self._workspace.identity.bot_id:
            raise SlackError(refusal)
        return message


def _content(args: JSON) -> tuple[str, list[Any]]:
    text = str(args.get("text") or "")
    blocks = _blocks(args)
    if not text and not blocks:
        raise SlackError("no_text")
    return text, blocks


def _blocks(args: JSON) -> list[JSON]:
    if args.get("blocks") is None:
        return []
    return refuse_long_blocks(refuse_bad_blocks(args["blocks"]))


def _known_thread(args: JSON) -> str | None:
    return str(args["thread_ts"]) if args.get("thread_ts") else None
