"""The workspace: people, channels and messages, in memory; watchers are called at each change."""

import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from bot.playground.block_kit.defaults import blocks_with_defaults
from bot.playground.values import JSON, Change, Channel, Identity, Message, Person, SlackError

EPHEMERALS_KEPT = 5_000
SLACKBOT = "USLACKBOT"
TOMBSTONE = "tombstone"
"""What is left of a deleted message that has replies."""
Watcher = Callable[[str, object], None]


def new_id(prefix: str) -> str:
    """An id as Slack makes them: a letter for the kind, then letters and digits."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return prefix + "0" + "".join(secrets.choice(letters) for _ in range(9))


class Workspace:
    """One team. Watchers are called with ("message" | "gone" | "channel" | "change", value)."""

    def __init__(
        self,
        *,
        identity: Identity,
        people: Iterable[Person],
        channels: Iterable[Channel],
        now: Callable[[], float],
    ) -> None:
        self.identity = identity
        self.people = {p.id: p for p in people}
        self.channels = {c.id: c for c in channels}
        self.address = ""
        """Where the workspace is served: the addresses of files begin with it."""
        self._messages: dict[str, dict[str, Message]] = {c: {} for c in self.channels}
        self._threads: dict[tuple[str, str], dict[str, None]] = {}
        self._ephemerals: deque[Message] = deque()
        self._now = now
        self._last_micros = 0
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` at each change until the returned function is called."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def notify(self, what: str, value: object) -> None:
        """Call all watchers."""
        for watcher in tuple(self._watchers):
            watcher(what, value)

    # People and channels

    def person(self, ref: str) -> Person:
        """The person with this id or handle."""
        name = ref.lstrip("@")
        for person in self.people.values():
            if name in {person.id, person.name}:
                return person
        raise LookupError(f"nobody here is called {ref}")

    def channel(self, ref: str) -> Channel:
        """The channel with this id or name; SlackError("channel_not_found") else."""
        name = ref.removeprefix("#")
        for channel in self.channels.values():
            if ref == channel.id or (name == channel.name and not channel.is_im):
                return channel
        raise SlackError("channel_not_found")

    def direct_message(self, user: str) -> Channel:
        """The conversation of a person with the app, opened if it was not."""
        bot = self.identity.bot_user_id
        for channel in self.channels.values():
            if channel.is_im and set(channel.members) == {user, bot}:
                return channel
        return self.put_channel(
            Channel(id=new_id("D"), name="directmessage", members=(user, bot), is_im=True)
        )

    def put_person(self, person: Person) -> Person:
        """Add a person, such as a guest of another workspace, or replace the one with their id."""
        self.people[person.id] = person
        return person

    def put_channel(self, channel: Channel) -> Channel:
        """Add a channel, or replace the one with its id."""
        self.channels[channel.id] = channel
        self._messages.setdefault(channel.id, {})
        self.notify("channel", channel)
        return channel

    def sees(self, user: str, channel: Channel) -> bool:
        """Whether the person (or the app's user) is a member."""
        return user in channel.members

    def shared_in(self, file_id: str) -> list[Channel]:
        """The channels with a message with this file."""
        return [
            self.channels[channel]
            for channel, messages in self._messages.items()
            if any(file["id"] == file_id for m in messages.values() for file in m.files)
        ]

    # Messages

    def next_ts(self) -> str:
        """A timestamp that is a message's id too: seconds with six decimals, never the same twice."""
        micros = max(int(self._now() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def load(self, messages: Iterable[Message]) -> None:
        """Put stored messages back without notifying watchers."""
        for message in messages:
            self._messages.setdefault(message.channel, {})[message.ts] = message
            self._note_reply(message)
            self._last_micros = max(self._last_micros, int(message.ts.replace(".", "")))

    def messages(self, channel: str, *, viewer: str | None = None) -> list[Message]:
        """A channel's messages, oldest first, with those that only `viewer` sees."""
        return [m for m in self._messages[channel].values() if m.only_for in {None, viewer}]

    def replies(self, message: Message) -> list[Message]:
        """The replies in the message's thread that everybody sees, oldest first."""
        thread = self._threads.get((message.channel, message.ts), {})
        found = (self.find(message.channel, ts) for ts in thread)
        return [m for m in found if m]

    def find(self, channel: str, ts: str) -> Message | None:
        """The message as it is now, ephemeral ones too."""
        return self._messages.get(channel, {}).get(ts)

    def add(
        self,
        *,
        channel: str,
        user: str,
        text: str,
        blocks: Iterable[JSON] = (),
        bot_id: str | None = None,
        only_for: str | None = None,
        thread_ts: str | None = None,
        files: Iterable[JSON] = (),
        subtype: str = "",
        username: str = "",
    ) -> Message:
        """Post a message; blocks and elements without ids get them, as in Slack."""
        message = Message(
            channel=channel,
            ts=self.next_ts(),
            user=user,
            text=text,
            blocks=blocks_with_defaults(blocks),
            bot_id=bot_id,
            only_for=only_for,
            thread_ts=thread_ts,
            files=tuple(files),
            subtype=subtype,
            username=username,
        )
        self._messages[channel][message.ts] = message
        self._note_reply(message)
        if only_for:
            self._drop_old_ephemerals(message)
        self.notify("message", message)
        self._tell("posted", message)
        return message

    def edit(self, message: Message, *, text: str, blocks: Iterable[JSON]) -> Message:
        """Change a message; Slack marks it as edited if everybody can see it."""
        edited = None if message.only_for else self.next_ts()
        changed = replace(message, text=text, blocks=blocks_with_defaults(blocks), edited_ts=edited)
        return self._replace(message, changed)

    def remove(self, message: Message) -> None:
        """Delete a message; one with replies leaves a tombstone, as in Slack."""
        if self.find(message.channel, message.ts) is None:
            return
        if self.replies(message) and message.subtype != TOMBSTONE:
            gone = Message(
                channel=message.channel,
                ts=message.ts,
                user=SLACKBOT,
                text="This message was deleted.",
                subtype=TOMBSTONE,
            )
            self._replace(message, gone)
            return
        del self._messages[message.channel][message.ts]
        self.notify("gone", message)
        self._tell("deleted", message)
        parent = self.find(message.channel, message.thread_ts) if message.thread_ts else None
        if parent and parent.subtype == TOMBSTONE and not self.replies(parent):
            self.remove(parent)

    def react(self, message: Message, user: str, name: str) -> Message:
        """Add an emoji under a message; SlackError("already_reacted")."""
        users = [user_id for r in message.reactions if r["name"] == name for user_id in r["users"]]
        if user in users:
            raise SlackError("already_reacted")
        return self._with_reaction(message, name, [*users, user])

    def unreact(self, message: Message, user: str, name: str) -> Message:
        """Take it away again; SlackError("no_reaction")."""
        users = [user_id for r in message.reactions if r["name"] == name for user_id in r["users"]]
        if user not in users:
            raise SlackError("no_reaction")
        return self._with_reaction(message, name, [u for u in users if u != user])

    def _with_reaction(self, message: Message, name: str, users: list[str]) -> Message:
        """The message with these people's emoji; reactions are not edits, so nobody is told of one."""
        one = {"name": name, "users": users, "count": len(users)}
        names = [r["name"] for r in message.reactions]
        kept = [one if r["name"] == name else r for r in message.reactions]
        changed = tuple(r for r in (kept if name in names else [*kept, one]) if r["users"])
        fresh = replace(message, reactions=changed)
        self._messages[message.channel][message.ts] = fresh
        self.notify("message", fresh)
        return fresh

    def _replace(self, message: Message, changed: Message) -> Message:
        self._messages[message.channel][message.ts] = changed
        self.notify("message", changed)
        self._tell("edited", changed, previous=message)
        return changed

    def _tell(
        self,
        kind: Literal["posted", "edited", "deleted"],
        message: Message,
        *,
        previous: Message | None = None,
    ) -> None:
        if not message.only_for:
            self.notify("change", Change(kind=kind, message=message, previous=previous))

    def _note_reply(self, message: Message) -> None:
        if message.thread_ts and message.thread_ts != message.ts and not message.only_for:
            key = (message.channel, message.thread_ts)
            self._threads.setdefault(key, {})[message.ts] = None

    def _drop_old_ephemerals(self, newest: Message) -> None:
        self._ephemerals.append(newest)
        if len(self._ephemerals) > EPHEMERALS_KEPT:
            oldest = self._ephemerals.popleft()
            self._messages[oldest.channel].pop(oldest.ts, None)
