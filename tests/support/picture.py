"""Takes the picture of README.md: the whole story in the Slack simulator, with the default preset.

.venv/bin/python -m tests.support.picture docs/nerbot.png
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.slack.simulator import sample_sentences
from tests.bot.test_story import label_by_hand, label_whole_sentences, page_address, train
from tests.support.bot_process import bot_process
from tests.support.browser import open_page, send


async def main(target: Path) -> None:
    """Play the story and look at it, at desk and phone width."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            bot_process(Path(folder) / "data", {}) as bot,
            open_page(page_address(bot), width=1100, height=1000) as page,
        ):
            await label_by_hand(page)
            await label_whole_sentences(page, sample_sentences()[1:])
            await train(page)
            await send(
                page,
                "/ner She was short of breath, had chest pain and a fever, and takes metformin.",
            )
            await page.get_by_text("model 1", exact=True).wait_for()
            await page.screenshot(path=target)
            await page.set_viewport_size({"width": 390, "height": 844})
            await page.wait_for_timeout(600)  # the sidebar slides away
            await page.screenshot(path=target.with_stem(target.stem + "-phone"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
