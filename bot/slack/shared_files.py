"""Files that people share in Slack: what a message says of them, and how their bytes come here."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from slack_sdk.errors import SlackApiError

from bot.domain.shared_file import SharedFile
from bot.errors import NerbotError, TextRefused
from bot.slack.clients import Client, Clients, NotInstalled
from bot.slack.faults import fault_of
from bot.slack.payloads import Payload

SCOPE = "files:read"
_CHUNK = 1 << 16
_PAUSES = (0.5, 2.0, 8.0)
"""Seconds between tries of a download."""
_SILENT_SECONDS = 60.0
_MARGIN = 64 << 20
"""Bytes of the disk that a download leaves free."""
_OUTSIDE = "This file is kept outside of Slack, where nerbot cannot read it. Share the file itself."
_GONE = "This file has been deleted in Slack."


class NotFetched(NerbotError):
    """A file could not be brought here; its text says why and what to do."""


def files_of_message(body: Payload) -> tuple[SharedFile, ...]:
    """The files of a message shortcut's message; raises TextRefused where there is none that can be read."""
    found = []
    refused = "There is no file in this message. Choose one with a file in it."
    for file in (body.get("message") or {}).get("files") or ():
        if file.get("mode") in {"tombstone", "hidden_by_limit"}:
            refused = _GONE
        elif file.get("mode") == "external" or file.get("is_external"):
            refused = _OUTSIDE
        else:
            found.append(_shared(file))
    if not found:
        raise TextRefused(refused)
    return tuple(found)


def _shared(file: Mapping[str, Any]) -> SharedFile:
    size = file.get("size")
    return SharedFile(
        str(file.get("id") or ""),
        str(file.get("name") or file.get("title") or "file"),
        size if isinstance(size, int) else 0,
        str(file.get("url_private_download") or file.get("url_private") or ""),
    )


class Fetch(Protocol):
    """Brings the bytes of a shared file here."""

    async def __call__(self, workspace: str, file: SharedFile, path: Path) -> None:
        """Write what a workspace's file holds to a path; raises NotFetched."""


class FileDownloads:
    """Implements `Fetch` with the bot's token for its workspace, which is sent to Slack's own addresses only."""

    def __init__(
        self,
        clients: Clients,
        session: ClientSession,
        *,
        most_bytes: int,
        patience: float = 1,
    ) -> None:
        self._clients, self._session = clients, session
        self._most, self._patience = most_bytes, patience

    async def __call__(self, workspace: str, file: SharedFile, path: Path) -> None:
        """Write the file to a path; raises NotFetched."""
        try:
            client = await self._clients.of(workspace)
        except NotInstalled as error:
            raise NotFetched(f"{error}.") from error
        url = file.url or await _url_of(client, file)
        self._check(client, url, file.size, path.parent)
        for pause in (*_PAUSES, None):
            try:
                await self._fetch(client, url, path)
            except (ClientError, TimeoutError, ConnectionError) as error:
                if pause is None:
                    reason = f"Slack did not give nerbot the file ({type(error).__name__})"
                    raise NotFetched(f"{reason}. Please try again later.") from error
                await asyncio.sleep(pause)
            else:
                return

    def _check(self, client: Client, url: str, size: int, folder: Path) -> None:
        if not _is_slacks(url, str(client.web.base_url)):
            raise NotFetched(_OUTSIDE)
        if size > self._most:
            raise NotFetched(too_large(self._most))
        if shutil.disk_usage(folder).free < max(size, 0) + _MARGIN:
            raise NotFetched("There is not enough room on the disk of the machine nerbot runs on.")

    async def _fetch(self, client: Client, url: str, path: Path) -> None:
        headers = {"Authorization": f"Bearer {client.web.token}"}
        timeout = ClientTimeout(total=None, sock_read=_SILENT_SECONDS * self._patience)
        # A redirect leads to the page where people sign in.
        async with self._session.get(
            url, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            _check_answer(response)
            written = 0
            with path.open("wb") as out:
                async for chunk in response.content.iter_chunked(_CHUNK):
                    written += len(chunk)
                    if written > self._most:
                        raise NotFetched(too_large(self._most))
                    await asyncio.to_thread(out.write, chunk)


async def _url_of(client: Client, file: SharedFile) -> str:
    """In a channel that is shared with another workspace a message names the file alone."""
    try:
        answer = await client.web.files_info(file=file.id)
    except (SlackApiError, OSError, TimeoutError) as error:
        code = fault_of(error).code
        if code == "missing_scope":
            raise NotFetched(_not_granted()) from error
        raise NotFetched(f"Slack does not show nerbot this file ({code}).") from error
    found = _shared(answer.get("file") or {})
    if not found.url:
        raise NotFetched(_OUTSIDE)
    return found.url


def too_large(most_bytes: int) -> str:
    """Why a file is not taken."""
    return (
        f"This file has more than {most_bytes >> 20} MB. Whoever runs nerbot can import it there with "
        "nerbot import, or allow more with NERBOT_FILE_IMPORT_MB."
    )


def _is_slacks(url: str, api: str) -> bool:
    """Whether an address is one of Slack's, or of the place where our Web API is."""
    try:
        at, ours = urlsplit(url), urlsplit(api)
        same = (at.scheme, at.hostname, at.port) == (ours.scheme, ours.hostname, ours.port)
    except ValueError:
        return False
    return same or (at.scheme == "https" and (at.hostname or "").endswith(".slack.com"))


def _check_answer(response: ClientResponse) -> None:
    """Slack answers whoever may not read a file with its page for signing in."""
    if response.status == 404:
        raise NotFetched(_GONE)
    if response.status == 429 or response.status >= 500:
        response.raise_for_status()
    is_file = "content-disposition" in response.headers or response.content_type != "text/html"
    if response.status != 200 or not is_file:
        raise NotFetched(_not_granted())


def _not_granted() -> str:
    return (
        "Slack does not let nerbot read this file. Where nerbot is not in the file's channel, invite it there and try "
        f"again. Else ask whoever runs nerbot to give the app the scope {SCOPE}: nerbot manifest prints it."
    )
