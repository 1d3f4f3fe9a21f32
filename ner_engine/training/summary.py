"""What people are told of a training's result: its Evaluation, short enough to be stored with every run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ner_engine.results import Confusion, CurvePoint, Evaluation, Finding, Mistake, Suspicion
from ner_engine.scoring.confusion import ConfusionWithExamples
from ner_engine.training.result import Result

_FINDINGS, _SENTENCES = 8, 20
"""How many things to look at in the data are kept, and how many sentences of each."""
_MISTAKES, _CONFUSIONS = 3, 200
_SUSPICIONS = 500


def summarize(result: Result, sentence_ids: Sequence[int]) -> Evaluation:
    """The evaluation of a result; ``sentence_ids`` are the caller's ids of the sentences, in the order of the gold."""
    scores = result.evaluation
    problem = (result.comparison_problem,) if result.comparison_problem else ()
    points = result.curve.points if result.curve else ()
    return Evaluation(
        overall=scores.overall,
        per_label=scores.per_label,
        interval=scores.interval,
        sentences=scores.sentences,
        method=result.method,
        comparison=result.comparison,
        advice=(*result.notes, *problem),
        outlook=result.outlook,
        findings=tuple(_findings(result, sentence_ids))[:_FINDINGS],
        mistakes=tuple(_mistakes(result.confusions, sentence_ids)),
        confusions=tuple(
            Confusion(each.kind, each.gold, each.found, each.count)
            for each in result.confusions[:_CONFUSIONS]
        ),
        curve=tuple(CurvePoint(point.sentences, point.f1, point.interval) for point in points),
        guard=result.guard,
        finer=result.finer,
        documents=result.documents,
        outcomes=result.outcomes,
        calibration=(
            result.confidence.calibration.slope,
            result.confidence.calibration.intercept,
        ),
    )


def suspected(result: Result, sentence_ids: Sequence[int]) -> tuple[Suspicion, ...]:
    """The sentences that most probably are labelled wrongly, by the caller's ids."""
    return tuple(
        replace(each, sentence=sentence_ids[each.sentence])
        for each in result.suspicions[:_SUSPICIONS]
    )


def _findings(result: Result, sentence_ids: Sequence[int]) -> Iterator[Finding]:
    """What was found, with the sentences' ids; several doubtful sentences are told as one finding, at the end."""

    def ids(numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(sentence_ids[number] for number in numbers[:_SENTENCES])

    doubts = [finding for finding in result.findings if finding.kind == "doubtful"]
    others = [finding for finding in result.findings if finding.kind != "doubtful"]
    for finding in (*others, *(doubts if len(doubts) == 1 else ())):
        yield Finding(finding.words, ids(finding.sentences), finding.needs_more)
    if len(doubts) > 1:
        yield Finding(
            f"{len(doubts)} sentences are labelled otherwise by a model that learned from the others. "
            "Check them, and keep what is right.",
            ids([number for finding in doubts for number in finding.sentences]),
        )


def _mistakes(
    confusions: Sequence[ConfusionWithExamples], sentence_ids: Sequence[int]
) -> Iterator[Mistake]:
    """One of each of the most frequent kinds, each in another sentence."""
    seen: set[int] = set()
    for confusion in confusions:
        fresh = [each for each in confusion.examples if each.sentence_id not in seen]
        if not fresh:
            continue
        first = fresh[0]
        seen.add(first.sentence_id)
        yield replace(first, sentence_id=sentence_ids[first.sentence_id], count=confusion.count)
        if len(seen) == _MISTAKES:
            return
