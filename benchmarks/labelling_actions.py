"""What labelling costs a person: taps and typed characters a sentence by cards, against typing every span.

A scripted person with perfect judgement finishes sentences of a corpus from a model trained on others of it, in the
page of the Slack simulator in headless Chromium; `--drive` uses its Python drive instead, with the same payloads.

    python -m benchmarks.labelling_actions /path/to/bc5cdr
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from playwright.async_api import async_playwright
from pydantic import SecretStr

from benchmarks.corpora import Gold
from benchmarks.labelling_hands import PERSON, ROOM, Drive, Hands, PageHands
from bot.app import open_bot
from bot.labelling.pointing import variants
from bot.playground import Playground
from bot.settings import Settings
from bot.slack.action_ids import POINT_CHANGE as CHANGE
from bot.slack.action_ids import POINT_WORD as WORD
from ner_engine import AnnotatedText, parse_line
from ner_engine.annotation import Span, find_mentions
from ner_engine.encoder.choice import PACKAGED
from ner_engine.prediction.predictor import Tokenizer

MEANINGS = {
    "CHEMICAL": "a drug or another chemical substance",
    "DISEASE": "a disease, a symptom or a side effect",
}
"""What a person says of the labels of BC5CDR when they add them."""


@dataclass(slots=True)
class Effort:
    """What a person did for one sentence: presses of a button, choices in a menu, and keys typed."""

    taps: int = 0
    characters: int = 0
    way: str = ""


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
        words = await hands.accepting()
        await hands.tap(words if suggested else "No entities")
        return Effort(taps=1, way=way)
    if not right:
        await hands.tap("No entities")
        return Effort(taps=1, way="no entities")
    taps = 0
    for _ in range(3 * len(right) + len(suggested) + 1):
        used = await _point(hands, text, suggested, right)
        if not used:
            break
        taps += used
        text, suggested = await hands.card()
        if suggested == right:
            await hands.tap(await hands.accepting())
            return Effort(taps=taps + 1, way="pointed at on the card")
    effort = await _edited(hands, text, suggested, right)
    return replace(effort, taps=effort.taps + taps)


async def _point(
    hands: Hands, text: str, suggested: tuple[Span, ...], right: tuple[Span, ...]
) -> int:
    """The next thing that is done on the card, and the taps of it; 0 where only the editor helps.

    A menu is one tap to open it and one for the choice in it.
    """
    missing = [span for span in right if span not in suggested]
    offers = await hands.offers()
    wrong = [
        span
        for span in suggested
        if span not in right and not any(span.overlaps(one.start, one.end) for one in missing)
    ]
    for span in [*missing, *wrong]:
        if (text[span.start : span.end], span.label) in offers:
            await hands.point_on_card(offers.index((text[span.start : span.end], span.label)))
            return 1
    for menu in (CHANGE, WORD):
        choices = await hands.choices(menu)
        for span in missing:
            if span in choices:
                await hands.choose_on_card(menu, choices[span])
                return 2
    for span in missing:
        # What can be made right by one more choice: a phrase near it, else its first word.
        near = next((n for n, one in enumerate(offers) if _is_near(text, one, span)), None)
        if near is not None and not any(span.overlaps(one.start, one.end) for one in suggested):
            await hands.point_on_card(near)
            return 1
        for word, value in (await hands.choices(WORD)).items():
            if word.start == span.start:
                await hands.choose_on_card(WORD, value)
                return 2
    return 0


def _is_near(text: str, offer: tuple[str, str], span: Span) -> bool:
    """Whether an offered phrase becomes the one that is meant by a choice in the menu of changes."""
    phrase, label = offer
    if not phrase:
        return False
    tokens = _tokenizer().token_offsets(text)
    return any(
        span in variants(tokens, Span(*place, label), (), (label, span.label))
        for place in find_mentions(text, phrase)
    )


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()


async def _edited(
    hands: Hands, text: str, suggested: tuple[Span, ...], right: tuple[Span, ...]
) -> Effort:
    """Each press is one tap; a menu is one to open it and one for each choice in it."""
    effort = Effort(taps=1, way="edited")
    await hands.edit()
    shown = list(suggested)
    wrong = [span for span in suggested if span not in right]
    missing = [span for span in right if span not in suggested]
    unpointed: list[Span] = []
    for span in missing:
        if not await hands.point(span):
            unpointed.append(span)
            continue
        effort.taps += 1
        shown = [*(old for old in shown if not old.overlaps(span.start, span.end)), span]
    for label in dict.fromkeys(span.label for span in unpointed):
        # A word under a wrong label is not among the free ones.
        mine = [span for span in unpointed if span.label == label]
        for old in [o for o in sorted(shown) if any(o.overlaps(s.start, s.end) for s in mine)]:
            await hands.remove(sorted(shown).index(old))
            shown.remove(old)
            effort.taps += 1
        for batch in _apart(text, mine):
            words = [place for span in batch for place in _words_in(text, span)]
            await hands.words(words, label)
            effort.taps += 2 + len(words)
            shown += batch
    for span in [old for old in wrong if old in shown]:
        await hands.remove(sorted(shown).index(span))
        shown.remove(span)
        effort.taps += 1
    while True:
        effort.taps += 1
        if await hands.save():
            return effort


def _words_in(text: str, span: Span) -> list[tuple[int, int]]:
    tokens = _tokenizer().token_offsets(text)
    return [
        place
        for place in tokens
        if span.overlaps(*place) and any(map(str.isalnum, text[slice(*place)]))
    ]


def _apart(text: str, spans: list[Span]) -> list[list[Span]]:
    """Phrases that can be chosen at once: between two of them is another word."""
    batches: list[list[Span]] = []
    for span in sorted(spans):
        between = text[batches[-1][-1].end : span.start] if batches else ""
        if batches and any(map(str.isalnum, between)):
            batches[-1].append(span)
        else:
            batches.append([span])
    return batches


@asynccontextmanager
async def workspace(
    corpus: Path, trained: int, asked: int, seed: int, encoder: str
) -> AsyncIterator[tuple[Playground, Gold]]:
    """A workspace whose live model was trained on `trained` sentences, with `asked` others in the queue."""
    gold = typed_sample(corpus / "train.jsonl", seed, trained + asked)
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
                "encoder": encoder,
            }
        )
        texts = [annotated.text for annotated in queued]
        await stack.enter_async_context(open_bot(settings, samples=texts))
        for annotated in learned:
            while not await _save(slack, as_braces(annotated)):
                pass  # Slack did not wait, on a machine that has more to do
        if trained:
            await slack.command("grace", ROOM, "/train")
            await slack.until(lambda: "is live" in str(slack.messages(ROOM)[-1]), timeout=900)
            await slack.command("grace", ROOM, "/ner", "Is the model loaded?")
            await asyncio.sleep(10)
        else:
            for label in sorted({span.label for annotated in queued for span in annotated.spans}):
                await slack.command(
                    "grace", ROOM, "/nerbot", f"labels add {label} {MEANINGS.get(label, '')}"
                )
        yield slack, queued


async def _save(slack: Playground, line: str) -> bool:
    """Type a sentence with its entities; False where Slack did not wait for the answer."""
    count = len(slack.messages(ROOM, viewer="grace"))
    await slack.command("grace", ROOM, "/label", line)

    def answer() -> str:
        return next((m.shown for m in slack.messages(ROOM, viewer="grace")[count:]), "")

    await slack.until(lambda: "Saved" in answer() or "operation_timeout" in answer(), timeout=60)
    return "Saved" in answer()


def as_braces(annotated: AnnotatedText) -> str:
    """The sentence as /label takes it whole."""
    pieces, end = [], 0
    for span in annotated.spans:
        phrase = annotated.text[span.start : span.end]
        pieces += [annotated.text[end : span.start], f"{{{phrase}={span.label}}}"]
        end = span.end
    text = "".join([*pieces, annotated.text[end:]])
    return text if annotated.spans else f"none in: {text}"


def typed_sample(path: Path, seed: int, size: int) -> Gold:
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


@asynccontextmanager
async def hands_of(slack: Playground, *, in_page: bool) -> AsyncIterator[Hands]:
    """The scripted person's hands; a browser is opened for those of the page."""
    if not in_page:
        yield Drive(slack)
        return
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=os.environ.get("NERBOT_TEST_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = await browser.new_page()
        await page.goto(slack.page_url)
        yield PageHands(slack, page)
        await browser.close()


async def measure(
    corpus: Path, *, trained: int, asked: int, seed: int, in_page: bool, encoder: str
) -> None:
    """Finish the sentences and print what it took."""
    async with (
        workspace(corpus, trained, asked, seed, encoder) as (slack, gold),
        hands_of(slack, in_page=in_page) as hands,
    ):
        await hands.command("/label")
        efforts = []
        for _ in range(asked):
            await _taught()
            efforts.append(await finish(hands, gold))
        left = slack.messages(ROOM, viewer=PERSON)[-1].shown
        assert "You have no sentence to label" in left, left
        assert not slack.problems, slack.problems
    print("in the page, in Chromium" if in_page else "through the Python drive")
    report(efforts, [typed_effort(annotated) for annotated in gold], trained)


async def _taught() -> None:
    """While a person reads a sentence the first guesses are taught, which takes two seconds where nothing else runs."""
    if lessons := [t for t in asyncio.all_tasks() if t.get_name().startswith("first guesses")]:
        await asyncio.wait(lessons)


def report(cards: list[Effort], typed: list[Effort], trained: int) -> None:
    """The table, and the ways in which sentences were finished."""
    count = len(cards)
    source = f"suggestions of a model trained on {trained}" if trained else "no model"
    print(f"{count} sentences, {source}")
    print(f"{'':24}{'taps':>8}{'typed characters':>20}   a sentence")
    for name, efforts in (("cards", cards), ("/label LABEL phrase", typed)):
        taps = sum(effort.taps for effort in efforts) / count
        characters = sum(effort.characters for effort in efforts) / count
        print(f"{name:24}{taps:8.2f}{characters:20.1f}")
    share = sum(e.characters for e in cards) / max(1, sum(e.characters for e in typed))
    print(f"characters: {share:.1%} of typing every span")
    bearing = [effort for effort in cards if effort.way != "no entities"]
    taps = sum(effort.taps for effort in bearing) / max(1, len(bearing))
    print(f"sentences with entities: {taps:.2f} taps")
    for way in sorted({effort.way for effort in cards}):
        mine = [effort for effort in cards if effort.way == way]
        print(
            f"  {way:14}{len(mine):4} sentences, {sum(e.taps for e in mine) / len(mine):.2f} taps"
        )


def command_line(about: str | None) -> argparse.ArgumentParser:
    """What both measures of a person's taps are told."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--trained", type=int, default=200)
    parser.add_argument("--sentences", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    return parser


def main() -> None:
    """Read the command line."""
    parser = command_line(__doc__)
    parser.add_argument("--drive", action="store_true", help="without a browser")
    options = parser.parse_args()
    asyncio.run(
        measure(
            options.corpus,
            trained=options.trained,
            asked=options.sentences,
            seed=options.seed,
            in_page=not options.drive,
            encoder=options.encoder,
        )
    )


if __name__ == "__main__":
    main()
