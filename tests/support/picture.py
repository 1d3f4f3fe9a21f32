"""Takes the pictures of docs/ and README.md: the whole story in the Slack simulator, with the default preset.

.venv/bin/python -m tests.support.picture docs
"""

import asyncio
import io
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, ViewportSize, expect

from bot.slack.simulator import sample_sentences
from tests.bot.test_story import label_by_hand, label_whole_sentences, page_address, train
from tests.support.bot_process import bot_process
from tests.support.browser import open_page, send

DESK: ViewportSize = {"width": 1100, "height": 1250}
LOW: ViewportSize = {"width": 1100, "height": 520}
PHONE: ViewportSize = {"width": 390, "height": 844}
COLOURS = 200
"""Few enough for small files, enough for letters to look the same."""
QUESTION = "/ner She was short of breath, had chest pain and a fever, and takes metformin."


class Pictures:
    """Writes what is seen into a folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        self._page = page
        self._folder = folder

    async def take(self, name: str, seen: Locator | None = None) -> None:
        """The whole page, or a part of it."""
        await self._page.mouse.move(0, 0)
        await self._page.wait_for_timeout(300)
        shot = await (seen or self._page).screenshot(animations="disabled")
        picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS)
        picture.save(self._folder / f"{name}.png", optimize=True)


def newest(page: Page) -> Locator:
    """The last message that is seen."""
    return page.get_by_test_id("message").last


async def types(page: Page, line: str, answer: str) -> Locator:
    """Type a line; the message that answers it in these words."""
    await send(page, line)
    await expect(newest(page)).to_contain_text(re.compile(answer))
    return newest(page)


async def learn(page: Page, pictures: Pictures) -> None:
    """The story up to the first answer of a model."""
    await label_by_hand(page)
    await label_whole_sentences(page, sample_sentences()[1:-6])
    await train(page)
    await pictures.take(
        "scores", page.get_by_test_id("message").filter(has=page.get_by_role("table"))
    )
    await pictures.take(
        "curve", page.get_by_test_id("message").filter(has_text="Training 1 is done").first
    )
    await send(page, QUESTION)
    await page.get_by_text("model 1", exact=True).wait_for()
    await pictures.take("nerbot")
    await page.set_viewport_size(PHONE)
    await page.wait_for_timeout(600)  # the sidebar slides away
    await pictures.take("nerbot-phone")
    await page.set_viewport_size(DESK)


async def label(page: Page, pictures: Pictures) -> None:
    """A card with what the model finds, and the editor on it."""
    await types(page, "/label", "No entities")
    while not await newest(page).get_by_role("button", name="Accept").count():
        seen = await newest(page).text_content()
        await send(page, "/label next")
        await expect(newest(page)).not_to_have_text(seen or "")
        await expect(newest(page)).to_contain_text("No entities")
    card = newest(page)
    await pictures.take("card", card)
    await card.get_by_role("button", name="Edit").click()
    modal = page.get_by_test_id("modal")
    await expect(modal).to_be_visible()
    await pictures.take("editor", modal)
    await page.keyboard.press("Escape")


async def disagree(page: Page, pictures: Pictures) -> None:
    """Two people see one sentence differently, and the owner looks at both."""
    await types(page, "/nerbot", "owner")
    await types(page, "/nerbot project settings annotations 2", "2")
    await types(
        page, "/label Severe {chest pain=SYMPTOM} since Monday, takes {aspirin=DRUG}.", "Saved"
    )
    await page.get_by_test_id("person").select_option("grace")
    await types(
        page, "/label {Severe chest pain=SYMPTOM} since Monday, takes {aspirin=DRUG}.", "Saved"
    )
    await page.get_by_test_id("person").select_option("ada")
    await pictures.take("review", await types(page, "/nerbot review", "Monday"))


async def bring_file(page: Page, pictures: Pictures) -> None:
    """A file of another tool is shared, and nerbot says what is in it before anything is stored."""
    line = {"text": "Itching after penicillin.", "label": [[0, 7, "SYMPTOM"], [14, 24, "DRUG"]]}
    content = json.dumps(line).encode()
    file = FilePayload(name="doccano.jsonl", mimeType="application/json", buffer=content)
    await page.get_by_test_id("file-input").set_input_files(file)
    shared = page.get_by_test_id("message").filter(has_text="doccano.jsonl").last
    await shared.hover()
    await shared.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Import sentences of file").click()
    await expect(newest(page)).to_contain_text("by direct message")
    await page.get_by_role("button", name="nerbot").first.click()
    await page.get_by_role("tab", name="Messages").click()
    asked = page.get_by_test_id("message").filter(has_text="Import").last
    await expect(asked.get_by_role("button", name="Import")).to_be_visible()
    await pictures.take("import", asked)


async def look_around(page: Page, pictures: Pictures) -> None:
    """What is asked before something is erased, and Home."""
    await pictures.take("forget", await types(page, "/nerbot forget #2", "cannot be undone"))
    await page.get_by_role("button", name="nerbot").first.click()
    await page.get_by_role("tab", name="Home").click()
    await page.set_viewport_size(LOW)
    home = page.get_by_test_id("home")
    await expect(home).to_contain_text("What to do next")
    await pictures.take("home", home)


async def watch(page: Page, pictures: Pictures, data: Path) -> None:
    """A channel is watched, and a reply says what was found."""
    add = [sys.executable, "-m", "bot", "outputs", "add", "reply"]
    ended = await asyncio.create_subprocess_exec(*add, env=os.environ | {"NERBOT_DATA": str(data)})
    assert await ended.wait() == 0
    await page.set_viewport_size(DESK)
    await page.get_by_role("button", name="triage").first.click()
    await types(page, "/nerbot watch #support", "are read by the live model")
    await page.get_by_role("button", name="support").first.click()
    await page.get_by_role("button", name="Let 20 messages arrive").click()
    said = page.get_by_test_id("message").filter(has_text="allergic to trimethoprim").first
    await said.get_by_role("button", name="1 reply").click(timeout=60_000)
    await page.get_by_role("button", name="Fix", exact=True).last.wait_for()
    await page.set_viewport_size(LOW)
    await pictures.take("watching")


async def main(folder: Path) -> None:
    """Play the story and look at it."""
    with tempfile.TemporaryDirectory() as kept:
        data = Path(kept) / "data"
        async with (
            bot_process(data, {}, patience=4) as bot,
            open_page(page_address(bot), width=DESK["width"], height=DESK["height"]) as page,
        ):
            pictures = Pictures(page, folder)
            for scene in (learn, label, disagree, bring_file, look_around):
                await scene(page, pictures)
            await watch(page, pictures, data)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
