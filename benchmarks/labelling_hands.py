"""The hands of a scripted person: the Slack simulator's Python drive, and its page in a real browser."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from playwright.async_api import Locator, Page

from bot.domain.label_colours import COLOURS
from bot.editor.commands import Edge
from bot.playground import Playground
from ner_engine.annotation import Span

ROOM = "#triage"
PERSON = "ada"


class Hands(Protocol):
    """How the scripted person reaches the bot; each call is what one tap or one stretch of typing is."""

    async def command(self, line: str) -> None:
        """Type a command and send it."""

    async def card(self) -> tuple[str, tuple[Span, ...]]:
        """The sentence on the card and what is suggested in it."""

    async def tap(self, words: str) -> None:
        """Press a button of the card; returns when the next card is there."""

    async def accepting(self) -> str:
        """The words of the button that accepts what is suggested."""

    async def offers(self) -> list[tuple[str, str]]:
        """The phrases that the card has for one tap, each with its label; "" for one that is cut on its button."""

    async def point_on_card(self, number: int) -> None:
        """Press the n-th of them; returns when the card has changed."""

    async def choices(self, menu: str) -> dict[Span, str]:
        """What a menu of the card offers, and how it is chosen."""

    async def choose_on_card(self, menu: str, value: str) -> None:
        """Open a menu of the card and choose; returns when the card has changed."""

    async def edit(self) -> None:
        """Press [Edit]; returns when the modal is there."""

    async def remove(self, number: int) -> None:
        """Press the n-th [Remove] of the modal."""

    async def move(self, number: int, edge: Edge) -> None:
        """Open the n-th menu of edges and choose."""

    async def relabel(self, number: int, label: str) -> None:
        """Open the n-th menu of labels and choose."""

    async def rewrite(self, markup: str) -> None:
        """Put marks into the box with the whole sentence."""

    async def add(self, lines: str) -> int:
        """Type into the box of phrases to add; the taps it took to get into it."""

    async def point(self, span: Span) -> bool:
        """Press the label beside a proposed phrase; False where it is not proposed."""

    async def words(self, places: Sequence[tuple[int, int]], label: str) -> None:
        """Open the menu of the sentence's words, choose some, and press their label."""

    async def save(self) -> bool:
        """Press [Save]; False where the modal stays open."""


