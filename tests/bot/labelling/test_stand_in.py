"""While the live model's files are not here, the version that answers /ner suggests on cards, too."""

import logging
from collections.abc import Sequence
from typing import Any, cast

import pytest

from bot.db.database import Store
from bot.db.records.sentences import Sentences
from bot.domain.project import Annotation
from bot.engine.client import EngineClient
from bot.engine.ports import Engine
from bot.engine.protocol import absent
from bot.labelling.suggestions import StandIn, Suggestions
from bot.labelling.values.cards import Card
from bot.projects.seeding import ProjectSeeder
from bot.recognition.warm_up import warm_up
from ner_engine.annotation import Hint, Prediction, Span
from tests.bot.labelling.test_ranking import ANN, HERE, Bench, bench  # noqa: F401 - a fixture


class OnlyTheFirst:
    """An engine on whose disk only version 1 is."""

    loaded_at_once = 2

    async def tokens(self, texts: Sequence[str], *, language: str = "en") -> list[tuple[Any, ...]]:  # noqa: ARG002
        return [() for _ in texts]

    async def load(self, _project_id: int, version: int) -> None:
        if version != 1:
            raise absent(version)

    async def predict(
        self, _project_id: int, version: int, texts: Sequence[str]
    ) -> list[Prediction]:
        await self.load(_project_id, version)
        return [Prediction((Span(0, 8, "THING"),), (0.5,), 0.5) for _ in texts]

    async def hints(self, _project_id: int, version: int, _text: str) -> tuple[Hint, ...]:
        await self.load(_project_id, version)
        return ()


async def card_of(store: Store, project_id: int, stand_in: StandIn | None) -> Card:
    """The card of one sentence, with its suggestion."""
    async with store.writing(HERE) as tx:
        tokens = ((0, 8), (9, 10), (11, 14))
        sentence, _ = await Sentences(tx).add(
            project_id, "sentence x abc", tokens, person=ANN, source="test"
        )
    engine = cast("Engine", OnlyTheFirst())
    suggestions = Suggestions(store, engine, stand_in)
    return await suggestions.with_suggestion(HERE, project_id, Card(Annotation(sentence, ANN)))


async def test_a_card_has_the_suggestion_of_the_version_that_stands_in(bench: Bench) -> None:  # noqa: F811
    await bench.fill(1)
    await bench.go_live(1)
    await bench.go_live(2)
    suggestion = (await card_of(bench.store, bench.project_id, bench.stand_in)).suggestion
    assert suggestion is not None
    assert (suggestion.model, len(suggestion.spans)) == (1, 1)


async def test_a_card_goes_without_one_where_no_version_can_be_asked(bench: Bench) -> None:  # noqa: F811
    await bench.fill(1)
    await bench.go_live(2)

    async def nobody(*_: object) -> None:
        return None

    assert (await card_of(bench.store, bench.project_id, nobody)).suggestion is None


async def test_a_start_beside_an_absent_model_is_one_line_without_frames(
    bench: Bench,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    await bench.fill(1)
    await bench.go_live(2)
    engine = cast("EngineClient", OnlyTheFirst())
    keeper = ProjectSeeder(bench.store, cast("Engine", engine))
    caplog.set_level(logging.INFO)
    await warm_up(bench.store, engine, keeper, HERE, (), person=ANN)
    [line] = [each for each in caplog.records if "model 2" in each.getMessage()]
    assert (line.levelno, line.exc_info) == (logging.WARNING, None)
