"""Beside another component's entities ours take their place only where they are sure."""

from typing import Any

import pytest
import spacy
from spacy.tokens import Span

from ner_engine.pipeline.recognizer import SURE_BESIDE, CrfRecognizer, Reading

ANY: Any = None


@pytest.mark.parametrize(
    ("confidence", "label"),
    [
        (0.33, "PERSON"),
        (SURE_BESIDE - 0.01, "PERSON"),
        (SURE_BESIDE, "CHEMICAL"),
        (0.9, "CHEMICAL"),
    ],
)
def test_what_is_not_sure_leaves_the_others_entity(confidence: float, label: str) -> None:
    doc = spacy.blank("en")("Smith takes aspirin")
    doc.ents = [Span(doc, 0, 1, "PERSON")]
    reading = Reading(((0, 1, "CHEMICAL", confidence), (2, 3, "CHEMICAL", 0.2)), 0.1)
    CrfRecognizer.set_annotations(ANY, [doc], [reading])
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("Smith", label),
        ("aspirin", "CHEMICAL"),
    ]
    assert doc._.displaced == (label == "CHEMICAL")
