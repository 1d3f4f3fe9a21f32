"""What several processes share is kept by the clock of their database."""

import re
from pathlib import Path

import bot

BOT = Path(bot.__file__).parent

OWN = {
    "backups/backup.py": "when a copy was made, for people",
    "backups/settings.py": "only whether a cron line can be read",
    "db/clock.py": "the clock of a SQLite file",
    "db/records/tenants.py": "slack_sdk writes by it until when a page to install may wait",
    "db/snapshot.py": "since when a copy lacks files, for people",
    "editor/handlers.py": "how long Slack's own address of an answer holds",
    "editor/parsing.py": "the same",
    "jobs/scheduler.py": "APScheduler wakes by it",
    "objects/folder.py": "which unfinished files a kill left long ago, by their own times",
    "operations/skew.py": "measures it",
    "shelf/objects.py": "how old copies on this machine's own disk are",
    "slack/faults.py": "dates Slack sends",
    "slack/http_server.py": "signatures of Slack",
}
"""Who asks the machine what time it is, and for what."""


def test_only_what_no_process_shares_goes_by_the_machines_own_clock() -> None:
    asks = re.compile(r"datetime\.now|time\.time\b|utcnow\(")
    found = {
        file.relative_to(BOT).as_posix()
        for file in BOT.rglob("*.py")
        if "playground" not in file.parts and asks.search(file.read_text())
    }
    assert found == set(OWN)
