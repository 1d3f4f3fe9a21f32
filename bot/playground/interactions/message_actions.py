"""What people write into conversations, change and see there, as short calls for tests."""

from bot.playground.interactions.message_interactions import MessageInteractions
from bot.playground.state.manifest import Manifest
from bot.playground.state.uploads import Uploads
from bot.playground.state.workspace import Workspace
from bot.playground.values import Change, Channel, Message, Person


class MessageActions:
    """People and channels are given by id or name."""

    workspace: Workspace
    manifest: Manifest
    uploads: Uploads
    interactions: MessageInteractions

    def say(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """Post an ordinary message as a person."""
        person, conversation = self._person_and_channel(user, channel)
        return self.interactions.say(person, conversation, text, thread_ts=thread_ts)

    def edit(self, user: str, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        return self.interactions.edit(self.workspace.person(user), message, text)

    def delete(self, user: str, message: Message) -> None:
        """Delete a message of one's own."""
        self.interactions.delete(self.workspace.person(user), message)

    def unfurl(self, message: Message) -> None:
        """Slack adds a preview of a link to a message: a change of it that changes no word and is no edit."""
        self.workspace.notify("change", Change(kind="edited", message=message, previous=message))

    def post_as_integration(self, username: str, channel: str, text: str) -> Message:
        """Another app posts, such as one that watches servers."""
        where = self.workspace.channel(channel)
        return self.workspace.add(
            channel=where.id,
            user="",
            text=text,
            bot_id="B0INTEGRATION",
            subtype="bot_message",
            username=username,
        )

    def invite(self, user: str, channel: str) -> Channel:
        """A member invites the app into a channel."""
        _, conversation = self._person_and_channel(user, channel)
        return self.interactions.invite(conversation)

    def remove_app(self, user: str, channel: str) -> Channel:
        """A member removes the app from a channel."""
        _, conversation = self._person_and_channel(user, channel)
        return self.interactions.remove_app(conversation)

    def share(self, user: str, channel: str, name: str, data: bytes, text: str = "") -> Message:
        """Post a message with a file as a person."""
        file_id, path = self.uploads.place()
        path.write_bytes(data)
        return self.share_stored(user, channel, file_id, name, text)

    def share_stored(
        self, user: str, channel: str, file_id: str, name: str, text: str = ""
    ) -> Message:
        """The same with a file whose bytes are in their place."""
        person, conversation = self._person_and_channel(user, channel)
        file = self.uploads.shared(file_id, name)
        return self.interactions.share(person, conversation, file, text)

    def reply(self, user: str, message: Message, text: str) -> Message:
        """Answer a message in its thread."""
        thread = message.thread_ts or message.ts
        return self.say(user, message.channel, text, thread_ts=thread)

    # What people see

    def messages(self, channel: str, *, viewer: str | None = None) -> list[Message]:
        """A channel's messages, oldest first; for `viewer` also those that only they see."""
        viewer_id = self.workspace.person(viewer).id if viewer else None
        return self.workspace.messages(self._channel_of(channel, viewer).id, viewer=viewer_id)

    def thread(self, message: Message, *, viewer: str | None = None) -> list[Message]:
        """A message's thread: its first message, then the answers, oldest first."""
        thread_ts = message.thread_ts or message.ts
        visible = self.messages(message.channel, viewer=viewer)
        return [m for m in visible if thread_ts in {m.ts, m.thread_ts}]

    def now(self, message: Message) -> Message | None:
        """The message as it is now; None when it was deleted."""
        return self.workspace.find(message.channel, message.ts)

    # Helpers

    def _person_and_channel(self, user: str, channel: str) -> tuple[Person, Channel]:
        person = self.workspace.person(user)
        conversation = self._channel_of(channel, user)
        if not self.workspace.sees(person.id, conversation):
            raise LookupError(f"{person.name} is not in {channel}")
        if conversation.is_im and not (
            self.manifest.messages_tab and self.manifest.writable_messages
        ):
            raise LookupError("the manifest turns off sending messages to this app")
        return person, conversation

    def _sees(self, person: Person, message: Message) -> bool:
        return self.workspace.sees(person.id, self.workspace.channels[message.channel])

    def _channel_of(self, ref: str, user: str | None) -> Channel:
        if ref == "dm" and user is not None:
            return self.workspace.direct_message(self.workspace.person(user).id)
        return self.workspace.channel(ref)
