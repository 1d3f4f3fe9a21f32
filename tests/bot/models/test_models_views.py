"""What /nerbot models shows: a picture only where there is something to see, and every difference of two models."""

from dataclasses import replace

import pytest

from bot.domain.evaluation import LivePolicy
from bot.domain.models import Difference, ModelsCompared
from bot.domain.project import Project, Sentence
from bot.models.commands import CompareModels, ModelsShown
from bot.models.parsing import read_page
from bot.models.views.comparing import compared_view
from bot.models.views.versions import models_view
from bot.slack.text import View
from ner_engine.annotation import Span
from tests.bot.training.test_pictures import versions


def buttons(view: View) -> list[tuple[str, str]]:
    rows = [block.to_dict() for block in view.blocks if block.type == "actions"]
    return [(each["text"]["text"], each["value"]) for row in rows for each in row["elements"]]


def test_a_picture_is_offered_only_where_models_can_be_compared() -> None:
    shown = ModelsShown(Project(1, "default"), tuple(versions(1)), None, LivePolicy.NOT_WORSE)
    assert buttons(models_view(shown)) == []
    several = replace(shown, has_picture=True)
    assert [words for words, _ in buttons(models_view(several))] == [
        "Post the scores here as a picture"
    ]


def differences(count: int) -> tuple[Difference, ...]:
    spans = (Span(0, 4, "A"),)
    return tuple(Difference(Sentence(n, "pain here"), spans, spans, ()) for n in range(count))


@pytest.mark.parametrize(
    ("start", "seen", "offered"),
    [
        (0, range(5), [("More", "1 2 5")]),
        (5, range(5, 10), [("Back", "1 2 0"), ("More", "1 2 10")]),
        (10, range(10, 13), [("Back", "1 2 5")]),
    ],
)
def test_all_differences_of_two_models_can_be_looked_at(
    start: int, seen: range, offered: list[tuple[str, str]]
) -> None:
    told = ModelsCompared(
        1, 2, 20, differing=13, only_one_right=13, differences=differences(13), start=start
    )
    view = compared_view(told)
    assert buttons(view) == offered
    assert f"{seen[0] + 1} to {seen[-1] + 1}:" in view.text
    assert all(f"#{number} model 1" in view.text for number in seen)
    assert f"#{seen[-1] + 1} model" not in view.text


def test_few_differences_need_no_pages() -> None:
    told = ModelsCompared(1, 2, 20, differing=3, differences=differences(3))
    assert buttons(compared_view(told)) == []
    assert "1 to 3" not in compared_view(told).text


def test_a_page_is_read_out_of_its_button() -> None:
    assert read_page("3 5 10") == CompareModels(3, 5, 10)
