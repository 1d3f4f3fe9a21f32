"""What pictures show and what is said of them to those who do not see them; `drawing` draws them."""

from collections.abc import Sequence

from bot.domain.runs import Run
from bot.slack.messenger import ALT_TEXT, Picture
from bot.slack.text import counted, percent, shortened
from ner_engine.results import Evaluation

_LABELS = 8
"""Labels in the table of mistakes: more cannot be read on a phone."""


def run_pictures(run: Run) -> tuple[Picture, ...]:
    """The pictures of what a run found out; those with nothing to show are left out."""
    if run.evaluation is None:
        return ()
    made = (_curve(run, run.evaluation), _confusion(run, run.evaluation))
    return tuple(picture for picture in made if picture is not None)


def _curve(run: Run, evaluation: Evaluation) -> Picture | None:
    """F1 over the number of sentences learned from."""
    points = evaluation.curve
    if len(points) < 2:
        return None
    steps = [f"{percent(p.f1)} after {counted(p.sentences, 'sentence')}" for p in points]
    gained = 100 * (points[-1].f1 - points[-2].f1)
    end = (
        f"The last step brought {gained:.0f} points: more sentences are likely to help."
        if gained >= 1
        else "The last step brought almost nothing."
    )
    low, high = evaluation.interval
    whole = (
        f"{percent(evaluation.overall.f1)} is the score of the training, measured on all sentences."
    )
    return Picture(
        "curve",
        f"training-{run.number}-learning-curve.png",
        f"Training {run.number}: what more sentences bring",
        shortened(
            f"Learning curve of training {run.number}, scored on a part of the sentences. F1 is "
            f"{', then '.join(steps)}. {whole} {end}",
            ALT_TEXT,
        ),
        {
            "points": [[p.sentences, p.f1, *p.interval] for p in points],
            "score": [run.sentences or points[-1].sentences, evaluation.overall.f1, low, high],
        },
    )


def _confusion(run: Run, evaluation: Evaluation) -> Picture | None:
    """A table of what was to be found against what was said."""
    ranked = sorted(evaluation.per_label, key=lambda item: -item[1].support)
    names = [name for name, _ in ranked[:_LABELS]]
    if not names:
        return None
    right = {name: round(score.recall * score.support) for name, score in evaluation.per_label}
    rows = [[0] * (len(names) + 2) for _ in range(len(names) + 1)]
    for at, name in enumerate(names):
        rows[at][at] = right[name]
    other, nothing = len(names), len(names) + 1
    for each in evaluation.confusions:
        if each.gold is None and each.found in names:
            rows[-1][names.index(each.found)] += each.count
        elif each.gold in names and each.found is None:
            rows[names.index(each.gold)][nothing] += each.count
        elif each.gold in names and each.kind == "boundary":
            rows[names.index(each.gold)][other] += each.count
        elif each.gold in names and each.found in names:
            rows[names.index(str(each.gold))][names.index(str(each.found))] += each.count
    left_out = len(ranked) - len(names)
    return Picture(
        "confusion",
        f"training-{run.number}-mistakes.png",
        f"Training {run.number}: what the model said",
        shortened(_confusion_words(run, evaluation, names, right, left_out), ALT_TEXT),
        {"labels": names, "rows": rows},
    )


def _confusion_words(
    run: Run, evaluation: Evaluation, names: Sequence[str], right: dict[str, int], left_out: int
) -> str:
    scores = dict(evaluation.per_label)
    parts = [f"{name} {right[name]} of {scores[name].support} right" for name in names]
    worst = [
        f"{_times(each.count)} {_said(each.kind, each.gold, each.found)}"
        for each in evaluation.confusions[:3]
    ]
    words = f"What the model said in training {run.number}: {'; '.join(parts)}."
    if left_out > 0:
        words += f" {counted(left_out, 'more label')} left out."
    mistakes = f"Most frequent mistakes: {'; '.join(worst)}." if worst else "No mistakes."
    return f"{words} {mistakes}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _said(kind: str, gold: str | None, found: str | None) -> str:
    match kind:
        case "missed":
            return f"{gold} was not found"
        case "spurious":
            return f"{found} was found where nothing is"
        case "boundary":
            return f"{gold} was found with other borders"
        case _:
            return f"{gold} was taken for {found}"
