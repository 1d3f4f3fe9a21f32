"""Whether a week's twenty sentences measure the stream, and whether drift is noticed, by simulation on real corpora.

    python -m benchmarks.health CORPUS [CORPUS …] --sizes 100 300

It reads what `benchmarks.precision` kept: what models found in test sentences of their corpora. A week is 500 of these
sentences by chance; the draw is that of the bot, and so many weeks are put together. ``covers`` is in how many
of 20 simulated runs the interval holds the truth, that of all test sentences. Then drift: a model reads 300 test
sentences of its own corpus and then those of another one (how soon that is noticed, the median and the worst of the
runs), or goes on with its own (false alarms).
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from statistics import mean, median

from benchmarks.corpora import Gold, neighbours_sample, sample, scored_sample
from benchmarks.precision import KEPT, Trained, read_trained
from bot.health.drift import Drift, Message, unknown_in_training, unknown_share
from bot.health.estimates import Estimate, precision, recall
from bot.health.sampling import PLACES, Checked, Sampled, Stratum, draw, stratum_of
from ner_engine import TrainingSettings
from ner_engine.annotation import Prediction
from ner_engine.results import Contract
from ner_engine.scoring.contract import make_contract
from ner_engine.training.loop import train_model

_WEEK = 500
_PROMISE = 0.95
_WORD = re.compile(r"[^\W\d_]+")


def main() -> None:
    """Simulate, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--keep", type=Path, default=KEPT, help="where predictions are kept")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--weeks", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--drift", type=int, default=20, metavar="RUNS")
    options = parser.parse_args()
    corpora = {folder.name: folder for folder in options.corpora}
    print("| corpus | sentences | weeks | measure | covers (of 20) | mean width | truth | runs |")
    print("|" + "---|" * 8)
    for name, folder in corpora.items():
        for size in options.sizes:
            kept = sorted(options.keep.glob(f"{name}-{size}-*.json"))
            models = [read_trained(json.loads(file.read_text("utf-8"))) for file in kept]
            if models:
                for row in _coverage(name, size, models, folder, options):
                    print(row, flush=True)
    print("\n| model of | then reads | noticed | after messages, median | worst | runs |")
    print("|" + "---|" * 6)
    for row in _drift(corpora, options):
        print(row, flush=True)


# a week's sentences


def _coverage(
    name: str, size: int, models: Sequence[Trained], folder: Path, options: argparse.Namespace
) -> Iterator[str]:
    there = [
        len(text.spans) for text in sample(folder / "test.jsonl", seed=1, size=len(models[0].test))
    ]
    for weeks in options.weeks:
        met: dict[str, list[tuple[bool, float, float]]] = {}
        for number in range(options.runs):
            chance = random.Random(number)
            model = models[number % len(models)]
            contract = make_contract(model.outcomes, model.calibration, _PROMISE)
            whole = [
                _checked(entities, contract, count)
                for entities, count in zip(model.test, there, strict=True)
            ]
            samples = [one for _ in range(weeks) for one in _week(whole, chance)]
            for measure, found, truth in _measures(samples, whole):
                if found is not None and truth is not None:
                    holds = found.low <= truth.share <= found.high
                    met.setdefault(measure, []).append((holds, found.high - found.low, truth.share))
        for measure, each in met.items():
            yield (
                f"| {name} | {size} | {weeks} | {measure} | {20 * mean(holds for holds, _, _ in each):.1f} | "
                f"± {50 * mean(width for _, width, _ in each):.0f} | "
                f"{100 * mean(truth for _, _, truth in each):.0f} % | {len(each)} |"
            )


def _checked(
    entities: Sequence[tuple[str, float, bool]], contract: Contract, there: int
) -> Checked:
    out = [right for label, sure, right in entities if contract.lets_out(label, sure)]
    right = sum(right for *_, right in entities)
    return Checked(len(entities), right, len(out), sum(out), there)


def _week(whole: Sequence[Checked], chance: random.Random) -> Iterator[Sampled]:
    passed = dict.fromkeys(Stratum, 0)
    kept: dict[Stratum, dict[int, Checked]] = {stratum: {} for stratum in Stratum}
    for one in chance.choices(whole, k=_WEEK):
        stratum = stratum_of(found=one.found, asked=one.found - one.out)
        place = draw(passed[stratum], PLACES[stratum], chance).place
        if place is not None:
            kept[stratum][place] = one
        passed[stratum] += 1
    for stratum in Stratum:
        yield Sampled(passed[stratum], tuple(kept[stratum].values()))


def _measures(
    samples: Sequence[Sampled], whole: Sequence[Checked]
) -> Iterator[tuple[str, Estimate | None, Estimate | None]]:
    truth = [Sampled(len(whole), whole)]
    yield "precision of what went out", precision(samples), precision(truth)
    yield "precision of all", precision(samples, out=False), precision(truth, out=False)
    yield "recall", recall(samples), recall(truth)


# drift


def _drift(corpora: dict[str, Path], options: argparse.Namespace) -> Iterator[str]:
    size = max(options.sizes)
    tests = {name: scored_sample(folder, size=1_200) for name, folder in corpora.items()}
    alarms = messages = 0
    for name, folder in corpora.items():
        gold = neighbours_sample(folder, seed=0, size=size)
        pipeline = train_model(gold, TrainingSettings())
        read = {
            other: pipeline.read([text.text for text in test], ours_only=True)
            for other, test in tests.items()
        }
        for number in range(options.drift):
            chance = random.Random(number)
            own = _stream(gold, tests[name], read[name])
            drift = _begin(gold)
            for message in chance.choices(own, k=1_000):
                drift.add(message, chance)
                messages += 1
                if drift.has_changed:
                    alarms += 1
                    drift = _begin(gold)
        for before, other in permutations(corpora, 2):
            if before == name:
                yield _swap(name, other, gold, tests, read, options.drift)
    yield f"| all | their own | {alarms} false alarms in {messages:,} messages | | | |"


def _swap(
    name: str,
    other: str,
    gold: Gold,
    tests: dict[str, Gold],
    read: dict[str, list[Prediction]],
    runs: int,
) -> str:
    own = _stream(gold, tests[name], read[name])
    theirs = _stream(gold, tests[other], read[other])
    after: list[int] = []
    for number in range(runs):
        chance = random.Random(number)
        drift = _begin(gold)
        for message in chance.choices(own, k=300):
            drift.add(message, chance)
        for count, message in enumerate(chance.choices(theirs, k=1_000), start=1):
            drift.add(message, chance)
            if drift.has_changed:
                after.append(count)
                break
    told = f"{median(after):.0f} | {max(after)}" if after else "– | –"
    within = sum(count <= 200 for count in after)
    return f"| {name} | {other} | {within} of {runs} within 200 | {told} | {runs} |"


def _begin(gold: Gold) -> Drift:
    labels = [span.label for text in gold for span in text.spans]
    common = max(sorted(set(labels)), key=labels.count, default=None)
    return Drift.against(unknown_in_training([_words(text.text) for text in gold]), common)


def _stream(gold: Gold, test: Gold, read: Sequence[Prediction]) -> list[Message]:
    known = {word for text in gold for word in _words(text.text)}
    made = []
    for text, found in zip(test, read, strict=True):
        words = _words(text.text)
        sure = [each for each in found.confidences if each is not None]
        made.append(
            Message(
                unknown_share(words, known),
                min(sure, default=None),
                10 * len(found.spans) / max(len(words), 1),
                tuple(span.label for span in found.spans),
            )
        )
    return made


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


if __name__ == "__main__":
    main()
