"""What the pages of docs/ say to type in Slack: all of it is understood, and their blocks do what they say."""

import re
from collections.abc import Awaitable
from typing import Any

import pytest

from bot import nerbot_command, train_command
from bot.labelling.parsing import read_label
from bot.slack import responders
from bot.slack.payloads import HELP
from bot.slack.responders import Presented
from bot.slack.text import View
from bot.team.parsing import read_sentence_to_delete
from tests.bot.conftest import GOLD, Team
from tests.support.pages import blocks, typed_inside

ANYBODY: Any = None
"""Nothing is carried out by it."""
ROUTERS = {
    "/train": train_command.make_router(ANYBODY, ANYBODY, ANYBODY),
    "/nerbot": nerbot_command.make_router(*[ANYBODY] * 9),
}
TYPED = sorted({code for _, code in typed_inside("/") if re.match(r"/(label|train|nerbot) ", code)})
BEFORE = {"try-it.md": GOLD, "troubleshooting.md": GOLD[:1]}
"""What the reader of a page has labelled meanwhile, as it says."""


@pytest.mark.parametrize("line", TYPED)
def test_what_a_page_says_to_type_is_understood(line: str) -> None:
    """Raises NotUnderstood otherwise, with the reason. A subcommand may also be named without what follows it."""
    command, _, text = line.partition(" ")
    if text in HELP:
        return
    if command == "/label":
        if read_sentence_to_delete(text) is None:
            read_label(text)
        return
    shown = re.sub(r"@\w+", "<@U024BE7LH>", text)
    route, typed = ROUTERS[command].find(re.sub(r"#[a-z]\w+", "<#C0TRIAGE>", shown))
    assert not typed.text or route.subcommand.parse(typed)


async def test_the_blocks_of_the_pages_do_what_they_say(
    team_with_samples: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An owner types each page in a project of its own; nothing is refused."""
    team = team_with_samples
    refused: list[str] = []
    asked = responders.present

    async def heard(work: Awaitable[View], **more: Any) -> Presented:
        presented = await asked(work, **more)
        if presented.failed:
            refused.append(presented.view.text)
        return presented

    monkeypatch.setattr(responders, "present", heard)
    await team.types("/nerbot")
    pages: dict[str, list[str]] = {}
    for block in blocks("slack"):
        pages.setdefault(block.page, [*BEFORE.get(block.page, ())]).extend(block.lines)
    told = []
    for page, lines in pages.items():
        name = page.removesuffix(".md")
        for line in (f"/nerbot project new {name}", f"/nerbot project use {name}", *lines):
            refused.clear()
            await team.types(line)
            told += [f"{page}: {line}: {words}" for words in refused if not line.endswith(" help")]
    assert not told
