"""What a model would mask in texts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from ner_engine.annotation import Span, check_text
from ner_engine.label_names import LabelNames
from ner_engine.model_files.marginals import read_marginals
from ner_engine.pipeline.shares import SharedReading, read_shares
from ner_engine.prediction.predictor import Predictor
from ner_engine.redaction.contract import make_slip
from ner_engine.redaction.values import LabelSlip, Marked, Marks, Slip
from ner_engine.token_shares import TokenShares


def mark(
    model: Predictor,
    folder: Path,
    texts: Sequence[str],
    *,
    labels: Sequence[str] | None = None,
    promise: float | None = None,
) -> Marks:
    """What a model marks in texts, of some labels or of all, so that at most ``promise`` of them slips through.

    ``folder`` is the model's, where what a promise is made from is kept. Raises TextError.
    """
    known = (*model.labels, *model.base_labels)
    wanted = None if labels is None else LabelNames(labels)
    chosen = tuple(name for name in known if wanted is None or wanted.find(name) is not None)
    if promise is None:
        found = model.predict(texts)
        return Marks(known, tuple(Marked(_of(spans, chosen)) for spans in found))
    slip = slip_of(folder, chosen, promise, model.labels)
    if slip.threshold is None:
        return Marks(known, tuple(Marked(()) for _ in texts), slip)
    for text in texts:
        check_text(text)
    places = [model.labels.index(name) for name in chosen]
    read = read_shares(model.pipeline, texts)
    return Marks(known, tuple(_marked(each, chosen, places, slip.threshold) for each in read), slip)


@lru_cache(maxsize=64)
def slip_of(folder: Path, labels: tuple[str, ...], promise: float, taught: tuple[str, ...]) -> Slip:
    """What a promise takes with the model of a folder; one of a base's labels, or a model from before what it takes was
    kept, can promise nothing."""
    shares = read_marginals(folder) or TokenShares((), (), ())
    slip = make_slip(shares, labels, promise)
    bases = tuple(
        each if each.label in taught else LabelSlip(each.label, None, 0, None)
        for each in slip.labels
    )
    threshold = None if any(each.threshold is None for each in bases) else slip.threshold
    return replace(slip, labels=bases, threshold=threshold)


def _of(spans: Sequence[Span], chosen: Sequence[str]) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.label in chosen)


def _marked(
    read: SharedReading, chosen: Sequence[str], places: Sequence[int], threshold: float
) -> Marked:
    found = _of(read.found.spans, chosen)
    return Marked(found, tuple(_doubtful(read, found, chosen, places, threshold)))


def _doubtful(
    read: SharedReading,
    found: Sequence[Span],
    chosen: Sequence[str],
    places: Sequence[int],
    threshold: float,
) -> Iterator[Span]:
    """Runs of words that are probable enough, beside what was found, each under its likeliest label."""
    shares = read.shares[:, places]

    def label_of(number: int) -> str | None:
        start, end = read.words[number]
        if shares[number].sum() < threshold or any(span.overlaps(start, end) for span in found):
            return None
        return chosen[int(shares[number].argmax())]

    for label, run in groupby(range(len(read.words)), label_of):
        if label is not None:
            numbers = list(run)
            yield Span(read.words[numbers[0]][0], read.words[numbers[-1]][1], label)
