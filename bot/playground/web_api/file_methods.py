"""The methods of the Web API about files."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.state.message_payload import file_payload
from bot.playground.state.uploads import Uploads
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, SlackError
from bot.playground.web_api.dispatcher import Method, required


class FileMethods:
    """The handlers of files.*; each takes the call's arguments and returns what follows `ok`."""

    def __init__(self, workspace: Workspace, *, uploads: Uploads, url: Callable[[], str]) -> None:
        self._workspace = workspace
        self._uploads = uploads
        self._url = url

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        write = ("files:write",)
        return {
            "files.getUploadURLExternal": Method(self.begin, write),
            "files.completeUploadExternal": Method(self.complete, write),
            "files.info": Method(self.info, ("files:read",)),
        }

    def info(self, args: JSON) -> JSON:
        """A file of a channel that the app is in, with the addresses of its bytes."""
        file_id, us = required(args, "file"), self._workspace.identity.bot_user_id
        for channel in self._workspace.shared_in(file_id):
            if self._workspace.sees(us, channel):
                found = (f for m in self._workspace.messages(channel.id) for f in m.files)
                file = next(f for f in found if f["id"] == file_id)
                return {"file": file_payload(file, self._workspace)}
        raise SlackError("file_not_found")

    def begin(self, args: JSON) -> JSON:
        """An address to post a file's bytes to."""
        length = required(args, "length")
        if not length.isdecimal():
            raise SlackError("invalid_arguments", messages=("[ERROR] length must be an integer",))
        name, alt_text = required(args, "filename"), str(args.get("alt_txt") or "")
        file_id, path = self._uploads.begin(name, int(length), alt_text)
        return {"upload_url": f"{self._url()}upload/{path}", "file_id": file_id}

    def complete(self, args: JSON) -> JSON:
        """Finish uploads and share them in a channel the app is in."""
        listed: Any = args.get("files")
        if (
            not isinstance(listed, list)
            or not all(isinstance(f, dict) for f in listed)
            or not listed
        ):
            raise SlackError("invalid_arguments", messages=("[ERROR] files must be a list",))
        channel = None
        if args.get("channel_id"):
            channel = self._workspace.channel(str(args["channel_id"]))
            if not self._workspace.sees(self._workspace.identity.bot_user_id, channel):
                raise SlackError("not_in_channel")
        files = [self._uploads.finish(str(f.get("id")), f.get("title")) for f in listed]
        if channel:
            me = self._workspace.identity
            self._workspace.add(
                channel=channel.id,
                user=me.bot_user_id,
                text=str(args.get("initial_comment") or ""),
                bot_id=me.bot_id,
                thread_ts=str(args["thread_ts"]) if args.get("thread_ts") else None,
                files=files,
            )
        return {"files": files}
