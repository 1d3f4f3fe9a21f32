"""What it brings to mask a phrase that was found once at every place of its document, and what it costs.

    python -m benchmarks.recurrences CORPUS [CORPUS …] --size 300 --samples 3 --document 8

Documents are runs of neighbouring lines of test.jsonl. ``slip`` is the share of the entities of which a word can be
read, ``needlessly`` the share of the characters in no entity that are masked, each with what was found alone and with
its recurrences, in per cent.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.corpora import Gold, neighbours_sample
from ner_engine import AnnotatedText, Span, TrainingSettings, parse_line
from ner_engine.redaction import Recurrences
from ner_engine.training.loop import train_model


@dataclass(frozen=True)
class _Measured:
    """Shares in 0..1."""

    slip: float
    needlessly: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--document", type=int, default=8, help="lines of a document")
    parser.add_argument("--test", type=int, default=800, help="test sentences")
    options = parser.parse_args()
    print("| corpus | sentences | slip | with recurrences | needlessly | with recurrences |")
    print("|---|---|---|---|---|---|")
    for corpus in options.corpora:
        test = [
            parse_line(json.loads(line))
            for line in (corpus / "test.jsonl").read_text("utf-8").splitlines()[: options.test]
        ]
        pairs = []
        for number in range(options.samples):
            pipeline = train_model(
                neighbours_sample(corpus, seed=number, size=options.size), TrainingSettings()
            )
            found = pipeline.find([annotated.text for annotated in test])
            pairs.append((_measure(test, found), _measure(test, _with(test, found, options))))
        cells = [
            f"{100 * mean(getattr(pair[which], name) for pair in pairs):.1f}"
            for name in ("slip", "needlessly")
            for which in (0, 1)
        ]
        print(f"| {corpus.name} | {options.size} | {' | '.join(cells)} |", flush=True)


def _with(
    test: Gold, found: Sequence[tuple[Span, ...]], options: argparse.Namespace
) -> list[tuple[Span, ...]]:
    masked = []
    for start in range(0, len(test), options.document):
        end = start + options.document
        texts, its = test[start:end], found[start:end]
        known = Recurrences(
            (annotated.text[span.start : span.end], span.label)
            for annotated, spans in zip(texts, its, strict=True)
            for span in spans
        )
        masked += [
            (*spans, *known.find(annotated.text))
            for annotated, spans in zip(texts, its, strict=True)
        ]
    return masked


def _measure(test: Gold, masked: Sequence[tuple[Span, ...]]) -> _Measured:
    slipped: list[bool] = []
    needless = others = 0
    for annotated, spans in zip(test, masked, strict=True):
        hidden = {at for span in spans for at in range(span.start, span.end)}
        inside = {at for span in annotated.spans for at in range(span.start, span.end)}
        slipped += [not _is_hidden(annotated, span, hidden) for span in annotated.spans]
        needless += len(hidden - inside)
        others += len(annotated.text) - len(inside)
    return _Measured(mean(slipped), needless / others)


def _is_hidden(annotated: AnnotatedText, span: Span, hidden: set[int]) -> bool:
    return all(
        at in hidden for at in range(span.start, span.end) if not annotated.text[at].isspace()
    )


if __name__ == "__main__":
    main()
