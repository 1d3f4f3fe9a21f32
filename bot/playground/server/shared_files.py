"""Files of people: dropped into the page, and read by the app with its token."""

import asyncio
import hmac

from aiohttp import web

from bot.playground.simulator import SlackSimulator
from bot.playground.state.uploads import LARGEST
from bot.playground.values import JSON

SCOPE = "files:read"
_CHUNK = 1 << 16


class SharedFiles:
    """The routes of files that people share."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack

    async def receive(self, request: web.Request) -> JSON:
        """Take a file's bytes, and post it as whoever sent it."""
        user, channel = request.query.get("user", ""), request.query.get("channel", "")
        name = request.query.get("name", "").replace("\\", "/").rsplit("/", 1)[-1] or "file"
        file_id, path = self._slack.uploads.place()
        size = 0
        with path.open("wb") as out:
            async for chunk in request.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size <= LARGEST:
                    await asyncio.to_thread(out.write, chunk)
        if not 0 < size <= LARGEST:
            path.unlink()
            return {"ok": False, "error": "file_is_empty" if not size else "file_too_large"}
        try:
            self._slack.share_stored(user, channel, file_id, name)
        except LookupError as error:
            path.unlink()
            return {"ok": False, "error": str(error)}
        return {"ok": True}

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes, for an app that may read files in a channel it is in; anybody else is sent to the page where
        people sign in."""
        file_id = request.match_info["file"].rpartition("-")[2]
        path = self._slack.uploads.path(file_id)
        if not self._may(request, file_id):
            self._slack.remember("files-pri", {"file": file_id}, {"ok": False}, status=302)
            raise web.HTTPFound(f"/?redir={request.path}")
        if path is None:
            raise web.HTTPNotFound
        self._slack.remember("files-pri", {"file": file_id}, {"ok": True})
        headers = {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
        return web.FileResponse(path, headers=headers)

    def _may(self, request: web.Request, file_id: str) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), self._slack.secrets.bot_token.encode()):
            return False
        workspace = self._slack.workspace
        us = workspace.identity.bot_user_id
        is_in = any(workspace.sees(us, channel) for channel in workspace.shared_in(file_id))
        return is_in and SCOPE in self._slack.manifest.scopes
