"""What one training takes from its start to a verified model, stage by stage, as the bot runs it.

    python -m benchmarks.stages CORPUS --encoder mpnet --sizes 1000 10000

A process of its own, none of its vectors known before. Sentences are those of all parts of the corpus, each text once.
Processor seconds are its own and those of the process that verifies the model; the peak is what the kernel tells of its
resident memory.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.corpora import Gold, every_text
from ner_engine import TrainingSettings, to_json
from ner_engine.encoder.choice import PACKAGED, choose_encoder

STAGES = (
    "features", "cross-validation", "learning curve", "looking for errors", "training", "saving",
)  # fmt: skip


def main() -> None:
    """Run the trainings and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a directory of .jsonl files")
    parser.add_argument("--encoder", default=PACKAGED, help="an encoder's name or folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000])
    parser.add_argument("--processes", type=int, default=2, help="how many a training may be")
    options = parser.parse_args()
    encoder_dir = choose_encoder(options.encoder).directory
    print(f"| sentences | {' | '.join(STAGES)} | processor s | wall s | peak MB | F1 |")
    print("|" + "---|" * (len(STAGES) + 5))
    for size in options.sizes:
        gold = every_text(options.corpus, size)
        with tempfile.TemporaryDirectory() as name:
            print(_row(Path(name), gold, encoder_dir, options.processes), flush=True)


def _row(folder: Path, gold: Gold, encoder_dir: str | None, processes: int) -> str:
    job = {
        "settings": TrainingSettings(encoder_dir=encoder_dir).to_json(),
        "live_model": None,
        "vectors": str(folder / "vectors"),
    }
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    lines = "".join(json.dumps(to_json(text)) + "\n" for text in gold)
    (folder / "gold.jsonl").write_text(lines, "utf-8")
    command = [sys.executable, "-m", "ner_engine.processes.training_job", str(folder)]
    command += ["--processes", str(processes)]
    started = time.monotonic()
    spent: defaultdict[str, float] = defaultdict(float)
    before, peak, told = 0.0, 0, {}
    with subprocess.Popen([*command, "--detached"], stdout=subprocess.PIPE, text=True) as process:
        watched = psutil.Process(process.pid)
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            now, peak = _measure(watched, before, peak)
            spent[told.get("stage", "saving")] += now - before
            before = now
    if told.get("event") != "succeeded":
        raise SystemExit(told.get("words", "The training failed"))
    shares = " | ".join(f"{spent[stage]:.1f}" for stage in STAGES)
    f1 = 100 * told["evaluation"]["overall"]["f1"]
    wall = time.monotonic() - started
    return f"| {len(gold):,} | {shares} | {before:.1f} | {wall:.0f} | {peak} | {f1:.1f} |"


def _measure(process: psutil.Process, before: float, peak: int) -> tuple[float, int]:
    """Processor seconds and peak MB so far; as they were where the process has just ended."""
    with suppress(psutil.Error, OSError, StopIteration):
        times = process.cpu_times()
        status = Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines()
        high = next(line for line in status if line.startswith("VmHWM"))
        seconds = times.user + times.system + times.children_user + times.children_system
        return seconds, int(high.split()[1]) // 1024
    return before, peak


if __name__ == "__main__":
    main()
