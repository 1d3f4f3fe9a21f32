"""Files in the page: dropped into a conversation or chosen beside the composer, they are messages of the person."""

import pytest
from playwright.async_api import Page, expect

from bot.playground import Playground
from tests.support.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]

_DRAG = """async ([event, names]) => {
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File(["one line"], name));
  const options = { dataTransfer: data, bubbles: true, cancelable: true };
  document.querySelector("main").dispatchEvent(new DragEvent(event, options));
}"""


async def test_a_file_that_is_dropped_is_a_message_with_it(page: Page, slack: Playground) -> None:
    await page.evaluate(_DRAG, ["dragover", ["notes.jsonl"]])
    await expect(page.get_by_test_id("drop")).to_be_visible()
    await page.evaluate(_DRAG, ["drop", ["notes.jsonl", "more.csv"]])
    await expect(page.get_by_test_id("drop")).to_be_hidden()
    await expect(page.get_by_test_id("file")).to_have_count(2)
    names = [file["name"] for message in slack.messages("#triage") for file in message.files]
    assert names == ["notes.jsonl", "more.csv"]


async def test_a_file_that_is_chosen_is_shared_too(page: Page, slack: Playground) -> None:
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Fever."}
    async with page.expect_file_chooser() as chooser:
        await page.get_by_test_id("attach").click()
    await (await chooser.value).set_files(file)  # type: ignore[arg-type]
    await expect(page.get_by_test_id("file")).to_have_count(1)
    (shared,) = [file for message in slack.messages("#triage") for file in message.files]
    path = slack.uploads.path(shared["id"])
    assert path is not None
    assert path.read_bytes() == b"Fever."


async def test_an_empty_file_is_refused_in_words(page: Page) -> None:
    await page.get_by_test_id("file-input").set_input_files(
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    )
    await expect(page.get_by_test_id("status")).to_contain_text("empty.txt was not shared")


async def test_a_channel_has_its_sign(page: Page) -> None:
    colour = await page.evaluate("getComputedStyle(document.querySelector('.channel .hash')).color")
    assert colour not in {"transparent", "rgba(0, 0, 0, 0)"}
