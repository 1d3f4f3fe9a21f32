"""What a model finds in texts, as lines of JSON that programs read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from ner_engine.annotation import Prediction, check_text
from ner_engine.errors import TextError
from ner_engine.prediction.predictor import Predictor

AT_A_TIME = 32
"""Texts of one call: more of them gain nothing."""

Named = tuple[str, Mapping[str, Any]]
"""A text, and what is said of it besides, such as an id."""


def found_in(model: Predictor, text: str) -> dict[str, Any]:
    """What is found in a text, or why it cannot be looked into."""
    return next(found_in_all(model, [(text, {})]))


def found_in_all(model: Predictor, texts: Sequence[Named]) -> Iterator[dict[str, Any]]:
    """The same of many texts, in their order, so many in each call that it is fast."""
    each = iter(texts)
    while some := list(islice(each, AT_A_TIME)):
        refused = {number: why for number, (text, _) in enumerate(some) if (why := _refused(text))}
        taken = [number for number in range(len(some)) if number not in refused]
        read = model.read([some[number][0] for number in taken])
        found = dict(zip(taken, read, strict=True))
        for number, (text, more) in enumerate(some):
            if number in refused:
                yield {**more, "text": text, "error": refused[number]}
            else:
                yield {**more, **_values(text, found[number])}


def _refused(text: str) -> str | None:
    try:
        check_text(text)
    except TextError as error:
        return str(error)
    return None


def _values(text: str, found: Prediction) -> dict[str, Any]:
    spans = [
        asdict(span) | {"confidence": None if sure is None else round(sure, 4)}
        for span, sure in zip(found.spans, found.confidences, strict=True)
    ]
    return {
        "text": text,
        "spans": spans,
        "uncertainty": round(found.uncertainty, 4),
        "displaced": found.displaced,
    }
