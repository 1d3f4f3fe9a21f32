"""The whole story by typing and clicking, in a real browser, from `nerbot run` without a token."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from bot.slack.simulator import sample_sentences
from tests.support.bot_process import BotProcess, bot_process
from tests.support.browser import needs_browser, open_page, send
from tests.support.patience import PATIENCE, patient
from tests.support.triage import as_typed

pytestmark = needs_browser


def page_address(bot: BotProcess) -> str:
    """What the terminal says to open."""
    found = re.search(r"http://127\.0\.0\.1:\S+", "\n".join(bot.said))
    assert found
    return found[0]


async def label_by_hand(page: Page) -> None:
    """One sentence from the queue: a phrase typed, finished by a button."""
    newest = page.get_by_test_id("message").last
    await send(page, "/label")
    await expect(newest.get_by_role("button", name="No entities")).to_be_visible()
    await send(page, "/label SYMPTOM chest pain")
    await expect(newest.get_by_text("Saved.")).to_be_visible()
    await newest.get_by_role("button", name="Finished").click()
    await expect(newest.get_by_text("finished ✓")).to_be_visible()


async def label_whole_sentences(page: Page, sentences: list[str]) -> None:
    """The others typed whole."""
    for sentence in sentences:
        await send(page, f"/label {as_typed(sentence)}")
        newest = page.get_by_test_id("message").last
        await expect(newest.get_by_text(re.compile("^Saved"))).to_be_visible()


async def train(page: Page, preset: str = "") -> None:
    """/train, and wait for the end of its message."""
    await send(page, f"/train {preset}".strip())
    await expect(page.get_by_text(re.compile(r"model 1 is live"))).to_be_visible(
        timeout=patient(100_000)
    )


async def test_label_train_ask_in_the_page(tmp_path: Path) -> None:
    """A newcomer labels sentences, trains and asks, and never leaves the page."""
    async with (
        bot_process(tmp_path / "data", {}, patience=PATIENCE) as bot,
        open_page(page_address(bot)) as page,
    ):
        await label_by_hand(page)
        await label_whole_sentences(page, sample_sentences()[1:16])
        await train(page)
        await expect(page.get_by_role("table")).to_be_visible()
        await send(page, "/ner She has a dry cough and takes ibuprofen.")
        answer = page.get_by_test_id("message").last
        await expect(answer.get_by_text("model 1")).to_be_visible()
