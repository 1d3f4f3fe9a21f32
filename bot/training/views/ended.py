"""What whoever asked for a training is told at its end, in a message of its own: an edit notifies nobody."""

from bot.domain.runs import Run, RunReason, RunState
from bot.slack.text import Line, View, percent, person, said, shortened

_ASKED = frozenset({RunReason.COMMAND, RunReason.RETRY, RunReason.FORGET})
"""Why a person waits for it."""
_FAILURE = 600
_UNCHANGED = (
    ". Your labels are safe, and the live model keeps answering. /train starts another one."
)


def waits_for_end(run: Run) -> bool:
    """Whether the end of a run without a model is news to a person who did not bring it about."""
    match run.state:
        case RunState.FAILED:
            return True
        case RunState.INTERRUPTED:
            return run.attempt >= 3
        case RunState.CANCELLED:
            return run.cancelled_by not in {None, run.person}
    return False


def ended_view(run: Run) -> View:
    """How a training ended, addressed to the person who waits for it, or who has to know that it failed."""
    parts: Line = [f"Training {run.number} {_how(run)}"]
    if run.state is RunState.CANCELLED and run.cancelled_by is not None:
        parts = [*parts, " by ", person(run.cancelled_by), _UNCHANGED]
    if run.reason in _ASKED or run.state is not RunState.SUCCEEDED:
        parts = [person(run.person), " ", *parts]
    return said(parts)


def _how(run: Run) -> str:
    if run.state is RunState.CANCELLED:
        return "was cancelled"
    if run.state is RunState.FAILED:
        why = shortened(run.failure or "Nothing was lost; /train tries again.", _FAILURE)
        return f"failed. {why}"
    if run.state is RunState.INTERRUPTED:
        return "was interrupted for the third time. Nothing was lost; /train starts it again."
    words = "is done"
    if run.evaluation is not None:
        low, high = run.evaluation.interval
        words += f": F1 {percent(run.evaluation.overall.f1)} (95 % interval {percent(low)} to {percent(high)})"
        if (before := run.evaluation.comparison) is not None:
            words += f"; on the same sentences {percent(before.candidate_f1)} now and {percent(before.live_f1)} before"
    live = "is live: ask it with /ner" if run.went_live else "did not go live"
    return f"{words}. Model {run.version} {live}. The message of the training has the details."
