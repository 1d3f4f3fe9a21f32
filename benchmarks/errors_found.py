"""Whether looks at what is suspected find the errors in the gold, and what mending them is worth.

    python -m benchmarks.errors_found CORPUS [CORPUS …] --size 300 --share 0.05 --looks 20 --samples 0 1 2

In a share of the sentences one error is made: an entity missed, with other borders, with another label, one too many
(benchmarks.noise). Somebody looks at the sentences that /nerbot review errors lists first, and mends those with an
error. "by chance" is what the same looks find in any order. F1 is that of models that learn the right, the wrong and
the mended sentences, on others. The corpora's own errors are in all three, and are looked at as well.
"""

import argparse
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, score, scored_sample, training_sample
from benchmarks.noise import suspected, with_errors
from ner_engine.encoder.choice import PACKAGED, choose_encoder
from ner_engine.settings import TrainingSettings
from ner_engine.training.loop import train_model


def main() -> None:
    """Spoil, look, mend, train and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--looks", type=int, default=20)
    parser.add_argument("--tested", type=int, default=1_000, help="sentences the F1 is measured on")
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--no-training", action="store_true", help="count what is found alone")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    options = parser.parse_args()
    options.encoder = choose_encoder(options.encoder).directory
    print("| corpus | errors | found | by chance | F1 right | wrong | mended | regained |")
    print("|---|---|---|---|---|---|---|---|")
    for corpus in options.corpora:
        test = (
            []
            if options.no_training
            else scored_sample(corpus, size=options.tested, encoder_dir=options.encoder)
        )
        rows = [_row(corpus, number, options, test) for number in options.samples]
        found, errors = sum(row[0] for row in rows), sum(row[1] for row in rows)
        chance = options.looks / options.size
        right, wrong, mended = (mean(row[2][n] for row in rows) for n in range(3))
        regained = f"{(mended - wrong) / (right - wrong):.0%}" if right > wrong else "–"
        print(
            f"| {corpus.name} | {errors} | {found} ({found / errors:.0%}) | {chance:.0%} | "
            f"{100 * right:.2f} | {100 * wrong:.2f} | {100 * mended:.2f} | {regained} |",
            flush=True,
        )


def _row(
    corpus: Path, number: int, options: argparse.Namespace, test: Gold
) -> tuple[int, int, tuple[float, float, float]]:
    encoder_dir: str | None = options.encoder
    gold = training_sample(corpus, seed=number, size=options.size, encoder_dir=encoder_dir)
    noisy, wrong = with_errors(gold, options.share, seed=number)
    looked_at = {each.sentence for each in suspected(noisy, encoder_dir)[: options.looks]}
    mended = [gold[n] if n in looked_at else text for n, text in enumerate(noisy)]
    f1 = (0.0, 0.0, 0.0)
    if test:
        f1 = (
            _f1(gold, test, encoder_dir),
            _f1(noisy, test, encoder_dir),
            _f1(mended, test, encoder_dir),
        )
    return len(looked_at & wrong), len(wrong), f1


def _f1(gold: Gold, test: Gold, encoder_dir: str | None) -> float:
    return score(train_model(gold, TrainingSettings(encoder_dir=encoder_dir)), test).f1


if __name__ == "__main__":
    main()
