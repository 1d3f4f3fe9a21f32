"""The methods of the Web API about channels: what is known of them, who is in them, what was said in them."""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.playground.state.message_payload import message_payload
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Channel, Message, SlackError
from bot.playground.web_api.dispatcher import Method, required

HISTORY_DEFAULT, HISTORY_MOST = 100, 999
REPLIES_DEFAULT, REPLIES_MOST = 1000, 1000
HISTORY_SCOPES = ("channels:history", "groups:history", "im:history")
READ_SCOPES = ("channels:read", "groups:read", "im:read")
JOIN_SCOPES = ("channels:join",)


class ChannelMethods:
    """The handlers of conversations.*; each takes the call's arguments and returns what follows `ok`."""

    def __init__(self, workspace: Workspace, *, scopes: frozenset[str]) -> None:
        self._workspace = workspace
        self._scopes = scopes
        self.largest_page: int | None = None
        """Slack gives apps that are sold outside its Marketplace 15 messages a call, whatever they ask for."""

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        return {
            "conversations.open": Method(self.open_conversation, ("im:write",)),
            "conversations.info": Method(self.info, READ_SCOPES),
            "conversations.join": Method(self.join, JOIN_SCOPES),
            "conversations.members": Method(self.members, READ_SCOPES),
            "conversations.history": Method(self.history, HISTORY_SCOPES),
            "conversations.replies": Method(self.replies, HISTORY_SCOPES),
        }

    def open_conversation(self, args: JSON) -> JSON:
        """The direct message with a person."""
        user = required(args, "users")
        if user not in self._workspace.people:
            raise SlackError("user_not_found")
        channel = self._workspace.direct_message(user)
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}

    def info(self, args: JSON) -> JSON:
        """A channel's facts."""
        channel = self._known(args)
        self._need(channel, "read")
        return {"channel": self._facts(channel)}

    def join(self, args: JSON) -> JSON:
        """Make the app a member of a public channel."""
        channel = self._known(args)
        if channel.is_im or channel.is_private:
            raise SlackError("method_not_supported_for_channel_type")
        me = self._workspace.identity.bot_user_id
        if me in channel.members:
            return {"channel": self._facts(channel), "warning": "already_in_channel"}
        joined = self._workspace.put_channel(replace(channel, members=(*channel.members, me)))
        return {"channel": self._facts(joined)}

    def members(self, args: JSON) -> JSON:
        """The ids of who is in a channel, page by page."""
        channel = self._known(args)
        self._need(channel, "read")
        start, limit = _cursor(args), _limit(args, default=100, most=1000)
        page = channel.members[start : start + limit]
        more = start + limit < len(channel.members)
        return {
            "members": list(page),
            "response_metadata": {"next_cursor": _written(start + limit) if more else ""},
        }

    def history(self, args: JSON) -> JSON:
        """Messages of a channel, newest first; replies are with `conversations.replies`."""
        channel = self._readable(args)
        found = [m for m in self._workspace.messages(channel.id) if not _is_reply(m)]
        asked = _limit(args, default=HISTORY_DEFAULT, most=HISTORY_MOST)
        page = self._page(_within(found, args)[::-1], args, limit=asked)
        return {**page, "pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}

    def replies(self, args: JSON) -> JSON:
        """A thread, its first message first; of a reply's ts only that reply, as in Slack."""
        channel = self._readable(args)
        parent = self._workspace.find(channel.id, required(args, "ts"))
        if parent is None or parent.only_for:
            raise SlackError("thread_not_found")
        asked = _limit(args, default=REPLIES_DEFAULT, most=REPLIES_MOST)
        within = _within(self._workspace.replies(parent), args)
        return self._page([parent, *within], args, limit=asked)

    def _page(self, found: Sequence[Message], args: JSON, *, limit: int) -> JSON:
        """A page of what was found, with the cursor of the next: the ts where this one ended."""
        size = min(limit, self.largest_page or limit)
        after = _written_ts(args)
        if after is not None:
            places = [i for i, message in enumerate(found) if message.ts == after]
            if not places:
                raise SlackError("invalid_cursor")
            found = found[places[0] :]
        page, rest = found[:size], found[size:]
        body: JSON = {
            "messages": [message_payload(message, self._workspace) for message in page],
            "has_more": bool(rest),
        }
        if rest:
            cursor = base64.b64encode(f"next_ts:{rest[0].ts}".encode()).decode()
            body["response_metadata"] = {"next_cursor": cursor}
        return body

    def _readable(self, args: JSON) -> Channel:
        channel = self._known(args)
        self._need(channel, "history")
        if not self._workspace.sees(self._workspace.identity.bot_user_id, channel):
            raise SlackError("not_in_channel")
        return channel

    def _known(self, args: JSON) -> Channel:
        """The channel; of private ones Slack knows nothing, where the app is not in them."""
        channel = self._workspace.channel(required(args, "channel"))
        is_hidden = channel.is_im or channel.is_private
        if is_hidden and not self._workspace.sees(self._workspace.identity.bot_user_id, channel):
            raise SlackError("channel_not_found")
        return channel

    def _need(self, channel: Channel, what: str) -> None:
        """Each kind of channel has a scope of its own."""
        kind = "im" if channel.is_im else "groups" if channel.is_private else "channels"
        if (needed := f"{kind}:{what}") not in self._scopes:
            provided = ",".join(sorted(self._scopes))
            raise SlackError("missing_scope", needed=needed, provided=provided)

    def _facts(self, channel: Channel) -> JSON:
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.is_im and not channel.is_private,
            "is_group": channel.is_private,
            "is_im": channel.is_im,
            "is_private": channel.is_im or channel.is_private,
            "is_archived": False,
            "is_member": self._workspace.identity.bot_user_id in channel.members,
            "is_ext_shared": False,
            "topic": {"value": channel.topic, "creator": "", "last_set": 0},
            "num_members": len(channel.members),
        }


