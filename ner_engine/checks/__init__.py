"""What a person should look at in the finished sentences, in words.

Messages quote sentences: they are for people, not for logs.
"""

from collections.abc import Sequence

from ner_engine.annotation import AnnotatedText
from ner_engine.checks.borders import Cut, cut_words, find_cuts
from ner_engine.checks.doubts import doubtful
from ner_engine.checks.findings import DataFinding, Kind, OutOfFoldPrediction
from ner_engine.checks.labels import duplicates, few_examples, lonely_labels
from ner_engine.checks.phrases import labelled_phrases, two_labels, unlabelled_repeats

__all__ = [
    "DataFinding", "Kind", "OutOfFoldPrediction", "check_data", "cut_words", "find_cuts",
]  # fmt: skip


def check_data(
    gold: Sequence[AnnotatedText],
    predictions: Sequence[OutOfFoldPrediction | None] | None = None,
    cuts: Sequence[Cut] = (),
) -> tuple[DataFinding, ...]:
    """All there is to look at, kind by kind, the most telling first; always in the same order.

    Unfinished texts are passed over. ``predictions``, one a text, come from a cross-validation; None
    for a text that no model was asked about. ``cuts`` are the entities whose borders cut a word.
    """
    finished = {number: annotated for number, annotated in enumerate(gold) if annotated.finished}
    phrases = labelled_phrases(finished)
    return (
        *cut_words(gold, cuts),
        *duplicates(finished),
        *few_examples(finished),
        *lonely_labels(finished),
        *two_labels(phrases),
        *unlabelled_repeats(finished, phrases),
        *(doubtful(gold, predictions) if predictions is not None else ()),
    )
