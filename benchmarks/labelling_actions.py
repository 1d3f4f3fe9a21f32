"""What labelling costs a person: taps and typed characters a sentence by cards, against typing every span.

A scripted person with perfect judgement finishes sentences of a corpus from a model trained on others of it, through
the small Slack's Python drive, which sends the same payloads as its page does.

    python -m benchmarks.labelling_actions /path/to/bc5cdr
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr

from benchmarks.corpora import Gold
from bot.app import open_bot
from bot.domain import Edge, Offsets
from bot.domain.markup import to_markup
from bot.playground import Playground
from bot.settings import Settings
from ner_engine import AnnotatedText, parse_line
from ner_engine.annotation import Span, find_mentions
from ner_engine.prediction import Tokenizer

ROOM = "#triage"
PERSON = "ada"


@dataclass(slots=True)
class Effort:
    """What a person did for one sentence: presses of a button, choices in a menu, and keys typed."""

    taps: int = 0
    characters: int = 0
    way: str = ""


class Hands(Protocol):
    """How the scripted person reaches the bot; each call is what one tap or one stretch of typing is."""

    async def command(self, line: str) -> None:
        """Type a command and send it."""

    async def card(self) -> tuple[str, tuple[Span, ...]]:
        """The sentence on the card and what is suggested in it."""

    async def tap(self, words: str) -> None:
        """Press a button of the card; returns when the next card is there."""

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

    async def add(self, lines: str) -> None:
        """Type into the box of phrases to add."""

    async def save(self) -> bool:
        """Press [Save]; False where the modal stays open."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the editor, in their order: buttons and menus first, then what has to be typed."""

    remove: tuple[Span, ...] = ()
    relabel: tuple[tuple[Span, str], ...] = ()
    move: tuple[tuple[Span, tuple[Edge, ...]], ...] = ()
    add: tuple[str, ...] = ()
    marks: tuple[Span, ...] = ()
    """Marks put into the whole sentence, where a phrase is an entity in one place and none in another."""


def plan(
    text: str, tokens: Sequence[Offsets], suggested: tuple[Span, ...], gold: tuple[Span, ...]
) -> Plan:
    """How a person with perfect judgement comes from what is suggested to what is right."""
    wrong = [span for span in suggested if span not in gold]
    missing = [span for span in gold if span not in suggested]
    relabel = [
        (old, new.label)
        for old in wrong
        for new in missing
        if (old.start, old.end) == (new.start, new.end)
    ]
    move = [
        (old, edges)
        for old in wrong
        for new in missing
        if (edges := moves(old, new, tokens))
        and len(edges) <= 2
        and not any(s.start < new.end and new.start < s.end for s in suggested if s != old)
    ]
    ended = {*(Span(s.start, s.end, label) for s, label in relabel)}
    ended |= {new for old, edges in move for new in missing if moves(old, new, tokens) == edges}
    used = {span for span, _ in [*relabel, *move]}
    gone = tuple(span for span in wrong if span not in used)
    still = [span for span in missing if span not in ended]
    lines = dict.fromkeys((text[span.start : span.end], span.label) for span in still)
    # A phrase typed once marks all its mentions: where not all of them are wanted, marks are put one by one.
    marked = {Span(*at, label) for phrase, label in lines for at in find_mentions(text, phrase)}
    if marked <= set(gold):
        add = tuple(f"{phrase}={label}" for phrase, label in lines)
        return Plan(gone, tuple(relabel), tuple(move), add)
    return Plan(gone, tuple(relabel), tuple(move), marks=tuple(still))


def moves(old: Span, new: Span, tokens: Sequence[Offsets]) -> tuple[Edge, ...]:
    """The steps of a token each that bring one span to another of its label; none where they lie apart."""
    if old.label != new.label or old.start >= new.end or new.start >= old.end:
        return ()

    def between(start: int, end: int) -> int:
        return sum(start <= token < end for token, _ in tokens)

    return (
        *[Edge.GROW_LEFT] * between(new.start, old.start),
        *[Edge.GROW_RIGHT] * between(old.end, new.end),
        *[Edge.SHRINK_LEFT] * between(old.start, new.start),
        *[Edge.SHRINK_RIGHT] * between(new.end, old.end),
    )


