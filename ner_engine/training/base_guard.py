"""Whether a pretrained base still finds what it found before ours stood beside it."""

from collections.abc import Sequence

from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.results import Guard

#: The most texts that are looked at.
TEXTS = 200


def check_base(pipeline: Pipeline, texts: Sequence[str]) -> Guard | None:
    """Compare the base alone with the whole pipeline; None where there is no base."""
    if not pipeline.base_labels:
        return None
    some = list(texts[:TEXTS])
    with pipeline.nlp.select_pipes(disable=[pipeline.ours]):
        before = Pipeline(pipeline.nlp, pipeline.ours).read(some)
    after, ours = pipeline.read(some), pipeline.read(some, ours_only=True)
    rows = [
        (span in whole.spans, any(other.overlaps(span.start, span.end) for other in own.spans))
        for base, whole, own in zip(before, after, ours, strict=True)
        for span in base.spans
    ]
    apart = [kept for kept, overlapped in rows if not overlapped]
    displaced = sum(overlapped and not kept for kept, overlapped in rows)
    return Guard(len(apart), sum(apart), displaced)