class Drive:
    """The Slack simulator's Python drive: the same requests as the page sends."""

    def __init__(self, slack: Playground) -> None:
        self._slack = slack
        self._pressed = False

    def _message(self) -> Any:
        return self._slack.messages(ROOM, viewer=PERSON)[-1]

    async def command(self, line: str) -> None:
        """Type a command and send it."""
        name, _, rest = line.partition(" ")
        answer = await self._slack.command(PERSON, ROOM, name, rest)
        assert answer.error is None, answer

    async def card(self) -> tuple[str, tuple[Span, ...]]:
        """Read the quote of the newest message: bold runs are phrases, code runs their labels."""
        # What takes longer begins with a message that has none.
        await self._slack.until(lambda: bool(self._quotes()), timeout=60)
        runs = self._quotes()[0]["elements"]
        return read_runs([(run.get("text", ""), run.get("style") or {}) for run in runs])

    def _quotes(self) -> list[Any]:
        return [
            part
            for block in self._message().blocks
            if block["type"] == "rich_text"
            for part in block["elements"]
            if part["type"] == "rich_text_quote"
        ]

    async def tap(self, words: str) -> None:
        """Press a button of the card."""
        message = self._message()
        await self._slack.click(PERSON, message, words)
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)

    async def accepting(self) -> str:
        """[Accept], [Accept all] or [Accept these]."""
        return next(
            (words for words in self._message().buttons if words.startswith("Accept")), "Accept"
        )

    async def offers(self) -> list[tuple[str, str]]:
        """Read the buttons of phrases: `+ nausea: SYMPTOM`."""
        found = []
        for element in self._of_card("label.point."):
            phrase, _, label = str(element["text"]["text"]).lstrip("+✓ ").rpartition(": ")
            found.append(("" if phrase.endswith("…") else phrase, _uncoloured(label)))
        return found

    async def point_on_card(self, number: int) -> None:
        """Press the n-th of them."""
        message = self._message()
        await self._press_on_card(message, self._of_card("label.point.")[number])
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)

    async def _press_on_card(self, message: Any, element: Any) -> None:
        await self._slack.click(PERSON, message, element["action_id"])

    async def choices(self, menu: str) -> dict[Span, str]:
        """Read a menu; the person sees the words of the sentence in order, which are places here."""
        found: dict[Span, str] = {}
        for element in self._of_card(menu):
            for group in element.get("option_groups") or [element]:
                for option in group["options"]:
                    _, start, end, label = option["value"].split(":", 3)
                    found[Span(int(start), int(end), label)] = option["value"]
        return found

    async def choose_on_card(self, menu: str, value: str) -> None:
        """Open a menu of the card and choose."""
        message = self._message()
        await self._choose_on_card(message, menu, value)
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)

    async def _choose_on_card(self, message: Any, menu: str, value: str) -> None:
        await self._slack.click(PERSON, message, menu, option=value)

    def _of_card(self, prefix: str) -> list[Any]:
        return [
            element
            for block in self._message().blocks
            for element in block.get("elements", ())
            if str(element.get("action_id", "")).startswith(prefix)
        ]

    async def edit(self) -> None:
        """Press [Edit]."""
        self._pressed = False
        await self._slack.click(PERSON, self._message(), "Edit")
        await self._slack.until(lambda: "editor.markup" in json.dumps(self._slack.view(PERSON)))

    async def remove(self, number: int) -> None:
        """Press the n-th [Remove]."""
        await self._act(number, "button", None)

    async def move(self, number: int, edge: Edge) -> None:
        """Open the n-th menu of edges and choose."""
        await self._act(number, "overflow", edge.value)

    async def relabel(self, number: int, label: str) -> None:
        """Open the n-th menu of labels and choose."""
        await self._act(number, "static_select", label)

    async def _act(self, number: int, kind: str, value: str | None) -> None:
        view = self._view()
        blocks = self._spans()
        element = next(e for e in blocks[number]["elements"] if e["type"] == kind)
        self._pressed = True
        person, before = self._slack.workspace.person(PERSON), view["hash"]
        act = self._slack.view_interactions.act
        await act(person, view, blocks[number], element, value)
        await self._slack.until(lambda: self._view()["hash"] != before)

    async def add(self, lines: str) -> int:
        """Type into the box of phrases to add, which has the focus until something is pressed."""
        await self._type("editor.added", lines)
        return int(self._pressed)

    async def rewrite(self, markup: str) -> None:
        """Put marks into the box with the whole sentence."""
        await self._type("editor.markup", markup)

    async def point(self, span: Span) -> bool:
        """Press the label beside a proposed phrase."""
        value = f"{span.start}:{span.end}:{span.label}"
        for block in self._blocks("editor.proposed"):
            for element in block["elements"]:
                if element.get("value") == value:
                    await self._press(block, element)
                    return True
        return False

    async def words(self, places: Sequence[tuple[int, int]], label: str) -> None:
        """Choose words and press their label."""
        [block] = self._blocks("editor.words.")
        chosen = [f"{start}:{end}" for start, end in places]
        await self._choose(block, chosen)
        [row] = self._blocks("editor.words_as")
        element = next(e for e in row["elements"] if e.get("value") == label)
        await self._press(row, element)

    async def _choose(self, block: Any, chosen: list[str]) -> None:
        self._slack.view_interactions.fill(self._view(), block, block["element"], chosen)

    async def _press(self, block: Any, element: Any) -> None:
        self._pressed = True
        person, before = self._slack.workspace.person(PERSON), self._view()["hash"]
        act = self._slack.view_interactions.act
        await act(person, self._view(), block, element, None)
        await self._slack.until(lambda: self._view()["hash"] != before, timeout=20)

    def _blocks(self, prefix: str) -> list[Any]:
        blocks = self._view()["blocks"]
        return [block for block in blocks if str(block["block_id"]).startswith(prefix)]

    async def _type(self, prefix: str, words: str) -> None:
        blocks = (str(b["block_id"]) for b in self._view()["blocks"])
        block = next(block for block in blocks if block.startswith(prefix))
        await self._slack.type_into(PERSON, block, words)

    async def save(self) -> bool:
        """Press [Save]."""
        message = self._message()
        answer = await self._slack.submit(PERSON)
        assert answer.ok, answer
        assert not answer.errors, answer.errors
        if self._slack.view(PERSON) is not None:
            return False
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)
        return True

    def _spans(self) -> list[Any]:
        blocks = self._view()["blocks"]
        return [b for b in blocks if str(b["block_id"]).startswith("editor.span")]

    def _view(self) -> Any:
        view = self._slack.view(PERSON)
        assert view is not None
        return view


