"""Home, threads, shortcuts and several people in the page of a real browser."""

from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.support.browser import needs_browser

pytestmark = [
    needs_browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("received"),
]
Received = list[str]


@pytest.fixture
def received(app: AsyncApp) -> Received:
    """The kinds of payloads the app received; shortcuts and the button of Home open a modal."""
    words: Received = []

    async def open_modal(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        words.append(body["type"])
        name = kit.field("name", kit.text_input())
        about = body.get("message", {}).get("text", "nothing")
        view = kit.modal(kit.section(f"About {about}"), name)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.shortcut("label_message")(open_modal)
    app.shortcut("workbench")(open_modal)
    app.action("open")(open_modal)

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        words.append(event["tab"])
        user = event["user"]
        await client.views_publish(user_id=user, view=home(f"Home of {user}"))

    return words


def home(words: str) -> kit.JSON:
    buttons = kit.actions(kit.button("Open", "open"))
    return {"type": "home", "blocks": [kit.section(words, block_id="w"), buttons]}


async def test_a_message_shortcut_is_reached_by_keys_alone_and_sends_the_message(
    page: Page, slack: Playground, received: Received
) -> None:
    slack.say("grace", "#triage", "chest pain")
    message = page.get_by_test_id("message").last
    await expect(message.get_by_test_id("content")).to_have_text("chest pain")
    more = message.get_by_role("button", name="More actions")
    await page.get_by_test_id("messages").focus()
    for _ in range(4):  # past the tools of the first message, into those of the second
        await page.keyboard.press("Tab")
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    modal = page.get_by_test_id("modal")
    await expect(modal).to_contain_text("About chest pain")
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    assert received == ["message_action"]


async def test_a_global_shortcut_is_in_the_menu_beside_the_composer(
    page: Page, received: Received
) -> None:
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Open the workbench").click()
    await expect(page.get_by_test_id("modal")).to_contain_text("About nothing")
    assert received == ["shortcut"]


async def test_a_thread_opens_beside_the_channel_and_shows_only_its_replies(
    page: Page, slack: Playground, received: Received
) -> None:
    messages, thread = page.get_by_test_id("messages"), page.get_by_test_id("thread")
    said = slack.say("grace", "#triage", "which label?")
    await messages.get_by_test_id("message").last.hover()
    await messages.get_by_role("button", name="Reply in thread").last.click()
    await expect(thread.get_by_test_id("thread-composer")).to_be_focused()
    await page.keyboard.type("SYMPTOM")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_test_id("message")).to_have_count(2)
    await expect(messages.get_by_test_id("message")).to_have_count(2)
    await expect(messages.get_by_test_id("thread-link")).to_have_text("1 reply")
    await page.keyboard.type("/label")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_test_id("message").last).to_contain_text("not supported in threads")
    await expect(messages.get_by_test_id("thread-link")).to_have_text("1 reply")
    reply = thread.get_by_test_id("message").nth(1)
    await reply.hover()
    await reply.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Label this message").click()
    await expect(page.get_by_test_id("modal")).to_contain_text("About SYMPTOM")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Close thread").click()
    await expect(thread).to_be_hidden()
    await expect(messages.get_by_test_id("thread-link")).to_be_focused()
    assert slack.messages("#triage")[-1].thread_ts == said.ts


