"""Outputs as people see them."""

from bot.outputs.values import Output
from bot.slack.text import View, said


def paused_view(output: Output, error: str) -> View:
    """Why nothing is written to an output any more, and how it gets the rest."""
    name = f"Output {output.id} ({output.kind.value})"
    again = f"When it works again, on the machine nerbot runs on: nerbot outputs resume {output.id}"
    return said([f"{name} is paused after {error}. Nothing is lost. {again}"])
