"""Files an app uploads: a place to post to, the bytes on disk, the file as people see it.

Three steps as in Slack: files.getUploadURLExternal, a POST, files.completeUploadExternal.
"""

import mimetypes
import secrets
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path

from bot.playground.state.workspace import new_id
from bot.playground.values import JSON, SlackError

LARGEST = 1_000_000_000
"""As in Slack: 1 GB."""


@dataclass(slots=True)
class _Upload:
    name: str
    length: int
    alt_text: str
    secret: str
    received: bool = False


class Uploads:
    """The uploads under way, and the folder of the finished ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, _Upload] = {}

    def begin(self, name: str, length: int, alt_text: str) -> tuple[str, str]:
        """A new file's id, and the last part of the address to post its bytes to."""
        if not 0 < length <= LARGEST:
            raise SlackError("invalid_arguments", messages=("[ERROR] length is out of bounds",))
        file_id, secret = new_id("F"), secrets.token_urlsafe(18)
        self._open[file_id] = _Upload(name, length, alt_text, secret)
        return file_id, f"{file_id}/{secret}"

    async def receive(self, file_id: str, secret: str, data: AsyncIterable[bytes]) -> int:
        """Store the bytes as they come, and count them; SlackError when the address or the length is wrong."""
        upload = self._open.get(file_id)
        if upload is None or not secrets.compare_digest(upload.secret.encode(), secret.encode()):
            raise SlackError("no_such_url")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        length = 0
        with (self._folder / file_id).open("wb") as file:
            async for piece in data:
                length += len(piece)
                if length > upload.length:
                    break
                file.write(piece)
        if length != upload.length:
            (self._folder / file_id).unlink()
            raise SlackError("length_mismatch")
        upload.received = True
        return length

    def finish(self, file_id: str, title: str | None) -> JSON:
        """The finished file; SlackError("file_not_found") when its bytes were not posted."""
        upload = self._open.get(file_id)
        if upload is None or not upload.received:
            raise SlackError("file_not_found")
        del self._open[file_id]
        return {
            **_described(file_id, upload.name, upload.length),
            "title": title or upload.name,
            "alt_txt": upload.alt_text,
        }

    def place(self) -> tuple[str, Path]:
        """A new file's id, and where a person's bytes go."""
        file_id = new_id("F")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return file_id, self._folder / file_id

    def shared(self, file_id: str, name: str) -> JSON:
        """The file that a person shared, once its bytes are in their place."""
        size = (self._folder / file_id).stat().st_size
        return {**_described(file_id, name, size), "title": name, "alt_txt": ""}

    def path(self, file_id: str) -> Path | None:
        """The path of a file's bytes."""
        path = self._folder / file_id
        return path if file_id.isalnum() and path.is_file() else None


def _described(file_id: str, name: str, size: int) -> JSON:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"id": file_id, "name": name, "mimetype": kind, "size": size}