def _is_reply(message: Message) -> bool:
    return bool(message.thread_ts) and message.thread_ts != message.ts


def _within(messages: Sequence[Message], args: JSON) -> list[Message]:
    """Those between `oldest` and `latest`; the two themselves only where `inclusive`."""
    oldest, latest = _moment(args, "oldest", 0.0), _moment(args, "latest", math.inf)
    inclusive = str(args.get("inclusive", "")).lower() in {"1", "true"}
    ends = {oldest, latest} if inclusive else set()
    return [m for m in messages if oldest < float(m.ts) < latest or float(m.ts) in ends]


def _moment(args: JSON, name: str, default: float) -> float:
    if args.get(name) in {None, "", 0, "0", "now"}:
        return default
    try:
        return float(str(args[name]))
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _limit(args: JSON, *, default: int, most: int) -> int:
    """How many are asked for; Slack refuses what is no number, and gives no more than it likes."""
    asked = str(args.get("limit") or default)
    if not asked.isdecimal() or int(asked) < 1:
        raise SlackError("invalid_limit")
    return min(int(asked), most)


def _written(start: int) -> str:
    return base64.b64encode(f"start:{start}".encode()).decode()


def _cursor(args: JSON) -> int:
    kind, _, place = _decoded(args).partition(":")
    if kind not in {"", "start"}:
        raise SlackError("invalid_cursor")
    return int(place or 0)


def _written_ts(args: JSON) -> str | None:
    kind, _, ts = _decoded(args).partition(":")
    if kind not in {"", "next_ts"}:
        raise SlackError("invalid_cursor")
    return ts or None


def _decoded(args: JSON) -> str:
    try:
        return base64.b64decode(str(args.get("cursor") or ""), validate=True).decode()
    except ValueError:
        raise SlackError("invalid_cursor") from None
