"""What an answer says of entities of a pretrained model that are not shown."""

import pytest

from bot.recognition.values import Answer, AnsweredText
from bot.recognition.views.answers import answer_view
from ner_engine.annotation import Prediction, Span

TOKENS = ((0, 5), (6, 11))
SPAN = Span(0, 5, "CHEMICAL")


@pytest.mark.parametrize(
    ("displaced", "words"),
    [
        (1, "One entity of the pretrained model is not shown"),
        (2, "2 entities of the pretrained model are not shown"),
    ],
)
def test_entities_of_the_base_that_ours_displaced_are_counted(displaced: int, words: str) -> None:
    found = Prediction((SPAN,), (0.9,), 0.1, displaced)
    view = answer_view(Answer(3, (AnsweredText("Smith works", TOKENS, found),)))
    assert words in view.text
    assert words in str([block.to_dict() for block in view.blocks])


def test_where_none_is_displaced_nothing_is_said_of_it() -> None:
    found = Prediction((SPAN,), (0.9,), 0.1)
    view = answer_view(Answer(3, (AnsweredText("Smith works", TOKENS, found),)))
    assert "pretrained" not in view.text
