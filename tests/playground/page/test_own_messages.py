"""What people do with their own messages in the page, and what apps put under them."""

import pytest
from playwright.async_api import Page, expect

from bot.playground import Playground
from tests.support.browser import needs_browser, send

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]


async def choose(page: Page, number: int, what: str) -> None:
    message = page.get_by_test_id("message").nth(number)
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name=what).click()


async def test_a_message_is_changed_where_it_is_with_its_mentions_as_typed(
    page: Page, slack: Playground
) -> None:
    await send(page, "@grace fevr & chills")
    messages = page.get_by_test_id("message")
    await expect(messages).to_have_count(2)
    await choose(page, 1, "Edit message")
    box = page.get_by_test_id("edit-text")
    await expect(box).to_have_value("@grace fevr & chills")
    await box.fill("@grace fever & chills")
    await box.press("Enter")
    await expect(messages.last).to_contain_text("fever & chills (edited)")
    grace = slack.workspace.person("grace")
    assert slack.messages("#triage")[-1].text == f"<@{grace.id}|grace> fever &amp; chills"


async def test_a_message_is_deleted_once_that_is_confirmed(page: Page) -> None:
    await send(page, "gone soon")
    messages = page.get_by_test_id("message")
    await expect(messages).to_have_count(2)
    await choose(page, 1, "Delete message")
    await page.get_by_test_id("confirm-yes").click()
    await expect(messages).to_have_count(1)


async def test_only_ones_own_messages_can_be_changed(page: Page, slack: Playground) -> None:
    message = page.get_by_test_id("message").first
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await expect(page.get_by_test_id("menu-item")).to_have_text(["Label this message"])
    with pytest.raises(LookupError, match="own messages"):
        slack.edit("ada", slack.messages("#triage")[0], "x")


async def test_emoji_under_a_message_are_seen(page: Page, slack: Playground) -> None:
    message = slack.messages("#triage")[0]
    slack.workspace.react(message, slack.workspace.identity.bot_user_id, "pill")
    reaction = page.get_by_test_id("reaction")
    await expect(reaction).to_have_text("💊 1")
    await expect(reaction).to_have_attribute("title", ":pill: by toybot")


async def test_the_app_is_invited_and_removed_by_slacks_own_commands(
    page: Page, slack: Playground
) -> None:
    us = slack.workspace.identity.bot_user_id
    await page.get_by_role("button", name="random").click()
    await send(page, "/invite @toybot")
    await expect(page.get_by_test_id("message").last).to_contain_text("has joined the channel")
    assert us in slack.workspace.channel("random").members
    await send(page, "/remove @toybot")
    await slack.until(lambda: us not in slack.workspace.channel("random").members)
