"""The pages of an installation in a real browser, on a desk and on a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.slack.tenants.page_views import failed_page, installed_page
from tests.bot.tenants.conftest import ONE, Town
from tests.support.browser import needs_browser, open_browser, open_tab

pytestmark = needs_browser

WIDTHS = (1280, 390)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


async def fits(page: Page) -> None:
    """Nothing is cut off or has to be scrolled sideways, and what is to be pressed is large enough for a thumb."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = await page.locator(".go").bounding_box()
    assert box is not None
    assert box["height"] >= 44


@pytest.mark.parametrize("width", WIDTHS)
async def test_somebody_installs_it_from_the_page_to_the_words_how_to_begin(
    town: Town, browser: Browser, width: int
) -> None:
    async with open_tab(browser, f"{town.address}/slack/install", width=width) as page:
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text))
        await expect(page.get_by_role("heading", name="Add nerbot to Slack")).to_be_visible()
        await fits(page)
        await page.get_by_role("link", name="Add to Slack").click()
        await page.goto(f"{page.url}&did=allow&in={ONE}")
        await expect(page.get_by_role("heading")).to_contain_text("nerbot is installed in")
        await expect(page.get_by_role("listitem").first).to_contain_text("/invite @nerbot")
        await fits(page)
        assert await page.get_by_role("link", name="Open Slack", exact=True).get_attribute(
            "href"
        ) == (f"slack://app?team={ONE}&id={town.grid.slacks[ONE].workspace.identity.app_id}")
        assert [said for said in refused if "Content Security Policy" in said] == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_whoever_does_not_allow_it_reads_why_and_can_begin_again(
    town: Town, browser: Browser, width: int
) -> None:
    async with open_tab(browser, f"{town.address}/slack/install", width=width) as page:
        await page.get_by_role("link", name="Add to Slack").click()
        await page.goto(f"{page.url}&did=cancel&in={ONE}")
        await expect(page.get_by_role("heading", name="nerbot was not installed")).to_be_visible()
        await expect(
            page.get_by_text("You did not allow it, so nothing was installed.")
        ).to_be_visible()
        await fits(page)
        await page.get_by_role("link", name="Begin again").click()
        await expect(page.get_by_role("heading", name="Add nerbot to Slack")).to_be_visible()


def test_what_somebody_else_named_is_inert_on_the_pages() -> None:
    """A workspace's name and an address with a reason are others' words."""
    bad = "<script>x</script>"
    for page in (
        installed_page(bad, "slack://open", f'"{bad}'),
        failed_page(bad, "/slack/install"),
    ):
        assert "<script>" not in page
