"""One browser for all tests of this folder: to start one takes longer than most of them.

It lives in the session's event loop, and so do the Slack simulator and the tests that use both.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import Clock, Connected, open_simulator
from tests.support.browser import open_browser, open_tab

Submitted = list[dict[str, Any]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def slack(
    tmp_path: Path, manifest: Path, clock: Clock, ack: float
) -> AsyncIterator[Playground]:
    async with open_simulator(tmp_path, manifest, clock, ack) as playground:
        yield playground


@pytest.fixture
def submitted(app: AsyncApp) -> Submitted:
    """The `state.values` of every submission; "taken" is a name that the app refuses."""
    values: Submitted = []

    @app.view("m")
    async def take(ack: AsyncAck, view: dict[str, Any]) -> None:
        values.append(view["state"]["values"])
        if values[-1].get("name", {}).get("a", {}).get("value") == "taken":
            await ack(response_action="errors", errors={"name": "This one is taken."})
        else:
            await ack()

    return values


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    slack: Playground, app: AsyncApp, submitted: Submitted, connected: Connected, browser: Browser
) -> AsyncIterator[Page]:
    """The page as Ada sees it, with the app behind it; no test of it may cause a problem."""
    async with connected(app), open_tab(browser, slack.page_url) as page:
        await expect(page.get_by_test_id("message")).to_have_count(1)
        yield page
    assert not slack.problems


async def show(page: Page, slack: Playground, client: AsyncWebClient, *blocks: kit.JSON) -> Locator:
    trigger = slack.triggers.issue(slack.workspace.person("ada").id)
    await client.views_open(trigger_id=trigger, view=kit.modal(*blocks))
    modal = page.get_by_test_id("modal")
    await expect(modal).to_be_visible()
    return modal


async def submit(modal: Locator) -> None:
    await modal.get_by_test_id("modal-submit").click()
    await expect(modal).to_be_hidden()
