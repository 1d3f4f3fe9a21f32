"""A real browser on this machine: Debian's Chromium, driven by Playwright."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.patience import patient

CHROMIUM = Path(os.environ.get("NERBOT_TEST_CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=patient(5_000))

needs_browser = pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="needs Debian's chromium; in CI its absence is a failure",
)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A browser with nothing open."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=str(CHROMIUM), args=list(FLAGS), timeout=patient(30_000)
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_tab(
    browser: Browser, url: str, *, width: int = 1280, height: int = 800
) -> AsyncIterator[Page]:
    """The page in a window of its own; an error in its script fails whoever looks."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    try:
        context.set_default_timeout(patient(30_000))
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(url)
        yield page
        assert errors == []
    finally:
        await context.close()


@asynccontextmanager
async def open_page(url: str, *, width: int = 1280, height: int = 800) -> AsyncIterator[Page]:
    """The page in a browser of its own."""
    async with (
        open_browser() as browser,
        open_tab(browser, url, width=width, height=height) as page,
    ):
        yield page


async def send(page: Page, text: str) -> None:
    """Type a line into the composer and send it."""
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")
