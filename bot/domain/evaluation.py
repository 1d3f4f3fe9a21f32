"""What a training found out about its model, and whether that lets the model go live by itself."""

from enum import StrEnum

from ner_engine.results import (
    Evaluation,
    HeldBack,
)


class LivePolicy(StrEnum):
    """When a new model of a project goes live by itself."""

    BETTER = "better"
    NOT_WORSE = "not_worse"
    ASK = "ask"


def judge(
    evaluation: Evaluation, policy: LivePolicy, *, live_version: int | None
) -> HeldBack | None:
    """Why a new model does not go live by itself; None where it does.

    Where there is nothing to compare with (no live model, or one that cannot be loaded) there is none it could be
    worse than.
    """
    comparison = evaluation.comparison
    if evaluation.guard is not None and not evaluation.guard.holds:
        return HeldBack.GUARD
    if policy is LivePolicy.ASK:
        return HeldBack.ASK
    if comparison is not None and comparison.is_worse:
        return HeldBack.WORSE
    if policy is LivePolicy.BETTER and live_version is not None:
        return None if comparison is not None and comparison.is_better else HeldBack.NOT_BETTER
    return None
