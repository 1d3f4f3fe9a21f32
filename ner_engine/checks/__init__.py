"""What a person should look at in the finished sentences, in words.

Messages quote sentences: they are for people, not for logs.
"""

from collections.abc import Sequence

from ner_engine.annotation import AnnotatedText
from ner_engine.checks.doubts import doubtful
from ner_engine.checks.findings import DataFinding, Kind, OutOfFoldPrediction
from ner_engine.checks.labels import duplicates, few_examples, lonely_labels
from ner_engine.checks.phrases import labelled_phrases, two_labels, unlabelled_repeats

__all__ = ["DataFinding", "Kind", "OutOfFoldPrediction", "check_data"]


def check_data(
    gold: Sequence[AnnotatedText], predictions: Sequence[OutOfFoldPrediction | None] | None = None
) -> tuple[DataFinding, ...]:
    """All there is to look at, kind by kind, the most telling first; always in the same order.

    Unfinished texts are passed over. ``predictions``, one a text, come from a cross-validation; None
    for a text that no model was asked about.
    """
    finished = {number: annotated for number, annotated in enumerate(gold) if annotated.finished}
    phrases = labelled_phrases(finished)
    return (
        *few_examples(finished),
        *lonely_labels(finished),
        *duplicates(finished),
        *two_labels(phrases),
        *unlabelled_repeats(finished, phrases),
        *(doubtful(gold, predictions) if predictions is not None else ()),
    )
