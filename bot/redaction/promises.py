"""What is said of a promise that so little slips through."""

from bot.errors import CannotPromise
from ner_engine.redaction.values import LabelSlip, Slip


def check_promised(slip: Slip | None) -> None:
    """Raise CannotPromise where something was asked to be promised that cannot be."""
    if slip is None or slip.threshold is not None:
        return
    reasons = "; ".join(_reason(each) for each in slip.labels if each.threshold is None)
    raise CannotPromise(
        f"It cannot be promised that at most {100 * slip.promise:g} % slips through: {reasons}. Label more sentences "
        "and train, or allow more to slip through."
    )


def _reason(each: LabelSlip) -> str:
    if each.needed is None and each.entities:
        return f"the model gives some of {each.label} no chance at all"
    if not each.entities:
        return f"nothing is known of {each.label}; a new training tells it"
    return (
        f"{each.label} has {each.entities:,} labelled phrases, and it takes about {each.needed:,}"
    )


def told_slip(promise: float, masked: float, needlessly: float) -> str:
    """What a promise costs, for people; shares in 0..1."""
    return (
        f"at most {100 * promise:g} % of each label slips through; about {100 * masked:.0f} % of all words are masked "
        f"for that, of those in no entity {100 * needlessly:.0f} %"
    )
