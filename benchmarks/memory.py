"""What the process that answers takes in memory, with models of one encoder and of several.

    python -m benchmarks.memory CORPUS --encoders minilm mpnet

A model of 20 sentences is trained over each encoder. Each in turn is loaded, then asked 80 sentences one by one, all of
them at once and one of 2,000 characters. Resident and peak MB are those the kernel tells of the process.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.corpora import sample

LEARNED = 20
SENTENCES = 80
LONGEST = 2_000
_FIGURE = re.compile(r"^(VmRSS|VmHWM):\s+(\d+) kB$", re.MULTILINE)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a directory with train.jsonl and test.jsonl")
    parser.add_argument("--encoders", nargs="+", default=["minilm"], help="names or folders")
    options = parser.parse_args()
    print("| a model over | loaded MB | asked MB | peak MB |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        models = [
            _train(options.corpus, encoder, Path(name) / str(number))
            for number, encoder in enumerate(options.encoders)
        ]
        _measure(options.corpus, dict(zip(options.encoders, models, strict=True)))


def _train(corpus: Path, encoder: str, place: Path) -> Path:
    lines = (corpus / "train.jsonl").read_text("utf-8").splitlines()[:LEARNED]
    data = place.with_suffix(".jsonl")
    data.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-m", "bot", "train", "--data", str(data), "--out", str(place)]
    subprocess.run([*command, "--encoder", encoder], check=True, capture_output=True)
    return place


def _measure(corpus: Path, models: Mapping[str, Path]) -> None:
    texts = [text.text for text in sample(corpus / "test.jsonl", seed=1, size=SENTENCES)]
    command = [sys.executable, "-m", "ner_engine.processes.prediction_server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        for encoder, model in models.items():
            _ask(process, model, ["Warm."])
            loaded = _megabytes(process.pid)["VmRSS"]
            for text in texts:
                _ask(process, model, [text])
            _ask(process, model, texts)
            _ask(process, model, [" ".join(texts)[:LONGEST]])
            asked = _megabytes(process.pid)
            print(f"| {encoder} | {loaded} | {asked['VmRSS']} | {asked['VmHWM']} |", flush=True)
        assert process.stdin is not None
        process.stdin.close()


def _ask(process: "subprocess.Popen[str]", model: Path, texts: Sequence[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"id": 1, "model": str(model), "texts": list(texts)}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise SystemExit(answer["message"])


def _megabytes(pid: int) -> dict[str, int]:
    told = Path(f"/proc/{pid}/status").read_text()
    return {name: int(kilobytes) // 1024 for name, kilobytes in _FIGURE.findall(told)}


if __name__ == "__main__":
    main()
