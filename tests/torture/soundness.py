"""What holds in a SQLite database whatever happened to the processes that wrote it."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

_COUNTERS = {
    "finished_by": """
        SELECT id FROM sentence WHERE finished_by <> (
            SELECT count(*) FROM annotation WHERE sentence_id = sentence.id AND finished)""",
    "waiting": """
        SELECT id FROM project WHERE waiting <> (
            SELECT count(*) FROM sentence
            WHERE project_id = project.id AND finished_by < project.annotations_per_sentence)""",
}
_STEPS = "('labelled', 'finished', 'no_entities', 'skipped', 'flagged', 'undone')"
_HALVES = {
    "a step without the answer that was kept with it": f"""
        SELECT id FROM event WHERE kind IN {_STEPS} AND request NOT IN (
            SELECT request FROM receipt)""",
    "a label that nobody made": """
        SELECT name FROM label WHERE name NOT IN (
            SELECT json_extract(detail, '$.name') FROM event WHERE kind = 'label_added')""",
    "a step undone without its undoing": """
        SELECT id FROM event WHERE kind = 'undone' AND undoes IS NULL""",
    "hands on a sentence that is not there": """
        SELECT sentence_id FROM hand WHERE sentence_id NOT IN (SELECT id FROM sentence)""",
}
_LAST = f"""
    SELECT sentence_id, person, after FROM event AS newest WHERE kind IN {_STEPS} AND id = (
        SELECT max(id) FROM event
        WHERE sentence_id = newest.sentence_id AND person = newest.person AND kind IN {_STEPS})"""
_STANDING = """
    SELECT sentence_id, person FROM event
    WHERE kind = '{kind}' AND id NOT IN (SELECT undoes FROM event WHERE undoes IS NOT NULL)"""


def of_requests(file: Path, requests: Iterable[str]) -> Counter[str]:
    """How many steps each of these requests made."""
    wanted = set(requests)
    with closing(sqlite3.connect(file, timeout=60)) as database:
        rows = database.execute(f"SELECT request FROM event WHERE kind IN {_STEPS}").fetchall()
    made = Counter(str(request) for (request,) in rows)
    strange = set(made) - wanted
    assert not strange, f"steps of requests that nobody made: {strange}"
    return made


def faults(file: Path) -> list[str]:
    """What does not hold where people label and nothing else is done; nothing in a sound database."""
    found = broken(file)
    with closing(sqlite3.connect(file, timeout=60)) as database:
        found += _annotations(database)
        for kind, table in (("flagged", "flag"), ("skipped", "skip")):
            said = set(database.execute(_STANDING.format(kind=kind)))
            stands = set(database.execute(f"SELECT sentence_id, person FROM {table}"))
            found += [f"{table}: {pair}" for pair in said ^ stands]
    return found


def broken(file: Path) -> list[str]:
    """What does not hold whatever people do, also where labels are renamed and flags settled."""
    with closing(sqlite3.connect(file, timeout=60)) as database:
        found = [str(row) for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += [f"no such row: {row}" for row in database.execute("PRAGMA foreign_key_check")]
        for what, question in {**_COUNTERS, **_HALVES}.items():
            found += [f"{what}: {row}" for row in database.execute(question)]
    return found


def _annotations(database: sqlite3.Connection) -> list[str]:
    """Annotations that are not what the newest step on them says."""
    rows = database.execute("SELECT sentence_id, person, spans, finished FROM annotation")
    stands = {(each, who): (json.loads(spans), bool(done)) for each, who, spans, done in rows}
    said = {}
    for each, who, after in database.execute(_LAST):
        state = json.loads(after)
        spans = [[span["start"], span["end"], span["label"]] for span in state.get("spans", ())]
        said[each, who] = (sorted(spans), bool(state.get("finished")))
    empty: tuple[list[object], bool] = ([], False)
    return [
        f"annotation {key}: {stands.get(key)} is not {said.get(key)}"
        for key in stands.keys() | said.keys()
        if stands.get(key, empty) != said.get(key, empty)
    ]
