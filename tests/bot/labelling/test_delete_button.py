"""[Delete] on the card of a sentence: for whoever added it and for owners; Slack asks, and [Undo] brings it back."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.app import open_bot
from bot.playground import Message, Playground
from bot.slack import action_ids as ids
from tests.bot.conftest import Team, settings_for
from tests.bot.projects.people import with_button
from tests.support.browser import needs_browser, open_page, send

ADDED = "/label SIGN plimpain in: A plimpain today."


async def opened_by(team: Team, person: str) -> Message:
    """The card of the one sentence as this person has it after they labelled it, too."""
    asked = (await team.types("/label SIGN plimpain", person=person)).message
    return await team.presses(asked, "Label it in #1", person=person)


async def test_whoever_added_a_sentence_deletes_it_from_its_card(team: Team) -> None:
    await team.types("/nerbot", person="grace")  # who is the owner now
    card = (await team.types(ADDED)).message
    deleted = await team.presses(card, "Delete")
    assert "Deleted sentence #1." in deleted.shown
    assert deleted.buttons == ["Next", "Undo"]
    assert "no such sentence" in (await team.types("/label delete #1")).text
    await team.presses(deleted, "Undo")
    assert "plimpain SIGN" in (await team.types("/label SIGN plimpain")).text


async def test_owners_have_the_button_on_what_others_added(team: Team) -> None:
    await team.types("/nerbot", person="grace")
    await team.types(ADDED)
    card = await opened_by(team, "grace")
    assert card.buttons[-1] == "Delete"
    assert "Deleted sentence #1." in (await team.presses(card, "Delete", person="grace")).shown


async def test_owners_by_the_setting_have_it_too(slack: Playground, tmp_path: Path) -> None:
    owners = frozenset({slack.workspace.person("linus").id})
    settings = settings_for(slack, tmp_path / "data").model_copy(update={"owners": owners})
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        await team.types(ADDED)
        assert "Delete" in (await opened_by(team, "linus")).buttons
        assert "Delete" not in (await opened_by(team, "mei")).buttons


async def test_others_do_not_see_the_button_and_are_refused_where_they_make_it_up(
    team: Team,
) -> None:
    await team.types("/nerbot", person="grace")
    await team.types(ADDED)
    assert "Delete" not in (await opened_by(team, "mei")).buttons
    made_up = with_button(team.slack.say("mei", "#triage", "hello"), ids.DELETE_SENTENCE, "1")
    await team.slack.click("mei", made_up, ids.DELETE_SENTENCE)
    await team.slack.until(
        lambda: "Only an owner can delete a sentence that somebody else added" in team.reads("mei")
    )
    assert "is SIGN" in (await team.types("/label SIGN plimpain")).text


@needs_browser
@pytest.mark.parametrize("width", [1280, 390])
async def test_slack_asks_before_the_sentence_is_deleted(team: Team, width: int) -> None:
    """In the page: [Leave it] leaves it, [Delete] deletes it, [Undo] brings it back; nothing is wider than the page."""
    async with open_page(team.slack.page_url, width=width) as page:
        await expect(page.get_by_test_id("status")).to_be_hidden()
        await send(page, ADDED)
        card = page.get_by_test_id("message").last
        await expect(card).to_contain_text("Saved.")
        await card.get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("Delete sentence #1?")).to_be_visible()
        await page.get_by_test_id("confirm-no").click()
        await expect(card).to_contain_text("Saved.")
        await card.get_by_role("button", name="Delete").click()
        await page.get_by_test_id("confirm-yes").click()
        await expect(card).to_contain_text("Deleted sentence #1.")
        await card.get_by_role("button", name="Undo").click()
        await expect(card).to_contain_text("#1")
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await page.evaluate(wide)
