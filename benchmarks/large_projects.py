"""Large projects, written by the database itself: a million sentences in a minute or two."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database, Store
from bot.db.records.sentences import text_hash
from bot.db.transaction import Transaction
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects

WORKSPACE = "T0BENCH"
PEOPLE = tuple(f"U0P{number}" for number in range(10))
LABELS = ("SYMPTOM", "SIGN", "DRUG")
#: One sentence in so many is disputed: two of those who finished it say something else.
DISPUTED_EVERY = 1_000

_TEXT = "'Sentence ' || i || ' of a patient with chest pain, fever and a cough.'"
_SENTENCES = """
INSERT INTO sentence (workspace, project_id, id, text, text_hash, text_folded, tokens, person, source, created_at,
    finished_by, rank)
SELECT :workspace, :project, i, {text}, {hash}, lower({text}),
    '[0,8,9,' || (9 + length({i_text})) || ',' || (28 + length({i_text})) || ',' || (38 + length({i_text})) || ']',
    'U0', 'import', {now}, CASE WHEN i <= :finished THEN 10 ELSE 0 END, (i * 7919) % 1000003
FROM {numbers}
"""
_ANNOTATIONS = """
INSERT INTO annotation (workspace, project_id, sentence_id, person, spans, finished, updated_at)
SELECT :workspace, :project, i, :person,
    CASE WHEN i % :every = 0 AND :differs THEN '[[0,8,"SIGN"]]' ELSE '[[0,8,"SYMPTOM"],[9,10,"DRUG"]]' END,
    {finished}, {then}
FROM {numbers}
"""
_EVENTS = r"""
INSERT INTO event (workspace, project_id, kind, person, sentence_id, before, after, request, created_at)
SELECT :workspace, :project, 'finished', :person, i, '{{"spans"\:[],"finished"\:false}}',
    '{{"spans"\:[{{"start"\:0,"end"\:8,"label"\:"SYMPTOM"}}],"finished"\:true}}', 'r' || i, {then}
FROM {numbers}
"""


async def build(database: Database, store: Store, *, sentences: int, events: int) -> int:
    """A project half of whose sentences ten people have finished, the other half ten others have begun; so many of
    the finished annotations have their event. Its id."""
    async with store.writing(WORKSPACE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
        for label in LABELS:
            await Labels(tx).add(project_id, label, person=PEOPLE[0])
        await _want_ten(tx, project_id)
    half = sentences // 2
    async with database.writing() as connection:
        await _fill(connection, project_id, sentences=sentences, half=half, events=events)
    async with database.writing() as connection:
        await _count(connection, project_id, sentences=sentences, half=half)
        await connection.exec_driver_sql("ANALYZE")
    return project_id


async def _want_ten(tx: Transaction, project_id: int) -> None:
    wanted = text("UPDATE project SET annotations_per_sentence = 10 WHERE id = :project")
    await tx.connection.execute(wanted, {"project": project_id})


async def _fill(
    connection: AsyncConnection, project_id: int, *, sentences: int, half: int, events: int
) -> None:
    form = await _prepare(connection)
    place = {"workspace": WORKSPACE, "project": project_id, "every": DISPUTED_EVERY}

    async def run(sql: str, first: int, last: int, **more: object) -> None:
        done = "TRUE" if last <= half else "FALSE"
        numbers = form["numbers"].format(first=first, last=last)
        statement = text(sql.format(**{**form, "finished": done, "numbers": numbers}))
        values = {**place, **more, "finished": half}
        named = statement.compile().params
        await connection.execute(statement, {key: values[key] for key in named})

    await run(_SENTENCES, 1, sentences)
    for number, person in enumerate(PEOPLE):
        await run(_ANNOTATIONS, 1, half, person=person, differs=number == 0)
        await run(_ANNOTATIONS, half + 1, sentences, person=f"U0Q{number}", differs=False)
    for person in PEOPLE:
        if each := min(events // len(PEOPLE), half):
            await run(_EVENTS, 1, each, person=person)


async def _prepare(connection: AsyncConnection) -> dict[str, str]:
    """Let the connection write many rows; what each database calls what is written."""
    if connection.dialect.name == "postgresql":
        # Foreign keys and triggers would look at every row.
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return {
            "hash": f"encode(sha256(convert_to({_TEXT}, 'UTF8')), 'hex')",
            "text": _TEXT,
            "i_text": "i::text",
            "now": "now()",
            "then": "now() - i * interval '1 minute'",
            "numbers": "generate_series({first}::bigint, {last}::bigint) AS i",
        }
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.create_function("hash_of", 1, text_hash)
    return {
        "hash": f"hash_of({_TEXT})",
        "text": _TEXT,
        "i_text": "i",
        "now": "'2031-05-04 00:00:00.000000'",
        "then": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || i || ' minutes')",
        "numbers": (
            "(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n)"
        ),
    }


async def _count(
    connection: AsyncConnection, project_id: int, *, sentences: int, half: int
) -> None:
    """The sums, which a count would take long for."""
    disputed = half // DISPUTED_EVERY
    sums = {
        ("sentences", ""): sentences,
        ("finished", ""): half - disputed,
        ("unfinished", ""): sentences - half,
        ("disputed", ""): disputed,
        ("label", "SYMPTOM"): half - disputed,
        ("label", "DRUG"): half - disputed,
        **{("person", person): half for person in PEOPLE},
    }
    await connection.execute(
        text("DELETE FROM counter WHERE project_id = :project"), {"project": project_id}
    )
    added = text("INSERT INTO counter VALUES (:workspace, :project, :kind, :name, :value)")
    for (kind, name), value in sums.items():
        row = {"workspace": WORKSPACE, "project": project_id, "kind": kind, "name": name}
        await connection.execute(added, {**row, "value": value})
    waiting = text("UPDATE project SET waiting = :waiting WHERE id = :project")
    await connection.execute(waiting, {"waiting": sentences - half, "project": project_id})
    if connection.dialect.name == "postgresql":
        await connection.execute(
            text("SELECT setval(pg_get_serial_sequence('sentence', 'id'), :last)"),
            {"last": sentences},
        )