def typed_effort(annotated: AnnotatedText) -> Effort:
    """The same sentence by `/label LABEL phrase` for each span, then /label done; all mentions by one tap."""
    effort = Effort(way="typed")
    text = annotated.text
    lines = [f"/label {s.label} {text[s.start : s.end]}" for s in annotated.spans]
    lines = list(dict.fromkeys(lines))
    commands = [*lines, "/label done"] if lines else ["/label none"]
    for command in [*commands, "/label"]:
        effort.characters += len(command)
        effort.taps += 1  # Enter
    for line in lines:
        phrase = line.split(" ", 2)[2]
        effort.taps += len(find_mentions(text, phrase)) > 1  # [All n]
    return effort


async def finish(hands: Hands, gold: Gold) -> Effort:
    """Finish the sentence of the card in the person's hand, and leave the next one there."""
    text, suggested = await hands.card()
    right = next(annotated.spans for annotated in gold if annotated.text == text)
    if suggested == right:
        way = "accepted" if suggested else "no entities"
        await hands.tap("Accept" if suggested else "No entities")
        return Effort(taps=1, way=way)
    if not right:
        await hands.tap("No entities")
        return Effort(taps=1, way="no entities")
    tokens = _tokenizer().token_offsets(text)
    return await _edited(hands, text, plan(text, tokens, suggested, right), suggested, right)


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()


async def _edited(
    hands: Hands, text: str, steps: Plan, suggested: tuple[Span, ...], right: tuple[Span, ...]
) -> Effort:
    """Each press is one tap; a menu is one to open it and one to choose; a box is one to get into it."""
    effort = Effort(taps=1, way="edited")
    await hands.edit()
    shown = list(suggested)
    for span in steps.remove:
        await hands.remove(shown.index(span))
        shown.remove(span)
        effort.taps += 1
    for span, label in steps.relabel:
        await hands.relabel(shown.index(span), label)
        effort.taps += 2
    for span, edges in steps.move:
        for edge in edges:
            await hands.move(shown.index(span), edge)
            effort.taps += 2
    if steps.add:
        lines = "\n".join(steps.add)
        await hands.add(lines)
        effort.taps += 1
        effort.characters += len(lines)
    if steps.marks:
        await hands.rewrite(to_markup(text, right))
        effort.taps += 2 * len(steps.marks)
        effort.characters += sum(len("[]()") + len(span.label) for span in steps.marks)
    while True:
        effort.taps += 1
        if await hands.save():
            return effort


class Drive:
    """The small Slack's Python drive: the same requests as the page sends."""

    def __init__(self, slack: Playground) -> None:
        self._slack = slack

    def _message(self) -> Any:
        return self._slack.messages(ROOM, viewer=PERSON)[-1]

    async def command(self, line: str) -> None:
        """Type a command and send it."""
        name, _, rest = line.partition(" ")
        answer = await self._slack.command(PERSON, ROOM, name, rest)
        assert answer.error is None, answer

    async def card(self) -> tuple[str, tuple[Span, ...]]:
        """Read the quote of the newest message: bold runs are phrases, code runs their labels."""
        quote = next(
            part
            for block in self._message().blocks
            if block["type"] == "rich_text"
            for part in block["elements"]
            if part["type"] == "rich_text_quote"
        )
        return read_runs([(run["text"], run.get("style") or {}) for run in quote["elements"]])

    async def tap(self, words: str) -> None:
        """Press a button of the card."""
        message = self._message()
        await self._slack.click(PERSON, message, words)
        await self._slack.until(lambda: self._slack.now(message) != message, timeout=20)

    async def edit(self) -> None:
        """Press [Edit]."""
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
        blocks = [b for b in view["blocks"] if str(b["block_id"]).startswith("editor.span")]
        element = next(e for e in blocks[number]["elements"] if e["type"] == kind)
        person, before = self._slack.workspace.person(PERSON), view["hash"]
        act = self._slack.view_interactions.act
        await act(person, view, blocks[number], element, value)
        await self._slack.until(lambda: self._view()["hash"] != before)

    async def add(self, lines: str) -> None:
        """Type into the box of phrases to add."""
        await self._type("editor.added", lines)

    async def rewrite(self, markup: str) -> None:
        """Put marks into the box with the whole sentence."""
        await self._type("editor.markup", markup)

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

    def _view(self) -> Any:
        view = self._slack.view(PERSON)
        assert view is not None
        return view


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


