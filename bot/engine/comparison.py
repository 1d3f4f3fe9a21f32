"""Two versions of a model on the sentences that neither learned, from what each kept of its own fold models."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.domain.models import Difference, ModelsCompared
from bot.domain.project import Gold
from ner_engine.annotation import Span

Found = Mapping[str, tuple[Span, ...]]

MOST = 2_000
"""Sentences that are compared: drawing them anew a thousand times takes 8 kB of memory each."""
SHOWN = 100
"""Differences that can be looked at, page by page."""


def compare_versions(one: Path, two: Path, gold: Sequence[Gold]) -> ModelsCompared:
    """Compare what models that never saw a sentence found in it; both versions kept that beside them."""
    # numpy comes here, in a thread and not at the start.
    from ner_engine.model_files.store import read_held_out  # noqa: PLC0415
    from ner_engine.training.splits import text_key  # noqa: PLC0415

    ours, theirs = read_held_out(one), read_held_out(two)
    keys = {item.sentence.id: text_key(item.sentence.text) for item in gold if item.finished}
    fair = [item for item in gold if (key := keys.get(item.sentence.id)) in ours and key in theirs]
    fair.sort(key=lambda item: keys[item.sentence.id])
    told = [
        Difference(
            item.sentence,
            tuple(sorted(item.spans)),
            ours[keys[item.sentence.id]],
            theirs[keys[item.sentence.id]],
        )
        for item in fair[:MOST]
    ]
    return _compared(int(one.name), int(two.name), told, left_out=len(fair) - len(told))


def _compared(one: int, two: int, told: list[Difference], *, left_out: int) -> ModelsCompared:
    from ner_engine.scoring.evaluation import compare  # noqa: PLC0415

    if not told:
        return ModelsCompared(one, two, sentences=0)
    scores = compare(
        [each.gold for each in told], [each.two for each in told], [each.one for each in told]
    )
    differing = [each for each in told if set(each.one) != set(each.two)]
    # Those in which one of them is right say most.
    differing.sort(key=lambda each: set(each.gold) not in (set(each.one), set(each.two)))
    right = [(_is_right(each.gold, each.one), _is_right(each.gold, each.two)) for each in differing]
    return ModelsCompared(
        one,
        two,
        sentences=len(told),
        one_f1=scores.live_f1,
        two_f1=scores.candidate_f1,
        probability_two=scores.probability_better,
        differing=len(differing),
        only_one_right=right.count((True, False)),
        only_two_right=right.count((False, True)),
        differences=tuple(differing[:SHOWN]),
        left_out=left_out,
    )


def _is_right(gold: Sequence[Span], found: Sequence[Span]) -> bool:
    return set(gold) == set(found)
