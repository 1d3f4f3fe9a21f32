"""How long it takes from a correction to a live model that learned it: two trainings of the same sentences but one.

    python -m benchmarks.fix_to_live CORPUS --sizes 100 300 1000

The first training makes the live model and leaves the encoder's vectors, as any training of a project does. Then one
sentence is corrected, and a second one learns all of it with the full guard: scored on folds or on a held-out part,
compared with the live model, looked through for errors, saved and verified in a process of its own; its end is when it
would go live. ``live`` is until the new model has answered its first question in a fresh process. Seconds of the
processor, which is what they take by the clock where another core is free for the bot; and seconds by the clock, as
long as the machine's load makes them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

from benchmarks.corpora import Gold, every_text
from ner_engine import TrainingSettings, to_json
from ner_engine.encoder.choice import PACKAGED, choose_encoder

_ASK = "import sys; from ner_engine import load_model; print(load_model(sys.argv[1]).predict(['She takes aspirin.']))"


def main() -> None:
    """Train twice for each size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a directory of .jsonl files")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000])
    options = parser.parse_args()
    encoder_dir = choose_encoder(options.encoder).directory
    print("| sentences | first training | after one correction | and live | by the clock | F1 |")
    print("|---|---|---|---|---|---|")
    for size in options.sizes:
        gold = every_text(options.corpus, size)
        with tempfile.TemporaryDirectory() as name:
            print(_row(Path(name), gold, encoder_dir), flush=True)


def _row(folder: Path, gold: Gold, encoder_dir: str | None) -> str:
    first, _ = _train(folder / "first", gold, encoder_dir, folder / "vectors", None)
    number = next(n for n, text in enumerate(gold) if text.spans)
    corrected = [*gold]
    corrected[number] = replace(gold[number], spans=gold[number].spans[:-1])
    live = folder / "first" / "model"
    second, told = _train(folder / "second", corrected, encoder_dir, folder / "vectors", live)
    started = _spent()
    model = str(folder / "second" / "model")
    subprocess.run([sys.executable, "-c", _ASK, model], check=True, capture_output=True)
    asked = _spent() - started
    f1 = 100 * told["evaluation"]["overall"]["f1"]
    live_at = second.processor + asked.processor
    return (
        f"| {len(gold):,} | {first.processor:.0f} s | {second.processor:.0f} s | {live_at:.0f} s | "
        f"{second.clock + asked.clock:.0f} s | {f1:.1f} |"
    )


@dataclass(frozen=True)
class _Spent:
    """Seconds of the processor, of processes that have ended, and by the clock."""

    processor: float
    clock: float

    def __sub__(self, other: "_Spent") -> "_Spent":
        return _Spent(self.processor - other.processor, self.clock - other.clock)


def _spent() -> _Spent:
    used = getrusage(RUSAGE_CHILDREN)
    return _Spent(used.ru_utime + used.ru_stime, time.monotonic())


def _train(
    folder: Path, gold: Gold, encoder_dir: str | None, vectors: Path, live: Path | None
) -> tuple[_Spent, dict[str, Any]]:
    """What it took, and what it told at its end."""
    folder.mkdir()
    job = {
        "settings": TrainingSettings(encoder_dir=encoder_dir).to_json(),
        "live_model": str(live) if live else None,
        "live_version": 1 if live else 0,
        "vectors": str(vectors),
    }
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    lines = "".join(json.dumps(to_json(text)) + "\n" for text in gold)
    (folder / "gold.jsonl").write_text(lines, "utf-8")
    command = [sys.executable, "-m", "ner_engine.processes.training_job", str(folder), "--detached"]
    started = _spent()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if told.get("event") != "succeeded":
        raise SystemExit(told.get("words", "The training failed"))
    return _spent() - started, told


if __name__ == "__main__":
    main()
