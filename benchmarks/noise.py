"""Annotators' errors put into gold, as people make them: missed, other borders, another label, one too many."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from ner_engine import AnnotatedText, TrainingSettings, evaluate
from ner_engine.annotation import Span
from ner_engine.checks import OutOfFoldPrediction
from ner_engine.checks.suspicions import suspicions
from ner_engine.results import Suspicion
from ner_engine.training.cross_validation import calibrate, calibrated, fold_model_steps
from ner_engine.training.loop import Step
from ner_engine.training.plan import make_plan
from ner_engine.training.splits import gold_key

_WORD = re.compile(r"\w[\w'-]*")
#: Of a hundred errors. Missed entities and borders are what people get wrong most.
KINDS = (("missed", 40), ("borders", 30), ("label", 15), ("spurious", 15))


def with_errors(
    gold: Sequence[AnnotatedText], share: float, *, seed: int
) -> tuple[list[AnnotatedText], frozenset[int]]:
    """The sentences with one error in each of a share of them, and the numbers of those."""
    chance = random.Random(seed)
    numbers = list(range(len(gold)))
    chance.shuffle(numbers)
    labels = sorted({span.label for text in gold for span in text.spans})
    wrong: dict[int, AnnotatedText] = {}
    for number in numbers:
        if len(wrong) >= round(share * len(gold)):
            break
        changed = spoiled(gold[number], labels, chance)
        if changed is not None:
            wrong[number] = changed
    return [wrong.get(number, text) for number, text in enumerate(gold)], frozenset(wrong)


def spoiled(
    text: AnnotatedText, labels: Sequence[str], chance: random.Random
) -> AnnotatedText | None:
    """The sentence with one error; None where no error of the kind that was drawn is possible in it."""
    kind = chance.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
    if kind == "spurious":
        return _with_spurious(text, labels, chance)
    if not text.spans:
        return None
    span = chance.choice(text.spans)
    others = tuple(other for other in text.spans if other != span)
    if kind == "missed":
        return replace(text, spans=others)
    if kind == "label":
        names = [label for label in labels if label != span.label]
        return (
            replace(text, spans=(*others, replace(span, label=chance.choice(names))))
            if names
            else None
        )
    moved = _moved(text.text, span, chance)
    if moved is None or any(moved.overlaps(other.start, other.end) for other in others):
        return None
    return replace(text, spans=(*others, moved))


def _with_spurious(
    text: AnnotatedText, labels: Sequence[str], chance: random.Random
) -> AnnotatedText | None:
    free = [
        (word.start(), word.end())
        for word in _WORD.finditer(text.text)
        if len(word[0]) > 3
        and not any(span.overlaps(word.start(), word.end()) for span in text.spans)
    ]
    if not free:
        return None
    start, end = chance.choice(free)
    return replace(text, spans=(*text.spans, Span(start, end, chance.choice(labels))))


def _moved(text: str, span: Span, chance: random.Random) -> Span | None:
    """One word more or fewer at one end."""
    words = [(word.start(), word.end()) for word in _WORD.finditer(text)]
    inside = [word for word in words if span.start <= word[0] and word[1] <= span.end]
    before = [word for word in words if word[1] <= span.start][-1:]
    after = [word for word in words if word[0] >= span.end][:1]
    ways = [replace(span, start=word[0]) for word in before]
    ways += [replace(span, end=word[1]) for word in after]
    if len(inside) > 1:
        ways += [replace(span, start=inside[1][0]), replace(span, end=inside[-2][1])]
    return chance.choice(ways) if ways else None


def suspected(
    noisy: Sequence[AnnotatedText], encoder_dir: str | None = None
) -> tuple[Suspicion, ...]:
    """What a training says of each sentence: every one is predicted by a model that did not learn it."""
    plan = make_plan(noisy)
    known: dict[str, OutOfFoldPrediction] = {}
    scored: dict[str, OutOfFoldPrediction] = {}
    models = [model for model in plan.fold_models if model.share == 1]
    for fold_model in (*models, *plan.others):
        *_, last = fold_model_steps(fold_model, TrainingSettings(encoder_dir=encoder_dir))
        assert not isinstance(last, Step)
        known.update(last)
        if not fold_model.looks_for_errors:
            scored.update(last)
    calibration = calibrate(plan.scored, scored).calibration
    return suspicions(noisy, [calibrated(known[gold_key(text)], calibration) for text in noisy])


def agreement_with(truth: Sequence[AnnotatedText], gold: Sequence[AnnotatedText]) -> float:
    """Strict F1 of gold, the truth being known."""
    return evaluate([text.spans for text in truth], [text.spans for text in gold]).overall.f1
