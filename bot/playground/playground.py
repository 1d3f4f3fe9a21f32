"""Opening the Slack simulator: its folder, its server on 127.0.0.1, and closing both."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.playground.server.http_server import Server
from bot.playground.simulator import SlackSimulator
from bot.playground.state.manifest import manifest_path, read_manifest
from bot.playground.state.persistence import Archive
from bot.playground.state.sample_workspace import (
    add_support,
    new_secrets,
    new_workspace,
    post_welcome,
)
from bot.playground.state.views import Views
from bot.playground.values import Secrets, Timing

HOST = "127.0.0.1"


class Playground(SlackSimulator):
    """A Slack simulator with its HTTP server. `async with Playground.open(data=folder) as slack: …`."""

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL must be."""
        return f"{self.base_url}api/"

    @property
    def page_url(self) -> str:
        """What a person opens in a browser; it carries this run's key."""
        return f"{self.base_url}?token={self.secrets.control_token}"

    @property
    def bot_token(self) -> str:
        """The app's xoxb- token."""
        return self.secrets.bot_token

    @property
    def app_token(self) -> str:
        """The app's xapp- token, for Socket Mode."""
        return self.secrets.app_token

    @property
    def signing_secret(self) -> str:
        """What HTTP deliveries are signed with."""
        return self.secrets.signing_secret

    @property
    def control_token(self) -> str:
        """The key of the page and of /control/, new in each run."""
        return self.secrets.control_token

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        *,
        data: Path,
        manifest: Path | None = None,
        port: int = 0,
        timing: Timing | None = None,
        team_id: str | None = None,
        signing_secret: str | None = None,
    ) -> AsyncIterator["Playground"]:
        """Open the workspace kept in `data` (a new one if none is) and listen on 127.0.0.1.

        Port 0 means the port of the last run if it is free, else any. A new workspace has this `team_id`,
        else one of its own; several of one Slack share a `signing_secret`.
        """
        app_manifest = read_manifest(manifest or manifest_path())
        clock = timing or Timing()
        async with contextlib.AsyncExitStack() as stack:
            archive = stack.enter_context(Archive(data))
            secrets = _secrets(archive, signing_secret)
            stored = archive.workspace(now=clock.now)
            workspace = stored or new_workspace(
                bot_name=app_manifest.app_name, now=clock.now, team_id=team_id
            )
            stack.callback(workspace.watch(archive.record))
            if stored is None:
                archive.save_workspace(workspace)
                post_welcome(workspace)
            add_support(workspace)
            session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
            slack = cls(
                workspace,
                manifest=app_manifest,
                secrets=secrets,
                timing=clock,
                session=session,
                files=data / "files",
            )
            archive.load_lists(slack.lists)
            slack.views.homes.update(archive.fact("homes") or {})
            stack.callback(workspace.watch(_saving_homes(archive, slack.views)))
            runner = web.AppRunner(Server(slack).app, access_log=None, shutdown_timeout=0.5)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            listening = listen(port or int((archive.fact("port") or {}).get("port", 0)), port)
            bound = listening.getsockname()[1]
            slack.base_url = f"http://{HOST}:{bound}/"
            await web.SockSite(runner, listening).start()
            archive.save_fact("port", {"port": bound})
            stack.push_async_callback(slack.close)
            yield slack


def _saving_homes(archive: Archive, views: Views) -> Callable[[str, object], None]:
    """Save Homes as they change: in Slack they stay while an app is away."""

    def save(what: str, _: object) -> None:
        if what == "view":
            archive.save_fact("homes", views.homes)

    return save


def _secrets(archive: Archive, signing_secret: str | None) -> Secrets:
    fresh = new_secrets()
    stored = archive.fact("secrets") or {}
    names = ("bot_token", "app_token", "signing_secret")
    tokens = {name: stored.get(name) or getattr(fresh, name) for name in names}
    tokens["signing_secret"] = signing_secret or tokens["signing_secret"]
    archive.save_fact("secrets", tokens)
    return Secrets(**tokens, control_token=fresh.control_token)


def listen(preferred: int, required: int) -> socket.socket:
    """A socket that listens on the preferred port; on any other one unless that port is required.

    It listens at once: until then another process can be bound to the same port, and one of the two fails later.
    """
    for port in (preferred, 0):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
            listening.listen()
        except OSError:
            listening.close()
            if required:
                raise
        else:
            return listening
    raise AssertionError("port 0 can always be bound")
