"""What a recognizer is to learn of a text is what spaCy's alignment says."""

from dataclasses import replace

import pytest
import spacy
from spacy.tokens import Doc
from spacy.tokens import Span as Entity
from spacy.training import Example

from ner_engine import AnnotatedText, Span
from ner_engine.pipeline.tag_scheme import TagScheme
from ner_engine.pipeline.targets import known_tags
from ner_engine.training.corpus import make_corpus
from tests.ner_engine.data import make_gold

NLP = spacy.blank("en")
SCHEME = TagScheme(("DRUG", "PAIN"))
TEXTS = [
    AnnotatedText(
        "Severe chest  pain\nafter aspirin .", (Span(7, 18, "PAIN"), Span(25, 32, "DRUG"))
    ),
    AnnotatedText("No cisplatin-2-induced pain.", (Span(3, 9, "DRUG"), Span(23, 27, "PAIN"))),
    AnnotatedText(" nothing\u00a0 of the kind ", ()),
    AnnotatedText("aspirin for an unknown label", (Span(15, 28, "OTHER"),)),
    *make_gold(5),
]


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.text[:20])
def test_tags_are_those_that_are_aligned(text: AnnotatedText, *, finished: bool) -> None:
    [example] = make_corpus(NLP, [replace(text, finished=finished)]).examples
    aligned = [tag if tag in SCHEME.index else None for tag in example.get_aligned_ner()]
    assert known_tags(example, SCHEME) == aligned


def test_other_tokens_are_aligned() -> None:
    reference = NLP.make_doc("chest pain")
    reference.set_ents([Entity(reference, 1, 2, "PAIN")])
    other = Doc(NLP.vocab, ["chest", "pa", "in"], spaces=[True, False, False])
    assert known_tags(Example(other, reference), SCHEME) == ["O", "B-PAIN", "L-PAIN"]
