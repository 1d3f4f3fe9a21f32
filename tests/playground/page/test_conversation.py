"""The page in a real browser, with a real Bolt app behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.playground import Playground
from tests.playground.conftest import Connected
from tests.support.browser import needs_browser, open_tab, send

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]


def button(words: str, action_id: str, **more: object) -> dict[str, object]:
    text = {"type": "plain_text", "text": words}
    return {"type": "button", "text": text, "action_id": action_id, **more}


def plain(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


SURE = {
    "title": plain("Sure?"),
    "text": plain("It goes."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
QUOTE = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_quote",
            "elements": [{"type": "text", "text": "chest pain <b>", "style": {"bold": True}}],
        }
    ],
}
CARD = [
    QUOTE,
    {"type": "actions", "elements": [button("Done", "fin"), button("Drop", "x", confirm=SURE)]},
]


@pytest.fixture
def app(app: AsyncApp) -> AsyncApp:
    @app.command("/label")
    async def label(ack: AsyncAck) -> None:
        await ack(text="card", blocks=CARD)

    @app.action("fin")
    async def finish(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="Finished.", replace_original=True)

    @app.action("x")
    async def drop(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(delete_original=True)

    return app


@pytest_asyncio.fixture(loop_scope="session")
async def page(slack: Playground, browser: Browser) -> AsyncIterator[Page]:
    async with open_tab(browser, slack.page_url) as page:
        await expect(page.get_by_test_id("message")).to_have_count(1)
        yield page


async def test_a_command_is_suggested_typed_answered_and_its_buttons_work(
    page: Page, slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    status, messages = page.get_by_test_id("status"), page.get_by_test_id("message")
    await expect(status).to_contain_text("toybot is not connected")
    async with connected(app):
        await expect(status).to_be_hidden()
        composer = page.get_by_test_id("composer")
        await composer.press_sequentially("/la")
        await expect(page.get_by_test_id("suggestion")).to_have_count(1)
        await composer.press("Enter")
        await expect(page.get_by_test_id("hint")).to_have_text("/label SYMPTOM chest pain")
        await composer.press("Enter")
        card = messages.last
        await expect(card.get_by_test_id("only-you")).to_be_visible()
        await expect(card.locator("blockquote b")).to_have_text("chest pain <b>")
        await card.get_by_role("button", name="Drop").click()
        await page.get_by_test_id("confirm-no").click()
        await card.get_by_role("button", name="Done").click()
        await expect(card.get_by_test_id("content")).to_have_text("Finished.")
        await send(page, "/label again")
        await messages.last.get_by_role("button", name="Drop").click()
        await page.get_by_test_id("confirm-yes").click()
        await expect(messages).to_have_count(2)
    assert not slack.problems


async def test_an_ephemeral_message_is_shown_to_one_person_until_a_reload(
    page: Page, app: AsyncApp, connected: Connected
) -> None:
    async with connected(app):
        await send(page, "/label")
        messages = page.get_by_test_id("message")
        await expect(messages).to_have_count(2)
        await page.get_by_test_id("person").select_option("grace")
        await expect(messages).to_have_count(1)
        await page.get_by_test_id("person").select_option("ada")
        await expect(messages).to_have_count(2)
        await page.reload()
        await expect(messages).to_have_count(1)


async def test_typed_markup_is_shown_as_text_and_never_run(page: Page) -> None:
    await send(page, '<img src=x onerror="document.title=1"> *bold* & @grace')
    content = page.get_by_test_id("message").last.get_by_test_id("content")
    await expect(content).to_have_text('<img src=x onerror="document.title=1"> bold & @grace')
    await expect(content.locator("img")).to_have_count(0)


async def test_a_press_that_no_app_receives_is_reported_at_the_message(
    page: Page, slack: Playground
) -> None:
    me = slack.workspace.identity
    triage = slack.workspace.channel("triage").id
    slack.workspace.add(
        channel=triage, user=me.bot_user_id, text="card", blocks=CARD, bot_id=me.bot_id
    )
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_test_id("click-error")).to_contain_text("dispatch_failed")


async def test_on_a_phone_the_channels_open_from_a_button(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_test_id("sidebar")).to_be_hidden()
    await page.get_by_test_id("show-channels").click()
    await page.get_by_role("button", name="random").click()
    await expect(page.get_by_test_id("channel-name")).to_have_text("#random")
    await expect(page.get_by_test_id("sidebar")).to_be_hidden()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
