"""Select and bold: words of the sentence are made bold in the editor and labelled, where a setting says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.playground import Playground
from bot.playground.values import JSON
from tests.bot.conftest import Team, settings_for
from tests.bot.editor.test_editor import box, changes, modal, open_on, saved, sentence, shows
from tests.support.browser import needs_browser, open_page
from tests.support.patience import patient

SENTENCE = "A patient with severe chest pain takes aspirin."


@pytest.fixture
async def bold_team(slack: Playground, tmp_path: Path) -> AsyncIterator[Team]:
    """The bot with the setting on."""
    settings = settings_for(slack, tmp_path / "data").model_copy(update={"select_and_bold": True})
    async with open_bot(settings) as bot:
        yield Team(slack, bot)


def rich(*runs: tuple[str, bool]) -> JSON:
    """A rich_text value with bold runs."""
    elements = [
        {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}
        for text, bold in runs
    ]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


async def embolden(team: Team, *runs: tuple[str, bool], label: str | None = "DRUG") -> None:
    """Choose the label and make runs bold."""
    if label:
        await team.slack.choose("ada", box(team, "editor.bold_label"), label)
    await team.slack.type_into("ada", box(team, "editor.bold."), rich(*runs))


async def test_without_the_setting_there_is_no_such_box(team: Team) -> None:
    """The other boxes are always there."""
    await open_on(team, SENTENCE)
    assert "rich_text_input" not in str(modal(team))


async def test_bold_words_get_the_label_that_was_chosen(bold_team: Team) -> None:
    """Offsets come from the runs."""
    message = await open_on(bold_team, SENTENCE)
    await embolden(
        bold_team,
        ("A patient with ", False),
        ("severe chest pain", True),
        (" takes aspirin.", False),
    )
    assert "2 labelled phrases in #1" in (await saved(bold_team, message)).shown


async def test_a_selection_is_widened_to_whole_words(bold_team: Team) -> None:
    """Half a word and an edge blank are what a finger selects."""
    await open_on(bold_team, SENTENCE)
    await embolden(
        bold_team,
        ("A patient with sev", False),
        ("ere chest ", True),
        ("pain takes aspirin.", False),
    )
    await changes(bold_team, bold_team.slack.press("ada", "Mark these"))
    assert "with severe chest DRUG pain" in sentence(bold_team)


async def test_bold_words_need_a_label(bold_team: Team) -> None:
    """The reason stands at the box, and nothing is stored."""
    await open_on(bold_team, SENTENCE)
    await embolden(bold_team, ("A", True), (SENTENCE[1:], False), label=None)
    answer = await bold_team.slack.submit("ada")
    assert "Choose the label" in answer.errors[box(bold_team, "editor.bold.")]


async def test_changed_words_are_refused_at_the_box(bold_team: Team) -> None:
    """The sentence itself is never changed."""
    await open_on(bold_team, SENTENCE)
    await embolden(bold_team, ("A", True), (" patent", False))
    answer = await bold_team.slack.submit("ada")
    assert "The words have to stay" in answer.errors[box(bold_team, "editor.bold.")]


async def test_what_bold_words_replace_is_said_first(bold_team: Team) -> None:
    """As with typed phrases: look once more."""
    await bold_team.types("/label SYMPTOM cough in: A cough.")
    await open_on(bold_team, SENTENCE)
    await embolden(
        bold_team, (SENTENCE[:33], False), ("takes aspirin", True), (".", False), label="SYMPTOM"
    )
    await bold_team.slack.submit("ada")
    assert "takes the place of “aspirin” DRUG" in shows(bold_team)


@needs_browser
async def test_words_are_labelled_by_ctrl_b_in_a_real_browser(bold_team: Team) -> None:
    """Select with the keyboard, Ctrl+B, Save."""
    async with open_page(bold_team.slack.page_url) as page:
        message = await open_on(bold_team, SENTENCE)
        field = page.get_by_test_id("modal").get_by_test_id("rich-input")
        await page.locator('[data-action="editor.bold_label"]').select_option("DRUG")
        await field.click()
        await page.keyboard.press("Control+Home")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")
        for _ in "patient":
            await page.keyboard.press("Shift+ArrowRight")
        await page.keyboard.press("Control+b")
        await page.get_by_test_id("modal-submit").click()
        await bold_team.slack.until(
            lambda: bold_team.slack.now(message) != message, timeout=patient(15)
        )
        assert "2 labelled phrases in #1" in str(bold_team.slack.now(message))
