"""What `nerbot train` and `nerbot evaluate` say of data and scores."""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ner_engine.formats import DataFile
from ner_engine.results import Finding, FinerScores, Score, Scores

#: How many lines that were left out are told.
_TOLD = 3
#: The fewest columns of the names of labels.
_NARROWEST = 32

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="FILE",
        help="In any format that `nerbot import` reads, recognised by its content.",
    ),
]


def left_out(data: DataFile) -> Iterator[str]:
    """What is not learned or scored as it is in the file, with the first few lines and why."""
    if data.left_out:
        count, some = len(data.left_out), list(data.left_out.items())[:_TOLD]
        reasons = "; ".join(f"line {number}: {reason}" for number, reason in some)
        more = f"; {count - _TOLD} more" if count > _TOLD else ""
        yield f"{count} line{'s' * (count > 1)} left out or changed. {reasons}{more}\n"


def finding_line(finding: Finding, lines: Sequence[int]) -> str:
    """What to look at, with the numbers of the lines."""
    numbers = ", ".join(str(lines[number]) for number in finding.sentences[:10])
    return f"- {finding.words} (line{'s' * (len(finding.sentences) > 1)} {numbers})"


def score_table(evaluation: Scores, finer: FinerScores) -> Iterator[str]:
    """Precision, recall and F1 of each label, with the interval of all."""
    low, high = evaluation.interval
    more: list[tuple[str, Score | None]] = [
        ("learned phrases", finer.seen),
        ("new phrases", finer.unseen),
        ("any overlap, all labels", finer.lenient),
        *((f"any overlap, {label}", score) for label, score in finer.lenient_per_label),
    ]
    rows = [("all labels", evaluation.overall), *evaluation.per_label, *more]
    width = max(_NARROWEST, *(_columns(label) for label, _ in rows))
    yield f"{'':{width}} {'P':>6} {'R':>6} {'F1':>6} {'count':>7}"
    for label, score in rows:
        if score is None:
            continue
        shares = (score.precision, score.recall, score.f1)
        name = label + " " * (width - _columns(label) + 1)
        yield name + " ".join(f"{100 * x:6.1f}" for x in shares) + f" {score.support:7}"
    yield f"F1 of all labels is between {100 * low:.1f} and {100 * high:.1f} (95 %)."


def _columns(label: str) -> int:
    """How wide a terminal shows a label: Chinese takes two columns a letter, a combining mark none."""
    widths = {"W": 2, "F": 2}
    return sum(
        0 if unicodedata.category(c) == "Mn" else widths.get(unicodedata.east_asian_width(c), 1)
        for c in label
    )
