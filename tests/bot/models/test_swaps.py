"""The live model is swapped while people ask; `benchmarks/serving.py` does it a thousand times."""

from pathlib import Path

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import settings_for
from tests.support.swaps import swap_and_ask, teach_the_second


async def test_every_question_is_answered_by_one_version_whole_while_models_are_swapped(
    trained_data: Path, slack: Playground
) -> None:
    """Two models, one of which finds a label more: none fails, none answers with both."""
    settings = settings_for(slack, trained_data)
    async with open_bot(settings.model_copy(update={"questions_per_minute": 10_000})):
        await teach_the_second(slack)
        told = await swap_and_ask(slack, swaps=40, asked_a_second=15)
    assert told.swaps == 40
    assert told.wrong == []
    assert len(told.answers) == 2, told