def _uncoloured(label: str) -> str:
    """A label on a button, without the square or circle before its name."""
    return label.lstrip("".join(colour.sign for colour in COLOURS) + " ")


def read_runs(runs: Sequence[tuple[str, dict[str, Any]]]) -> tuple[str, tuple[Span, ...]]:
    """The sentence and its spans out of the runs of a marked sentence; a blank stands before each label."""
    text, spans = "", []
    phrase = (0, 0)
    for content, style in runs:
        if style.get("code"):
            text = text[:-1]
            spans.append(Span(*phrase, content.split("?")[0].split(" ")[0]))
        elif style.get("bold"):
            phrase = (len(text), len(text) + len(content))
            text += content
        else:
            text += content
    return text, tuple(spans)


class PageHands(Drive):
    """The page itself: what is read comes from the same messages, every press and key goes through the browser."""

    def __init__(self, slack: Playground, page: Page) -> None:
        super().__init__(slack)
        self._page = page

    @property
    def _card(self) -> Locator:
        return self._page.get_by_test_id("message").last

    @property
    def _modal(self) -> Locator:
        return self._page.get_by_test_id("modal")

    async def command(self, line: str) -> None:
        """Type a command and send it."""
        seen = len(self._slack.messages(ROOM, viewer=PERSON))
        await self._page.get_by_test_id("composer").fill(line)
        await self._page.get_by_test_id("composer").press("Enter")
        await self._slack.until(
            lambda: len(self._slack.messages(ROOM, viewer=PERSON)) > seen, timeout=20
        )

    async def tap(self, words: str) -> None:
        """Press a button of the card."""
        message = self._message()
        await self._card.get_by_role("button", name=words, exact=True).click()
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)

    async def _press_on_card(self, _message: Any, element: Any) -> None:
        value = element["value"]
        await self._card.locator(f'[data-value="{value}"]').last.click()

    async def _choose_on_card(self, _message: Any, menu: str, value: str) -> None:
        await self._card.locator(f'[data-action="{menu}"]').last.select_option(value)

    async def edit(self) -> None:
        """Press [Edit]."""
        await self._card.get_by_role("button", name="Edit", exact=True).click()
        await self._modal.wait_for()

    async def _act(self, number: int, kind: str, value: str | None) -> None:
        before = self._view()["hash"]
        edges = [b for b in self._spans()[:number] if len(b["elements"]) == 3]
        match kind:
            case "button":
                await self._control("editor.remove").nth(number).click()
            case "static_select":
                await self._control("editor.label").nth(number).select_option(value)
            case _:
                await self._control("editor.edge").nth(len(edges)).click()
                await self._page.locator(f'[data-testid=menu-item][data-value="{value}"]').click()
        await self._slack.until(lambda: self._view()["hash"] != before, timeout=20)
        # The page draws what the bot has shown before the next press.
        await self._page.wait_for_timeout(150)

    def _control(self, action: str) -> Locator:
        return self._modal.locator(f'[data-action="{action}"]')

    async def add(self, lines: str) -> int:
        """Type into the box of phrases to add."""
        field = self._control("editor.added")
        focused = await field.evaluate("element => element === document.activeElement")
        if not focused:
            await field.click()
        await self._page.keyboard.insert_text(lines)
        return int(not focused)

    async def rewrite(self, markup: str) -> None:
        """Put marks into the box with the whole sentence."""
        await self._control("editor.markup").fill(markup)

    async def _choose(self, _block: Any, chosen: list[str]) -> None:
        await self._control("editor.words").click()
        for value in chosen:
            await self._page.locator(f'[data-testid=menu-item][data-value="{value}"]').click()
        await self._page.keyboard.press("Escape")

    async def _press(self, _block: Any, element: Any) -> None:
        before = self._view()["hash"]
        action, value = element["action_id"], element["value"]
        await self._modal.locator(f'[data-action="{action}"][data-value="{value}"]').click()
        await self._slack.until(lambda: self._view()["hash"] != before, timeout=20)
        await self._page.wait_for_timeout(150)

    async def save(self) -> bool:
        """Press [Save]."""
        message, before = self._message(), self._view()["hash"]
        await self._modal.get_by_test_id("modal-submit").click()
        await self._slack.until(lambda: self._closed_or_changed(before), timeout=20)
        if self._slack.view(PERSON) is not None:
            await self._page.wait_for_timeout(150)
            return False
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)
        await self._modal.wait_for(state="hidden")
        return True

    def _closed_or_changed(self, before: str) -> bool:
        view = self._slack.view(PERSON)
        return view is None or view["hash"] != before
