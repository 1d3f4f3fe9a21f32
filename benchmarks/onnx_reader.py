"""Whether a model that left as ONNX finds what it finds in nerbot.

    python -m benchmarks.onnx_reader CORPUS --encoders minilm mpnet

A model of 150 sentences is trained over each encoder and exported with ``--format onnx``. The folder's reader runs in a
process without spaCy and the engine, with the pipeline's tokens and then with words of its own, over 1,000 sentences.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.corpora import TEST_SENTENCES, sample
from ner_engine import AnnotatedText
from ner_engine.pipeline.pipeline import Pipeline

LEARNED = 150
_READER = """
import json, sys
for name in ("spacy", "thinc", "ner_engine", "bot"):
    sys.modules[name] = None
from reader import Reader
read = Reader()
print(json.dumps([[read.find(text, tokens), read.find(text)] for text, tokens in json.load(sys.stdin)]))
"""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a directory with train.jsonl and test.jsonl")
    parser.add_argument("--encoders", nargs="+", default=["minilm"], help="names or folders")
    options = parser.parse_args()
    texts = [
        text.text for text in sample(options.corpus / "test.jsonl", seed=1, size=TEST_SENTENCES)
    ]
    print("| a model over | sentences | spans | the same in | with the reader's own words, in |")
    print("|---|---|---|---|---|")
    for encoder in options.encoders:
        with tempfile.TemporaryDirectory() as name:
            _measure(options.corpus, encoder, texts, Path(name))


def _measure(corpus: Path, encoder: str, texts: list[str], place: Path) -> None:
    lines = [_line(each) for each in sample(corpus / "train.jsonl", seed=0, size=LEARNED)]
    data, model = place / "data.jsonl", place / "model"
    data.write_text("\n".join(lines), "utf-8")
    _nerbot("train", "--data", data, "--out", model, "--encoder", encoder)
    exported = _nerbot("models", "export", model, "--format", "onnx", "--out", place, "--json")
    docs = list(Pipeline.load(model).nlp.pipe(texts))
    asked = [(doc.text, [(token.idx, token.idx + len(token)) for token in doc]) for doc in docs]
    done = subprocess.run(
        [sys.executable, "-c", _READER],
        cwd=json.loads(exported)["folder"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    expected = [[[ent.start_char, ent.end_char, ent.label_] for ent in doc.ents] for doc in docs]
    same, alone = (
        sum(one[way] == other for one, other in zip(found, expected, strict=True)) for way in (0, 1)
    )
    spans = sum(map(len, expected))
    print(f"| {encoder} | {len(texts):,} | {spans:,} | {same:,} | {alone:,} |", flush=True)


def _line(annotated: AnnotatedText) -> str:
    return json.dumps({"text": annotated.text, "spans": [asdict(span) for span in annotated.spans]})


def _nerbot(*words: str | Path) -> str:
    command = [sys.executable, "-m", "bot", *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