async def test_home_is_published_on_opening_changes_live_and_its_buttons_work(
    page: Page, slack: Playground, received: Received, client: AsyncWebClient
) -> None:
    ada = slack.workspace.person("ada").id
    await page.get_by_test_id("sidebar").get_by_role("button", name="toybot").click()
    await expect(page.get_by_test_id("home")).to_contain_text(f"Home of {ada}")
    await client.views_publish(user_id=ada, view=home("Something new"))
    await expect(page.get_by_test_id("home")).to_contain_text("Something new")
    await page.get_by_test_id("home").get_by_role("button", name="Open").click()
    await expect(page.get_by_test_id("modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_be_hidden()
    await page.get_by_role("tab", name="Home").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Messages")).to_be_focused()
    await expect(page.get_by_test_id("composer")).to_be_visible()
    await client.chat_postMessage(channel=ada, text="a direct message")
    await expect(page.get_by_test_id("message").last).to_contain_text("a direct message")
    assert received == ["home", "block_actions", "messages"]


async def test_each_person_has_their_own_modals_home_and_messages_in_one_tab_and_in_two(
    page: Page, slack: Playground, client: AsyncWebClient
) -> None:
    ada, grace = (slack.workspace.person(name).id for name in ("ada", "grace"))
    name = kit.field("name", kit.text_input())
    await client.views_open(
        trigger_id=slack.triggers.issue(ada), view=kit.modal(name, title="Ada's")
    )
    modal = page.get_by_test_id("modal")
    await modal.get_by_label("Name").fill("typed by Ada")
    other = await page.context.new_page()
    await other.goto(f"{slack.page_url}&as=grace")
    await expect(other.get_by_test_id("person")).to_have_value("grace")
    await expect(other.get_by_test_id("modal")).to_be_hidden()
    await client.views_open(
        trigger_id=slack.triggers.issue(grace), view=kit.modal(name, title="Grace's")
    )
    await expect(other.get_by_test_id("modal-title")).to_have_text("Grace's")
    await expect(page.get_by_test_id("modal-title")).to_have_text("Ada's")
    await slack.close_view("grace")
    await client.chat_postEphemeral(channel="#triage", user=grace, text="for Grace alone")
    await expect(other.get_by_test_id("message").last).to_contain_text("for Grace alone")
    await other.get_by_test_id("person").select_option("ada")
    await expect(other.get_by_test_id("modal").get_by_label("Name")).to_have_value("typed by Ada")
    await expect(other.get_by_text("for Grace alone")).to_have_count(0)
    await other.close()


async def test_boxes_and_menus_of_a_message_keep_what_was_chosen_when_it_is_redrawn(
    page: Page, slack: Playground, app: AsyncApp, client: AsyncWebClient
) -> None:
    @app.action("boxes")
    async def ticked(ack: AsyncAck) -> None:
        await ack()

    boxes = kit.actions({**kit.EMPTY["boxes"], "action_id": "boxes"})
    posted = await client.chat_postMessage(channel="#triage", text="x", blocks=[boxes])
    alpha = page.get_by_label("Alpha")
    await alpha.focus()
    await page.keyboard.press("Space")
    more = [kit.section("changed"), boxes]
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="x", blocks=more)
    await expect(page.get_by_text("changed")).to_be_visible()
    await expect(alpha).to_be_checked()
    await expect(alpha).to_be_focused()


async def test_a_choice_that_is_not_confirmed_is_undone_and_not_sent(
    page: Page, client: AsyncWebClient
) -> None:
    words = {name: kit.plain(name) for name in ("title", "text", "confirm", "deny")}
    boxes = kit.actions({**kit.FILLED["boxes"], "action_id": "boxes", "confirm": words})
    await client.chat_postMessage(channel="#triage", text="x", blocks=[boxes])
    await page.get_by_label("Alpha").click()
    await page.get_by_test_id("confirm-no").click()
    await expect(page.get_by_label("Alpha")).not_to_be_checked()
    await expect(page.get_by_label("Beta")).to_be_checked()


async def test_on_a_phone_threads_and_home_fill_the_width_and_nothing_scrolls_sideways(
    page: Page, slack: Playground
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    said = slack.say("grace", "#triage", "a long word: " + "x" * 80)
    slack.reply("linus", said, "y" * 80)
    await page.get_by_test_id("thread-link").click()
    thread = page.get_by_test_id("thread")
    assert await thread.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.keyboard.press("Escape")
    await page.get_by_test_id("show-channels").click()
    await page.get_by_role("button", name="toybot").click()
    await expect(page.get_by_test_id("home")).to_contain_text("Home of")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_messages_arrive_by_themselves_in_one_channel(page: Page, slack: Playground) -> None:
    bar = page.get_by_test_id("arrivals")
    await expect(bar).to_be_hidden()
    await page.get_by_role("button", name="support").click()
    await bar.get_by_role("button", name="Let 20 messages arrive").click()
    await expect(bar.get_by_role("status")).to_contain_text("still to come")
    await expect(page.get_by_test_id("message").first).to_be_visible()
    await bar.get_by_role("button", name="Stop").click()
    await expect(bar.get_by_role("button", name="Let 200 messages arrive")).to_be_visible()
    assert 0 < len(slack.messages("support")) < 20
