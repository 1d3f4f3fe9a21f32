"""By what a project's entities are found, and how what is found is told apart."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.domain.renaming import under_new_names
from bot.labelling.repositories.annotations import Annotations
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Hint, Prediction, Span

REMEMBERED = 2_000
"""Sentences whose phrases are looked up before there is a model."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """By what a project's entities are found: its live model, or before there is one the phrases labelled earlier."""

    version: int | None
    renamed: Mapping[str, str] = field(default_factory=dict)
    phrases: Sequence[tuple[str, str]] = ()

    def as_now(self, raw: Prediction, sentence: Sentence) -> Prediction:
        """What a model found, as it can be stored: a label that was renamed since the training does not come back."""
        return on_borders(under_new_names(raw, self.renamed), sentence)


async def read_knowledge(tx: Transaction, project_id: int) -> Knowledge:
    """What the project can be asked by now."""
    live = await Projects(tx).live_version(project_id)
    if live is not None:
        return Knowledge(live, renamed=await Labels(tx).renamed(project_id))
    return Knowledge(None, phrases=await Annotations(tx).phrases(project_id, limit=REMEMBERED))


def unsure_of(found: Prediction, least: float) -> tuple[Span, ...]:
    """The spans that are less sure than the project wants."""
    return tuple(
        span
        for span, sure in zip(found.spans, found.confidences, strict=True)
        if sure is not None and sure < least
    )


def may_miss(found: Prediction, sentence: Sentence, least: float) -> bool:
    """Whether a model is unsure of more than of what it found.

    The uncertainty is the mean of -log p over the tokens, so that the sum over all of them is that of the sentence as
    a whole; what the entities are unsure of is taken off.
    """
    whole = found.uncertainty * len(sentence.tokens)
    entities = sum(-math.log(max(sure, 1e-6)) for sure in found.confidences if sure is not None)
    return math.exp(-max(0.0, whole - entities)) < least


def on_borders(found: Prediction, sentence: Sentence) -> Prediction:
    """The spans on token borders, which alone can be stored."""
    starts = {start for start, _ in sentence.tokens}
    ends = {end for _, end in sentence.tokens}
    pairs = [
        (span, sure)
        for span, sure in zip(found.spans, found.confidences, strict=True)
        if span.start in starts and span.end in ends
    ]
    return Prediction(
        tuple(span for span, _ in pairs), tuple(sure for _, sure in pairs), found.uncertainty
    )


def hints_on_borders(hints: Sequence[Hint], sentence: Sentence) -> tuple[Hint, ...]:
    """The hints on token borders, which alone can be stored."""
    starts = {start for start, _ in sentence.tokens}
    ends = {end for _, end in sentence.tokens}
    return tuple(hint for hint in hints if hint.span.start in starts and hint.span.end in ends)
