"""One nerbot in HTTP mode, and several workspaces of one Slack that install it from its page."""

import base64
import html
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import Bot, open_bot
from bot.playground.grid import Grid
from bot.settings import Settings
from tests.bot.conftest import Team
from tests.support.opening import copy_tables, patient_timing
from tests.support.patience import PATIENCE

ONE, TWO = "T0ONE", "T0TWO"


def new_key() -> SecretStr:
    """A key for tokens."""
    return SecretStr(base64.urlsafe_b64encode(os.urandom(32)).decode())


@dataclass
class Town:
    """A bot, and the workspaces it may be installed in."""

    grid: Grid
    data: Path
    keys: tuple[SecretStr, ...] = field(default_factory=lambda: (new_key(),))
    more: dict[str, Any] = field(default_factory=dict)
    bot: Bot | None = None

    def settings(self) -> Settings:
        """Those of the bot."""
        copy_tables(self.data)
        return Settings().model_copy(
            update={
                "api_url": self.grid.api_url,
                "client_id": self.grid.client_id,
                "client_secret": SecretStr(self.grid.client_secret),
                "signing_secret": SecretStr(self.grid.signing_secret),
                "token_keys": self.keys,
                "data": self.data,
                "port": 0,
                "patience": PATIENCE,
                **self.more,
            }
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Town"]:
        """Start the bot, and let Slack know where it is."""
        async with open_bot(self.settings()) as bot:
            self.bot = bot
            self.grid.redirect_uri = f"{self.address}/slack/oauth_redirect"
            for slack in self.grid.slacks.values():
                await slack.use_http(f"{self.address}/slack/events")
            yield self

    @property
    def address(self) -> str:
        """Where the bot listens."""
        assert self.bot is not None
        assert self.bot.address is not None
        return self.bot.address

    def team(self, workspace: str) -> Team:
        """The people of a workspace."""
        assert self.bot is not None
        return Team(self.grid.slacks[workspace], self.bot)

    async def install(self, workspace: str, *, did: str = "allow", org: bool = False) -> str:
        """Go the way of a person with a browser, from the page and back; what they read at the end."""
        async with aiohttp.ClientSession() as browser:
            async with browser.get(f"{self.address}/slack/install") as page:
                found = re.search(r'<a href="([^"]{1,4000})"', await page.text())
                cookie = SimpleCookie(page.headers.get("Set-Cookie", ""))
            assert found is not None
            chosen = {"did": did, "in": workspace, **({"org": "1"} if org else {})}
            url = html.unescape(found[1])
            async with browser.get(url, allow_redirects=False) as choice:
                assert choice.status == 200, await choice.text()
            joined = "&".join(f"{name}={value}" for name, value in chosen.items())
            async with browser.get(f"{url}&{joined}", allow_redirects=False) as sent:
                back = sent.headers["Location"]
            cookies = "; ".join(f"{name}={each.value}" for name, each in cookie.items())
            async with browser.get(back, headers={"Cookie": cookies}) as end:
                return await end.text()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Two workspaces, and a bot that nobody has installed yet."""
    async with AsyncExitStack() as stack:
        grid = await stack.enter_async_context(
            Grid.open(data=tmp_path / "slack", teams=(ONE, TWO), timing=patient_timing())
        )
        yield await stack.enter_async_context(Town(grid, tmp_path / "data").running())
