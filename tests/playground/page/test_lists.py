"""A Slack List in the page."""

import pytest
from playwright.async_api import Page, expect

from bot.playground import Playground
from bot.playground.state.lists import SlackList
from tests.playground import kit
from tests.support.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]
SCHEMA: list[kit.JSON] = [
    {"key": "text", "name": "Text", "type": "text", "is_primary_column": True},
    {"key": "link", "name": "Message", "type": "link"},
]


def cells(made: SlackList, words: str, url: str = "") -> list[kit.JSON]:
    text, link = (column["id"] for column in made.columns)
    linked = {"column_id": link, "link": [{"original_url": url, "display_name": "open"}]}
    return [
        {"column_id": text, "rich_text": [kit.rich(kit.run(words))]},
        *([linked] if url else []),
    ]


async def test_rows_come_change_and_go_while_one_looks(page: Page, slack: Playground) -> None:
    made = slack.lists.create("Found entities", SCHEMA)
    entry = page.get_by_test_id("list-entry")
    await expect(entry).to_have_count(0)
    slack.lists.share(made.id, [slack.workspace.channel("triage").id])
    await entry.click()
    await expect(page.get_by_test_id("list")).to_contain_text("Nothing is in this List yet.")
    welcome = slack.messages("#triage")[0]
    url = f"{slack.base_url}archives/{welcome.channel}/p{welcome.ts.replace('.', '')}"
    item = slack.lists.add(made.id, cells(made, "cough", url))
    slack.lists.add(made.id, cells(made, "fever"))
    rows = page.get_by_test_id("list-row")
    await expect(rows).to_have_text(["coughopen", "fever"])
    slack.lists.change(made.id, [{**cells(made, "dry cough")[0], "row_id": item.id}])
    await expect(rows).to_have_text(["dry coughopen", "fever"])
    await page.reload()
    await expect(rows).to_have_text(["dry coughopen", "fever"])
    slack.lists.remove(made.id, [slack.lists.items(made.id)[1].id])
    await expect(rows).to_have_text(["dry coughopen"])
    await rows.get_by_role("link").click()
    await expect(page.get_by_test_id("channel-name")).to_have_text("#triage")
    await expect(page.get_by_test_id("list")).to_be_hidden()
