"""How well sentences are found in running text, beside other splitters.

    python -m benchmarks.splitting CORPUS [--conllu FILE …] [--spans FILE …]

CORPUS is a folder whose test.jsonl has a sentence a line in the order of the documents (PubMed abstracts, as in
GENIA). A CoNLL-U file has `# text` lines (Universal Dependencies), a file of spans has `text` and `spans` a line
(MultiLegalSBD). German law, notes and chat of our own are in sentences.json: the rules were written beside them,
and not beside the others. sentencex, syntok and nupunkt are measured where they are installed.
"""

import argparse
import importlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy

from ner_engine.sentences import split_sentences

Offsets = tuple[int, int]
Gold = list[tuple[str, list[Offsets]]]
Split = Callable[[str], list[Offsets]]

OWN = Path(__file__).with_name("sentences.json")
#: Sentences of a corpus that are one text.
TOGETHER = 6


def main() -> None:
    """Print a table: borders between sentences, and sentences found whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--conllu", type=Path, nargs="*", default=[])
    parser.add_argument("--spans", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    print("| text | sentences | splitter | P | R | F1 | whole | ms a text |")
    print("|---|---|---|---|---|---|---|---|")
    for name, gold in _texts(options):
        for splitter, split in _splitters("de" if "de_" in name or "German" in name else "en"):
            _row(name, gold, splitter, split)


def _row(name: str, gold: Gold, splitter: str, split: Split) -> None:
    begun = time.perf_counter()
    found = [split(text) for text, _ in gold]
    took = 1000 * (time.perf_counter() - begun) / len(gold)
    right = wrong = missed = whole = 0
    for (_, wanted), got in zip(gold, found, strict=True):
        ends, told = {end for _, end in wanted[:-1]}, {end for _, end in got[:-1]}
        right, wrong = right + len(ends & told), wrong + len(told - ends)
        missed, whole = missed + len(ends - told), whole + len(set(wanted) & set(got))
    count = sum(len(wanted) for _, wanted in gold)
    precision, recall = right / ((right + wrong) or 1), right / ((right + missed) or 1)
    f1 = 2 * precision * recall / ((precision + recall) or 1)
    shares = " | ".join(f"{100 * share:.1f}" for share in (precision, recall, f1, whole / count))
    print(f"| {name} | {count} | {splitter} | {shares} | {took:.2f} |", flush=True)


def _texts(options: argparse.Namespace) -> Iterator[tuple[str, Gold]]:
    lines = (options.corpus / "test.jsonl").read_text("utf-8").splitlines()
    yield options.corpus.name, _joined(_runs([json.loads(line)["text"] for line in lines]))
    for path in options.conllu:
        texts = path.read_text("utf-8").splitlines()
        sentences = [
            line.removeprefix("# text = ") for line in texts if line.startswith("# text = ")
        ]
        yield path.stem, _joined(_runs(sentences))
    for path in options.spans:
        yield path.stem, list(_paragraphs(path))
    for name, texts in json.loads(OWN.read_text("utf-8")).items():
        yield f"{name} (ours)", _joined(texts)


def _runs(sentences: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(sentences), TOGETHER):
        yield sentences[start : start + TOGETHER]


def _joined(texts: Iterable[list[str]]) -> Gold:
    gold: Gold = []
    for sentences in texts:
        text, borders = "", []
        for sentence in sentences:
            text += " " * bool(text)
            borders.append((len(text), len(text) + len(sentence)))
            text += sentence
        gold.append((text, borders))
    return gold


def _paragraphs(path: Path) -> Iterator[tuple[str, list[Offsets]]]:
    """Runs of sentences with no empty line in or between them: nerbot takes lines one by one."""
    for line in path.read_text("utf-8").splitlines():
        document = json.loads(line)
        run: list[Offsets] = []
        for span in [*sorted((s["start"], s["end"]) for s in document["spans"]), None]:
            piece = span and _trimmed(document["text"], *span)
            cut = (
                piece is None
                or "\n\n" in document["text"][run[-1][1] if run else piece[0] : piece[1]]
            )
            if cut and len(run) > 1:
                begin, text = run[0][0], document["text"][run[0][0] : run[-1][1]].replace("\n", " ")
                yield text, [(start - begin, end - begin) for start, end in run]
            run = [] if cut else run
            if piece and "\n\n" not in document["text"][slice(*piece)]:
                run.append(piece)


def _trimmed(text: str, start: int, end: int) -> Offsets | None:
    piece = text[start:end]
    if not piece.strip():
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _splitters(language: str) -> Iterator[tuple[str, Split]]:
    yield "ours", lambda text: list(split_sentences(text))
    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer")
    yield (
        "spaCy's sentencizer",
        lambda text: [
            borders
            for sent in nlp(text).sents
            if (borders := _trimmed(text, sent.start_char, sent.end_char))
        ],
    )
    for name, cut in _OTHERS.items():
        try:
            module: Any = importlib.import_module(name)
        except ImportError:
            continue
        yield name, lambda text, cut=cut, module=module: _placed(text, cut(module, text, language))  # type: ignore[misc]


_OTHERS: dict[str, Callable[[Any, str, str], list[str]]] = {
    "sentencex": lambda module, text, language: list(module.segment(language, text)),
    "syntok.segmenter": lambda module, text, _language: [
        text[s[0].offset : s[-1].offset + len(s[-1].value)] for p in module.analyze(text) for s in p
    ],
    "nupunkt": lambda module, text, _language: list(module.sent_tokenize(text)),
}


def _placed(text: str, pieces: Iterable[str]) -> list[Offsets]:
    placed, after = [], 0
    for piece in map(str.strip, pieces):
        if piece:
            start = text.find(piece, after)
            after = start + len(piece)
            placed.append((start, after))
    return placed


if __name__ == "__main__":
    main()
