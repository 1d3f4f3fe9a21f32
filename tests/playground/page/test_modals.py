"""Modals in the page of a real browser, with a real Bolt app behind them."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.page.conftest import Submitted, show, submit
from tests.support.browser import needs_browser, open_tab

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]
NAME = kit.field("name", kit.text_input(min_length=2))


async def test_a_live_update_keeps_text_caret_and_focus(
    page: Page, slack: Playground, client: AsyncWebClient, submitted: Submitted
) -> None:
    rich = kit.field("rich", {"type": "rich_text_input"}, optional=True)
    modal = await show(page, slack, client, kit.section("loading…"), NAME, rich)
    name = modal.get_by_label("Name")
    await name.press_sequentially("abef")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    hinted = {**NAME, "hint": kit.plain("A new hint")}
    view = slack.view("ada")
    assert view is not None
    more = kit.modal(kit.section("ready"), kit.section("more"), hinted, rich)
    await client.views_update(view_id=view["id"], view=more)
    await expect(modal.get_by_text("A new hint")).to_be_visible()
    await expect(name).to_be_focused()
    await page.keyboard.type("cd")
    await expect(name).to_have_value("abcdef")
    await modal.get_by_test_id("rich-input").press_sequentially("xz")
    await page.keyboard.press("ArrowLeft")
    relabelled = {**rich, "label": kit.plain("Richer")}
    await client.views_update(view_id=view["id"], view=kit.modal(hinted, relabelled))
    await expect(modal.get_by_text("Richer")).to_be_visible()
    await page.keyboard.type("y")
    await submit(modal)
    assert submitted[0]["name"]["a"]["value"] == "abcdef"
    assert submitted[0]["rich"]["a"]["rich_text_value"] == kit.rich(kit.run("xyz"))


async def test_a_modal_opens_at_its_beginning_and_its_first_field_has_the_focus(
    page: Page, slack: Playground, client: AsyncWebClient
) -> None:
    lines = [kit.section(f"line {number}") for number in range(60)]
    modal = await show(page, slack, client, *lines, NAME)
    await expect(modal.get_by_label("Name")).to_be_focused()
    await expect(modal.get_by_text("line 0")).to_be_in_viewport()


async def test_errors_of_the_client_and_of_the_app_are_shown_at_the_field_and_announced(
    page: Page, slack: Playground, client: AsyncWebClient, submitted: Submitted
) -> None:
    modal = await show(page, slack, client, kit.section("x"), NAME)
    name, alert = modal.get_by_label("Name"), modal.locator(".field").get_by_role("alert")
    await name.press("Enter")
    await expect(alert).to_have_text("⚠ Please complete this required field.")
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")
    assert submitted == []
    await name.fill("taken")
    await name.press("Enter")
    await expect(alert).to_have_text("⚠ This one is taken.")
    await name.fill("free")
    await submit(modal)


async def test_three_modals_stack_and_escape_closes_the_top_one(
    page: Page, slack: Playground, client: AsyncWebClient
) -> None:
    modal = await show(page, slack, client, kit.field("first", kit.text_input(), optional=True))
    await modal.get_by_label("First").fill("kept")
    ada = slack.workspace.person("ada").id
    slack.views.push(ada, kit.modal(kit.section("in the second"), title="Second"))
    slack.views.push(ada, kit.modal(kit.section("in the third"), title="Third"))
    await expect(modal.get_by_test_id("modal-title")).to_have_text("Third")
    await page.keyboard.press("Escape")
    await expect(modal.get_by_test_id("modal-title")).to_have_text("Second")
    await page.keyboard.press("Escape")
    await expect(modal.get_by_label("First")).to_have_value("kept")
    await page.keyboard.press("Escape")
    await expect(modal).to_be_hidden()
    await expect(page.get_by_test_id("composer")).to_be_focused()


async def test_a_submission_that_fails_is_reported_in_the_modal_and_can_be_repeated(
    slack: Playground, client: AsyncWebClient, browser: Browser
) -> None:
    async with open_tab(browser, slack.page_url) as page:
        modal = await show(page, slack, client, kit.section("x"))
        await modal.get_by_test_id("modal-submit").click()
        await expect(modal.get_by_test_id("modal-failed")).to_contain_text("trouble connecting")
        await expect(modal.get_by_test_id("modal-submit")).to_be_enabled()


async def test_on_a_phone_a_modal_fills_the_screen_and_nothing_scrolls_sideways(
    page: Page, slack: Playground, client: AsyncWebClient
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    fields = [kit.field(name, element) for name, element in kit.FILLED.items()]
    buttons = kit.actions(*(kit.button(f"A long button {i}", str(i)) for i in range(6)))
    modal = await show(page, slack, client, buttons, *fields)
    assert await modal.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    blocks = modal.get_by_test_id("modal-blocks")
    assert await blocks.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_an_app_that_answers_each_character_with_an_update_loses_none_of_them(
    page: Page, slack: Playground, app: AsyncApp, client: AsyncWebClient
) -> None:
    each = {"trigger_actions_on": ["on_character_entered"]}
    rich = {"type": "rich_text_input", "dispatch_action_config": each}
    field = kit.field("name", rich, dispatch_action=True)

    @app.action("a")
    async def echo(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        value = body["actions"][0]["rich_text_value"]
        words = value["elements"][0]["elements"][0]["text"]
        view = kit.modal(kit.section(f"You typed {words}", block_id="echo"), field)
        await client.views_update(view_id=body["view"]["id"], view=view)

    modal = await show(page, slack, client, kit.section("Type!", block_id="echo"), field)
    await modal.get_by_test_id("rich-input").focus()
    await page.keyboard.type("chest pain since noon")
    await expect(modal.get_by_test_id("rich-input")).to_have_text("chest pain since noon")
    # The app may be asked about several characters at once: which update comes last is open.
    await expect(modal.get_by_test_id("block-section")).to_contain_text("You typed")
    view = slack.view("ada")
    assert view is not None
    value = view["state"]["values"]["name"]["a"]["rich_text_value"]
    assert value == kit.rich(kit.run("chest pain since noon"))
