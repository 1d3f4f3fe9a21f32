"""An import that is killed again and again, and goes on to the same set: pytest tests/torture/torture_imports.py"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

KILLS = int(os.environ.get("KILLS", "20"))
LINES = 60_000
RUN = "import sys; from bot.cli.main import main; sys.exit(main())"


def test_an_import_killed_at_random_points_ends_with_the_same_set(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w") as file:
        for number in range(LINES):
            text = f"Patient {number} came with chest pain."
            start = text.index("chest")
            value = {
                "text": text,
                "spans": [{"start": start, "end": start + 10, "label": "SYMPTOM"}],
            }
            file.write(json.dumps(value) + "\n")
    env = {**os.environ, "NERBOT_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-c", RUN, "import", str(path)]
    draw, killed, positions = random.Random(7), 0, []
    while killed < KILLS:
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        before = position(tmp_path)
        while process.poll() is None and position(tmp_path) == before:
            time.sleep(0.05)
        time.sleep(draw.uniform(0, 0.3))
        if position(tmp_path) == LINES:
            process.wait()  # the next one would be another import of the same file
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
        positions.append(position(tmp_path))
    assert killed >= min(KILLS, 3)
    assert positions == sorted(positions)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(tmp_path / "data" / "nerbot.db") as database:
        for table, wanted in (("sentence", LINES), ("annotation", LINES), ("origin", LINES)):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (wanted,)
        steps = database.execute("SELECT count(*) FROM event WHERE kind = 'finished'").fetchone()
        counted = dict(
            database.execute("SELECT kind, value FROM counter WHERE kind <> 'label'").fetchall()
        )
    assert steps == (LINES,)
    assert counted == {"sentences": LINES, "finished": LINES, "person": LINES}


def position(folder: Path) -> int:
    try:
        with sqlite3.connect(f"file:{folder}/data/nerbot.db?mode=ro", uri=True) as database:
            row = database.execute("SELECT max(position) FROM import_run").fetchone()
    except sqlite3.Error:
        return 0
    return int(row[0] or 0)
