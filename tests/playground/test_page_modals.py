"""Modals in the page of a real browser, with a real Bolt app behind them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import Connected
from tests.support.browser import needs_browser, open_page

pytestmark = needs_browser
Submitted = list[dict[str, Any]]
NAME = kit.field("name", kit.text_input(min_length=2))


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


@pytest.fixture
async def page(
    slack: Playground, app: AsyncApp, submitted: Submitted, connected: Connected
) -> AsyncIterator[Page]:
    async with connected(app), open_page(slack.page_url) as page:
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
    told = {
        name: next(v for k, v in f["a"].items() if k != "type") for name, f in submitted[0].items()
    }
    assert told == {
        "text": "typed",
        "rich": kit.rich(kit.run("fever")),
        "number": "7",
        "select": kit.option("gamma"),
        "several": kit.options("alpha", "gamma"),
        "radio": kit.option("beta"),
        "boxes": kit.options("alpha"),
        "date": "2026-11-25",
        "time": "19:30",
        "person": grace,
        "channel": random,
        "talk": slack.workspace.direct_message(ada).id,
    }


async def test_an_external_menu_offers_what_the_app_knows_and_is_used_by_keys(
    page: Page, slack: Playground, app: AsyncApp, client: AsyncWebClient, submitted: Submitted
) -> None:
    @app.options("a")
    async def offer(ack: AsyncAck) -> None:
        await ack(options=kit.options(*kit.LETTERS))

    modal = await show(page, slack, client, kit.field("letter", {"type": "external_select"}))
    await modal.get_by_label("Letter").press_sequentially("abc")
    await expect(modal.get_by_test_id("external-option")).to_have_count(3)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await submit(modal)
    assert submitted[0]["letter"]["a"]["selected_option"] == kit.option("beta")


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


async def test_a_mark_is_taken_off_again_by_the_same_keys(
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


async def test_a_live_update_takes_away_neither_text_nor_caret_nor_focus(
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


async def test_errors_of_the_client_and_of_the_app_stand_at_the_field_and_are_announced(
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


async def test_three_modals_stack_and_escape_leaves_the_top_one(
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


async def test_a_submission_that_fails_is_told_in_the_modal_and_can_be_tried_again(
    slack: Playground, client: AsyncWebClient
) -> None:
    async with open_page(slack.page_url) as page:
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
