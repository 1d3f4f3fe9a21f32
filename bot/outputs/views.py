"""Outputs as people see them."""

from bot.outputs.values import Output, OutputShown, OutputsShown
from bot.slack.text import View, counted, said

_HOW = "To add one, on the machine nerbot runs on: nerbot outputs add file entities.jsonl"


def outputs_view(shown: OutputsShown) -> View:
    """Every output of a project, and how it does."""
    if not shown.outputs:
        return said(
            [
                f"Entities of {shown.project} that are found in watched channels go nowhere yet. {_HOW}"
            ]
        )
    return said([f"Outputs of {shown.project}"], *([_line(each)] for each in shown.outputs))


def _line(shown: OutputShown) -> str:
    output = shown.output
    state = "up to date" if not shown.waiting else f"{counted(shown.waiting, 'change')} to come"
    if output.error is not None:
        state = f"failing: {output.error}"
    if output.paused_at is not None:
        state = f"paused: {output.error}" if output.error else "paused"
    return f"{output.id} · {output.kind.value} · {state}"


def paused_view(output: Output, error: str) -> View:
    """Why nothing is written to an output any more, and how it gets the rest."""
    name = f"Output {output.id} ({output.kind.value})"
    again = f"When it works again, on the machine nerbot runs on: nerbot outputs resume {output.id}"
    return said(
        [f"{name} is paused after {error}. What it has not had is kept for it for 30 days. {again}"]
    )