@asynccontextmanager
async def workspace(
    corpus: Path, trained: int, asked: int, seed: int
) -> AsyncIterator[tuple[Playground, Gold]]:
    """A workspace whose live model was trained on `trained` sentences, with `asked` others in the queue."""
    gold = _sample(corpus / "train.jsonl", seed, trained + asked)
    learned, queued = gold[:trained], gold[trained:]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack = await stack.enter_async_context(Playground.open(data=folder / "slack"))
        settings = Settings().model_copy(
            update={
                "api_url": slack.api_url,
                "bot_token": SecretStr(slack.bot_token),
                "app_token": SecretStr(slack.app_token),
                "data": folder / "data",
            }
        )
        texts = [annotated.text for annotated in queued]
        await stack.enter_async_context(open_bot(settings, samples=texts))
        for annotated in learned:
            count = len(slack.messages(ROOM, viewer="grace"))
            await slack.command("grace", ROOM, "/label", as_braces(annotated))
            await slack.until(lambda count=count: _is_saved(slack, count), timeout=60)  # type: ignore[misc]
        await slack.command("grace", ROOM, "/train")
        await slack.until(lambda: "is live" in str(slack.messages(ROOM)[-1]), timeout=900)
        await slack.command("grace", ROOM, "/ner", "Is the model loaded?")
        await asyncio.sleep(10)
        yield slack, queued


def _is_saved(slack: Playground, count: int) -> bool:
    new = slack.messages(ROOM, viewer="grace")[count:]
    return bool(new) and "Saved" in new[-1].shown


def as_braces(annotated: AnnotatedText) -> str:
    """The sentence as /label takes it whole."""
    pieces, end = [], 0
    for span in annotated.spans:
        phrase = annotated.text[span.start : span.end]
        pieces += [annotated.text[end : span.start], f"{{{phrase}={span.label}}}"]
        end = span.end
    text = "".join([*pieces, annotated.text[end:]])
    return text if annotated.spans else f"none in: {text}"


def _sample(path: Path, seed: int, size: int) -> Gold:
    """Sentences a person can type: no braces of their own, each text once, spans on word borders."""
    lines = path.read_text("utf-8").splitlines()
    random.Random(seed).shuffle(lines)
    found: dict[str, AnnotatedText] = {}
    for line in lines:
        annotated = parse_line(json.loads(line))
        if _can_be_typed(annotated):
            found.setdefault(annotated.text, annotated)
        if len(found) == size:
            break
    return list(found.values())


def _can_be_typed(annotated: AnnotatedText) -> bool:
    tokens = _tokenizer().token_offsets(annotated.text)
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    on_borders = all(span.start in starts and span.end in ends for span in annotated.spans)
    return on_borders and not {"{", "="} & set(annotated.text) and len(annotated.text) < 600


async def measure(corpus: Path, *, trained: int, asked: int, seed: int) -> None:
    """Finish the sentences and print what it took."""
    async with workspace(corpus, trained, asked, seed) as (slack, gold):
        hands: Hands = Drive(slack)
        await hands.command("/label")
        efforts = [await finish(hands, gold) for _ in range(asked)]
        left = slack.messages(ROOM, viewer=PERSON)[-1].shown
        assert "No sentence waits for you" in left, left
        assert not slack.problems, slack.problems
    report(efforts, [typed_effort(annotated) for annotated in gold], trained)


def report(cards: list[Effort], typed: list[Effort], trained: int) -> None:
    """The table, and the ways in which sentences were finished."""
    count = len(cards)
    print(f"{count} sentences, suggestions of a model trained on {trained}")
    print(f"{'':24}{'taps':>8}{'typed characters':>20}   a sentence")
    for name, efforts in (("cards", cards), ("/label LABEL phrase", typed)):
        taps = sum(effort.taps for effort in efforts) / count
        characters = sum(effort.characters for effort in efforts) / count
        print(f"{name:24}{taps:8.2f}{characters:20.1f}")
    share = sum(e.characters for e in cards) / max(1, sum(e.characters for e in typed))
    print(f"characters: {share:.1%} of typing every span")
    for way in sorted({effort.way for effort in cards}):
        mine = [effort for effort in cards if effort.way == way]
        print(
            f"  {way:14}{len(mine):4} sentences, {sum(e.taps for e in mine) / len(mine):.2f} taps"
        )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--trained", type=int, default=200)
    parser.add_argument("--sentences", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    asyncio.run(
        measure(options.corpus, trained=options.trained, asked=options.sentences, seed=options.seed)
    )


if __name__ == "__main__":
    main()
