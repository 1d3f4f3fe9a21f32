"""Which of a model's spans can be stored."""

from bot.domain.project import Sentence
from bot.labelling.knowledge import on_borders
from ner_engine.annotation import Prediction, Span

SENTENCE = Sentence(1, "No chest pain.", ((0, 2), (3, 8), (9, 13), (13, 14)))
CHEST, CHEST_PAIN = Span(3, 8, "SYMPTOM"), Span(3, 13, "SYMPTOM")
INSIDE_AT_ITS_END, INSIDE_AT_ITS_BEGINNING = Span(3, 7, "SYMPTOM"), Span(4, 8, "SYMPTOM")


def test_spans_that_begin_or_end_inside_a_word_go_with_their_confidence() -> None:
    spans = (INSIDE_AT_ITS_END, CHEST_PAIN, INSIDE_AT_ITS_BEGINNING, CHEST)
    found = on_borders(Prediction(spans, (0.1, 0.2, 0.3, None), 0.5), SENTENCE)
    assert found == Prediction((CHEST_PAIN, CHEST), (0.2, None), 0.5)


def test_a_span_that_ends_where_a_word_begins_goes() -> None:
    assert on_borders(Prediction((Span(3, 9, "SYMPTOM"),), (0.5,)), SENTENCE).spans == ()
