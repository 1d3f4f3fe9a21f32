"""Which sentences a training is scored on, and by models that learned which others."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import NotEnoughData
from ner_engine.settings import TrainingSettings
from ner_engine.training.splits import (
    assign_folds,
    count_documents,
    is_held_out,
    text_key,
    unit_keys,
)

#: From so many finished sentences on a held-out part is scored, below all of them in folds. It is
#: the same part for ever, and large enough by then; below, a fifth of them would say too little.
CHANGE_OVER = 300
FOLDS = 5
#: The folds that the learning curve is drawn on; all of them would take too long.
CURVE_FOLDS = 2
#: Where the part chosen by hash is smaller or larger, it would say too little or leave too little.
_LEAST_HELD_OUT, _MOST_HELD_OUT = 0.1, 0.3
#: The shares of the sentences a learning curve is drawn at, beside all of them.
SHARES = (0.25, 0.5, 0.75)
#: The part of a training's batches that is enough for a point of it.
CURVE_STEPS = 0.6
#: In so many parts what is not scored is looked at for errors, each by a model of the other sentences: in
#: as many as there are folds up to that size, in two above it, where half of the sentences teach enough.
SEVERAL_PARTS_UP_TO, FEWEST_PARTS = 600, 2
#: Up to so many sentences all of them are looked at for errors, by models that did not learn them.
MOST_LOOKED_AT = 1_500
#: Fewer than so many sentences with an entity make no learning curve.
FEWEST_FOR_CURVE = 24
#: The fewest sentences with an entity: one to learn from while the other is scored.
FEWEST = 2
Method = Literal["cross-validation", "held-out"]
Stage = Literal["cross-validation", "learning curve", "looking for errors"]
"""What a fold's model is for."""


@dataclass(frozen=True, slots=True)
class FoldModel:
    """A model to be made and scored: what it learns, what it is scored on.

    ``share`` is that of the sentences it could have learned; 1 for those that make the score.
    """

    learned: Sequence[AnnotatedText]
    scored: Sequence[AnnotatedText]
    share: float
    looks_for_errors: bool = False
    """Only that; it makes no score."""
    unlabelled: Sequence[str] = ()
    """What its teacher labels, if it has one; that teacher learns what it learns."""

    def steps(self, settings: TrainingSettings) -> int:
        """How many batches it learns; a point of the curve costs less than the score.

        What a promise of precision is made from is learned whole: shorter trainings are surer of less.
        """
        steps = settings.steps_for(len(self.learned))
        return steps if self.share == 1 else math.ceil(steps * CURVE_STEPS)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the finished sentences are scored: ``scored`` are those that make the score."""

    method: Method
    folds: int
    scored: tuple[AnnotatedText, ...]
    fold_models: tuple[FoldModel, ...]
    documents: int = 0
    """How many documents have several sentences, all of them learned from or all scored."""
    others: tuple[FoldModel, ...] = ()
    """Models that look for errors in what is not scored."""
    unlabelled: Sequence[str] = ()
    """What teachers label, none of it in the gold."""

    @property
    def models(self) -> tuple[tuple[Stage, FoldModel], ...]:
        """All of them in the order they are made, with what each is for."""
        whole = [model for model in self.fold_models if model.share == 1]
        parts = [model for model in self.fold_models if model.share < 1]
        return (
            *(("cross-validation", model) for model in whole),
            *(("learning curve", model) for model in parts),
            *(("looking for errors", model) for model in self.others),
        )


def make_plan(gold: Sequence[AnnotatedText], unlabelled: Sequence[str] = ()) -> Plan:
    """Folds below CHANGE_OVER finished sentences, else a held-out fifth chosen by hash.

    Copies of a text and the sentences of one document are on one side. Sentences that are not
    finished are learned from, never scored on. Raises NotEnoughData.
    """
    finished = tuple(annotated for annotated in gold if annotated.finished)
    with_entity = len({annotated.text for annotated in finished if annotated.spans})
    if with_entity < FEWEST:
        raise NotEnoughData(sentences=with_entity, needed=FEWEST)
    # No document takes more than a fifth; from CHANGE_OVER on the limit stays, as what is held out does.
    keys = unit_keys(gold, largest=min(len(finished), CHANGE_OVER) // FOLDS)
    finished_keys = [key for key, text in zip(keys, gold, strict=True) if text.finished]
    others: list[FoldModel] = []
    if len(finished) < CHANGE_OVER:
        folds = min(FOLDS, len(set(finished_keys)))
        parts = _parts(finished_keys, folds)
        method: Method = "cross-validation"
    else:
        parts = [_held_out(finished_keys)]
        method, folds = "held-out", 0
        if len(finished) <= MOST_LOOKED_AT:
            rest = [key for key in finished_keys if key not in parts[0]]
            others = [
                replace(_fold_model(gold, keys, part), looks_for_errors=True)
                for part in _parts(rest, parts_looked_at(len(finished)))
            ]
    fold_models = [_fold_model(gold, keys, part) for part in parts]
    scored = tuple(annotated for fold_model in fold_models for annotated in fold_model.scored)
    if with_entity >= FEWEST_FOR_CURVE:
        fold_models += _curve_models(fold_models[:CURVE_FOLDS])
    return Plan(
        method,
        folds,
        scored,
        tuple(replace(model, unlabelled=unlabelled) for model in fold_models),
        count_documents(gold, keys),
        tuple(replace(model, unlabelled=unlabelled) for model in others),
        unlabelled,
    )


def parts_looked_at(finished: int) -> int:
    """Into how many parts what is not scored is divided, to be looked at for errors."""
    return FOLDS - 1 if finished <= SEVERAL_PARTS_UP_TO else FEWEST_PARTS


def _parts(keys: Sequence[str], folds: int) -> list[frozenset[str]]:
    assigned = assign_folds(keys, folds)
    return [
        frozenset(key for key, part in zip(keys, assigned, strict=True) if part == fold)
        for fold in range(folds)
    ]


def _held_out(keys: Sequence[str]) -> frozenset[str]:
    """The units that are scored; where a few large documents leave hardly any or most of the
    sentences, one of FOLDS equal parts.
    """
    chosen = frozenset(filter(is_held_out, keys))
    share = sum(key in chosen for key in keys) / len(keys)
    return chosen if _LEAST_HELD_OUT < share < _MOST_HELD_OUT else _parts(keys, FOLDS)[0]


def _fold_model(
    gold: Sequence[AnnotatedText], keys: Sequence[str], part: frozenset[str]
) -> FoldModel:
    """Scored on the finished texts of these units; what is unfinished in them is not learned either."""
    pairs = list(zip(keys, gold, strict=True))
    learned = [annotated for key, annotated in pairs if key not in part]
    # The finished ones first: a curve is drawn over them.
    learned.sort(key=lambda annotated: not annotated.finished)
    return FoldModel(learned, [text for key, text in pairs if key in part and text.finished], 1.0)


def _curve_models(fold_models: Sequence[FoldModel]) -> Iterator[FoldModel]:
    for fold_model in fold_models:
        others = [annotated for annotated in fold_model.learned if annotated.finished]
        others.sort(key=lambda annotated: text_key(annotated.text))
        for share in SHARES:
            yield FoldModel(others[: round(len(others) * share)], fold_model.scored, share)
