"""What a training holds of its sentences is small, and says what spaCy's docs of them say."""

import gc
import tracemalloc
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from spacy.tokens import Doc

from ner_engine import AnnotatedText, Span, TrainingSettings
from ner_engine.pipeline.pipeline import make_pipeline
from ner_engine.pipeline.tag_scheme import TagScheme
from ner_engine.pipeline.targets import target_of
from ner_engine.training.corpus import AT_ONCE, find_misalignments, make_corpus
from ner_engine.training.lessons import Lessons
from ner_engine.training.loop import feature_steps, training_steps
from tests.ner_engine.data import make_gold

#: A text's words and tags, 20 of them, and the objects that hold them; spaCy's docs took 21,000.
MOST_BYTES = 700
NLP = make_pipeline(TrainingSettings(preset="cnn")).nlp
SCHEME = TagScheme(("DRUG", "SYMPTOM"))
TEXTS = [
    *make_gold(),
    AnnotatedText("No cisplatin-2-induced pain.", (Span(3, 9, "DRUG"), Span(23, 27, "SYMPTOM"))),
    AnnotatedText("aspirin for an unknown label", (Span(15, 28, "OTHER"),)),
    AnnotatedText("aspirin again, not finished", (Span(0, 7, "DRUG"),), finished=False),
]


def docs_alive() -> int:
    gc.collect()
    return sum(isinstance(found, Doc) for found in gc.get_objects())


@pytest.mark.parametrize("preset", ["encoder", "cnn"])
def test_a_training_holds_docs_of_a_batch_at_most_however_many_sentences_it_learns(
    preset: str,
) -> None:
    gold, settings = make_gold(30), TrainingSettings(preset=preset, steps=9)
    list(feature_steps(gold, settings))
    before = docs_alive()
    steps = training_steps(gold, settings)
    assert len(list(islice(steps, 4))) == 4
    assert docs_alive() - before <= settings.recipe.batch_size < len(gold)
    steps.close()


def test_a_sentence_takes_hundreds_of_bytes_and_not_thousands() -> None:
    few, many = make_gold(5), make_gold(60)
    taken = []
    for gold in (few, few, many):  # once before, for what is made a single time
        tracemalloc.start()
        kept = Lessons(NLP, gold, encoded=True)
        gc.collect()
        taken.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(kept) == len(gold)
    assert (taken[2] - taken[1]) / (len(many) - len(few)) < MOST_BYTES


def test_no_word_of_a_sentence_stays_known_to_spacy() -> None:
    Lessons(NLP, [AnnotatedText("Zyxwquirk is a word of its own.")], encoded=True)
    assert "Zyxwquirk" not in NLP.vocab.strings


def test_what_is_to_be_learned_is_what_spacys_examples_say() -> None:
    lessons = Lessons(NLP, TEXTS, encoded=True)
    examples = make_corpus(NLP, TEXTS).examples
    assert lessons.labels == ["DRUG", "OTHER", "SYMPTOM"]
    for target, example in zip(lessons.targets(range(len(TEXTS)), SCHEME), examples, strict=True):
        wanted = target_of(example, SCHEME)
        assert target.known == wanted.known
        assert np.array_equal(target.allowed, wanted.allowed)
        if wanted.known:
            assert np.array_equal(target.pairs, wanted.pairs)


def test_spans_that_cut_a_token_are_found_in_every_portion() -> None:
    cutting = AnnotatedText("A fever of x39C at night.", (Span(11, 13, "VALUE"),))
    gold = [replace(cutting, group=str(number)) for number in range(AT_ONCE + 2)]
    found = list(find_misalignments(NLP, gold))
    assert [each.index for each in found] == list(range(AT_ONCE + 2))
    assert {each.snapped for each in found} == {Span(11, 15, "VALUE")}
