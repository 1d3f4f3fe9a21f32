"""Fields of modals in a real browser: by hand and by keys, in the shapes that Slack submits."""

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.page.conftest import Submitted, show, submit
from tests.support.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]


async def test_every_element_can_be_filled_in_and_is_submitted_in_slacks_shape(
    page: Page, slack: Playground, client: AsyncWebClient, submitted: Submitted
) -> None:
    fields = [kit.field(name, element) for name, element in kit.EMPTY.items()]
    modal = await show(page, slack, client, *fields)
    await modal.get_by_label("Text").fill("typed")
    await modal.get_by_label("Rich").press_sequentially("fever")
    await modal.get_by_label("Number").fill("7")
    await modal.get_by_label("Select").select_option("gamma")
    await modal.get_by_test_id("multi-select").press("Enter")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Space")
    await page.keyboard.press("Escape")
    await modal.get_by_label("Radio").get_by_label("Beta").check()
    await modal.get_by_label("Boxes").get_by_label("Alpha").press("Space")
    await modal.get_by_label("Date").fill("2026-11-25")
    await modal.get_by_label("Time").fill("19:30")
    await modal.get_by_label("Person").select_option("Grace Okafor")
    await modal.get_by_label("Channel").select_option("#random")
    await modal.get_by_label("Talk").select_option("toybot")
    await submit(modal)
    ((grace, ada), random) = (
        (slack.workspace.person(name).id for name in ("grace", "ada")),
        slack.workspace.channel("random").id,
    )
    values = {
        name: next(v for k, v in f["a"].items() if k != "type") for name, f in submitted[0].items()
    }
    assert values == {
        "text": "typed",
        "rich": kit.rich(kit.run("fever")),
        "number": "7",
        "select": kit.payload_option("gamma"),
        "several": kit.payload_options("alpha", "gamma"),
        "radio": kit.payload_option("beta"),
        "boxes": kit.payload_options("alpha"),
        "date": "2026-11-25",
        "time": "19:30",
        "person": grace,
        "channel": random,
        "talk": slack.workspace.direct_message(ada).id,
    }


async def test_an_external_menu_suggests_the_apps_options_and_is_used_by_keys(
    page: Page, slack: Playground, app: AsyncApp, client: AsyncWebClient, submitted: Submitted
) -> None:
    @app.options("a")
    async def suggest(ack: AsyncAck) -> None:
        await ack(options=kit.options(*kit.LETTERS))

    modal = await show(page, slack, client, kit.field("letter", {"type": "external_select"}))
    await modal.get_by_label("Letter").press_sequentially("abc")
    await expect(modal.get_by_test_id("external-option")).to_have_count(3)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await submit(modal)
    assert submitted[0]["letter"]["a"]["selected_option"] == kit.payload_option("beta")


async def test_selected_words_are_marked_by_keys_and_submitted_as_runs(
    page: Page, slack: Playground, client: AsyncWebClient, submitted: Submitted
) -> None:
    text = "She has chest pain since noon."
    element = {"type": "rich_text_input", "initial_value": kit.rich(kit.run(text))}
    modal = await show(page, slack, client, kit.field("rich", element))
    editor = modal.get_by_test_id("rich-input")
    await editor.press("Home")
    await select(page, 8, 10)
    await page.keyboard.press("Control+b")
    await page.keyboard.press("Home")
    await select(page, 25, 4)
    await page.keyboard.press("Control+i")
    await page.keyboard.press("Home")
    await select(page, 0, 3)
    await page.keyboard.press("Control+Shift+c")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type("<b>x</b>")
    await submit(modal)
    assert submitted[0]["rich"]["a"]["rich_text_value"] == kit.rich(
        kit.run("She", code=True),
        kit.run(" has "),
        kit.run("chest pain", bold=True),
        kit.run(" since "),
        kit.run("noon", italic=True),
        kit.run(".\n<b>x</b>"),
    )


async def select(page: Page, start: int, length: int) -> None:
    for _ in range(start):
        await page.keyboard.press("ArrowRight")
    for _ in range(length):
        await page.keyboard.press("Shift+ArrowRight")


async def test_a_mark_is_removed_by_the_same_keys(
    page: Page, slack: Playground, client: AsyncWebClient, submitted: Submitted
) -> None:
    value = kit.rich(
        kit.run("chest pain", bold=True), kit.run(" and "), kit.run("fever", code=True)
    )
    element = {"type": "rich_text_input", "initial_value": value}
    modal = await show(page, slack, client, kit.field("rich", element))
    editor = modal.get_by_test_id("rich-input")
    await editor.press("Home")
    await select(page, 0, 10)
    await page.keyboard.press("Control+b")
    await page.keyboard.press("End")
    for _ in "fever":
        await page.keyboard.press("Shift+ArrowLeft")
    await page.keyboard.press("Control+Shift+c")
    await submit(modal)
    assert submitted[0]["rich"]["a"]["rich_text_value"] == kit.rich(kit.run("chest pain and fever"))


async def test_addresses_and_emoji_become_elements_of_their_own_as_in_slacks_editor(
    page: Page, slack: Playground, client: AsyncWebClient, submitted: Submitted
) -> None:
    modal = await show(page, slack, client, kit.field("rich", {"type": "rich_text_input"}))
    await modal.get_by_test_id("rich-input").focus()
    await page.keyboard.insert_text("see https://x.org/a. 👩‍⚕️💊 ok")
    await submit(modal)
    assert submitted[0]["rich"]["a"]["rich_text_value"] == kit.rich(
        kit.run("see "),
        {"type": "link", "url": "https://x.org/a"},
        kit.run(". "),
        {
            "type": "emoji",
            "name": "woman_health_worker",
            "unicode": "1f469-200d-2695-fe0f",
        },
        {"type": "emoji", "name": "pill", "unicode": "1f48a"},
        kit.run(" ok"),
    )
