"""What a card with a model costs a person: the taps of `labelling_actions`, on cards that are made here, without Slack.

The model is trained in this process, in minutes; what the card offers and what a tap does to it is the bot's own code.
`--editor` leaves the card's phrases and menus out, so that all is done in the editor.

    python -m benchmarks.labelling_cards /path/to/bc5cdr --trained 200
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpora import Gold
from benchmarks.labelling_actions import command_line, finish, report, typed_effort, typed_sample
from bot.domain.project import Annotation, Sentence
from bot.editor.commands import Edge
from bot.labelling.knowledge import hints_on_borders, on_borders
from bot.labelling.pointing import POSSIBLE, mentions, most_used, pointers
from bot.labelling.values.cards import Card, Suggestion, pointed
from bot.labelling.views.cards import card_view
from bot.slack import action_ids as ids
from ner_engine.annotation import AnnotatedText, Span
from ner_engine.encoder.choice import choose_encoder
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.prediction.hints import pipeline_hints
from ner_engine.prediction.predictor import Tokenizer
from ner_engine.settings import TrainingSettings
from ner_engine.training.loop import train_model

REMEMBERED = 500
"""Phrases labelled before that are looked for."""

# ruff: noqa: ARG002 - these hands have the whole signatures


class CardHands:
    """The hands of a person with one card; what is done in the editor is only counted."""

    def __init__(self, sentence: Sentence, suggestion: Suggestion, *, points: bool) -> None:
        self._sentence, self._suggestion, self._points = sentence, suggestion, points

    async def command(self, line: str) -> None:
        """Nothing is typed."""

    async def card(self) -> tuple[str, tuple[Span, ...]]:
        """The sentence and what is suggested in it."""
        return self._sentence.text, self._suggestion.spans

    async def tap(self, words: str) -> None:
        """The sentence is finished."""

    async def accepting(self) -> str:
        """The words of the button do not matter here."""
        return "Accept"

    async def offers(self) -> list[tuple[str, str]]:
        """The phrases on the card; "" for one that is cut on its button."""
        found = []
        for element in self._elements(f"{ids.POINT}."):
            span = self._suggestion.offered[_number(element)]
            is_cut = "…" in element["text"]["text"]
            phrase = self._sentence.text[span.start : span.end]
            found.append(("" if is_cut else phrase, span.label))
        return found

    async def point_on_card(self, number: int) -> None:
        """Press the n-th of them."""
        element = self._elements(f"{ids.POINT}.")[number]
        self._take(self._suggestion.offered[_number(element)])

    async def choices(self, menu: str) -> dict[Span, str]:
        """What a menu of the card offers."""
        found: dict[Span, str] = {}
        for element in self._elements(menu):
            for group in element.get("option_groups") or [element]:
                for option in group["options"]:
                    _, start, end, label = option["value"].split(":", 3)
                    found[Span(int(start), int(end), label)] = option["value"]
        return found

    async def choose_on_card(self, menu: str, value: str) -> None:
        """Choose in a menu of the card."""
        found = await self.choices(menu)
        self._take(next(span for span, its in found.items() if its == value))

    def _take(self, span: Span) -> None:
        self._suggestion = pointed(self._suggestion, mentions(self._sentence, span))

    def _elements(self, prefix: str) -> list[Any]:
        if not self._points:
            return []
        card = Card(Annotation(self._sentence, "U1"), suggestion=self._suggestion)
        blocks = card_view(card).to_message()["blocks"]
        elements = [element for block in blocks for element in block.get("elements", ())]
        return [each for each in elements if str(each.get("action_id", "")).startswith(prefix)]

    async def edit(self) -> None:
        """The editor opens."""

    async def remove(self, number: int) -> None:
        """A phrase is removed in it."""

    async def move(self, number: int, edge: Edge) -> None:
        """An edge is moved in it."""

    async def relabel(self, number: int, label: str) -> None:
        """A label is chosen in it."""

    async def rewrite(self, markup: str) -> None:
        """Nothing is typed."""

    async def add(self, lines: str) -> int:
        """Nothing is typed."""
        return 0

    async def point(self, span: Span) -> bool:
        """Its proposals are not looked at."""
        return False

    async def words(self, places: Sequence[tuple[int, int]], label: str) -> None:
        """Words are chosen in it."""

    async def save(self) -> bool:
        """It is saved."""
        return True


def _number(element: Any) -> int:
    return int(element["value"].rpartition(":")[2])


def cards_of(pipeline: Pipeline, learned: Gold, queued: Gold, *, points: bool) -> list[CardHands]:
    """A card of each sentence, as the bot makes it with this model."""
    phrases = [(g.text[s.start : s.end], s.label) for g in reversed(learned) for s in g.spans]
    labels = most_used(phrases, sorted({label for _, label in phrases}))
    tokenizer = Tokenizer()
    made = []
    for number, annotated in enumerate(queued, start=1):
        sentence = Sentence(number, annotated.text, tokenizer.token_offsets(annotated.text))
        found = on_borders(pipeline.read([sentence.text], ours_only=True)[0], sentence)
        hints = hints_on_borders(pipeline_hints(pipeline, sentence.text), sentence)
        beside = pointers(
            sentence,
            found.spans,
            hints,
            phrases[:REMEMBERED],
            labels,
            learned=True,
            least=POSSIBLE,
        )
        suggestion = Suggestion(
            number,
            found.spans,
            found.confidences,
            1,
            "offer",
            offered=beside.offered,
            words=beside.words,
            labels=labels,
        )
        made.append(CardHands(sentence, suggestion, points=points))
    return made


async def measure(
    corpus: Path, *, trained: int, asked: int, seed: int, points: bool, encoder: str
) -> None:
    """Train, finish the sentences, and print what it took."""
    gold: list[AnnotatedText] = typed_sample(corpus / "train.jsonl", seed, trained + asked)
    learned, queued = gold[:trained], gold[trained:]
    settings = TrainingSettings(encoder_dir=choose_encoder(encoder).directory)
    pipeline = train_model(learned, settings)
    cards = cards_of(pipeline, learned, queued, points=points)
    efforts = [await finish(card, queued) for card in cards]
    report(efforts, [typed_effort(annotated) for annotated in queued], trained)


def main() -> None:
    """Read the command line."""
    parser = command_line(__doc__)
    parser.add_argument("--editor", action="store_true", help="without the card's phrases")
    options = parser.parse_args()
    asyncio.run(
        measure(
            options.corpus,
            trained=options.trained,
            asked=options.sentences,
            seed=options.seed,
            points=not options.editor,
            encoder=options.encoder,
        )
    )


if __name__ == "__main__":
    main()
