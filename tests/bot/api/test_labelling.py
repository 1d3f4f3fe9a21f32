"""Sentences, annotations, labels and files of a project, in and out."""

import asyncio
import io
import json
from typing import Any

from bot.api.values import Scope
from bot.db.records.sentences import Sentences
from tests.bot.api.conftest import Program, Served

TEXT = "A patient with chest pain takes aspirin."
SPANS = [
    {"start": 15, "end": 25, "label": "SYMPTOM"},
    {"start": 32, "end": 39, "label": "DRUG"},
]


async def send(program: Program, *texts: str, **options: Any) -> list[int]:
    """Add sentences; their numbers."""
    told = await program.posts("/sentences", {"texts": list(texts)}, **options)
    return [each["id"] for each in told["sentences"]]


async def put(program: Program, number: int, **said: Any) -> Any:
    """Annotate a sentence."""
    return await program.asks("PUT", f"/sentences/{number}/annotation", json=said)


async def test_a_sentence_goes_in_is_labelled_and_comes_out_as_people_see_it(
    served: Served,
) -> None:
    program = await served.program()
    (number,) = await send(program, TEXT)
    assert await send(program, f" {TEXT} ") == [number]
    refused = await put(program, number, spans=SPANS)
    assert (refused.status, refused.kind) == (422, "unknown-label")
    assert refused.body["labels"] == ["DRUG", "SYMPTOM"]
    stored = await put(program, number, spans=SPANS, create_labels=True)
    assert (stored.status, stored.body["new_labels"]) == (200, ["DRUG", "SYMPTOM"])
    assert [each["text"] for each in stored.body["spans"]] == ["chest pain", "aspirin"]
    sentence = await program.gets(f"/sentences/{number}")
    assert sentence["spans"] == stored.body["spans"]
    (said,) = sentence["annotations"]
    assert program.token is not None
    assert (said["person"], said["finished"]) == (program.token.person, True)
    labels = (await program.gets("/labels"))["labels"]
    assert [(each["name"], each["spans"]) for each in labels] == [("DRUG", 1), ("SYMPTOM", 1)]
    stats = await program.gets("/stats")
    assert (stats["sentences"], stats["finished"], stats["live_model"]) == (1, 1, None)
    assert "chest pain" in (await served.team.types("/label undo")).text


async def test_what_cannot_be_an_annotation_is_refused_and_nothing_is_stored(
    served: Served,
) -> None:
    program = await served.program()
    (number,) = await send(program, TEXT)
    wrong = {
        "invalid-annotation": [{"start": 30, "end": 99, "label": "X"}],
        "cuts-a-word": [{"start": 16, "end": 25, "label": "X"}],
        "invalid-request": [{"start": -1, "end": 3, "label": "X"}],
    }
    for kind, spans in wrong.items():
        said = await put(program, number, spans=spans, create_labels=True)
        assert (said.status, said.kind) == (422, kind)
    twice = [SPANS[0], {**SPANS[0], "label": "OTHER"}]
    assert (await put(program, number, spans=twice, create_labels=True)).status == 422
    assert (await put(program, 10**15, spans=[])).kind == "not-found"
    assert (await program.gets("/labels"))["labels"] == []
    assert (await program.gets(f"/sentences/{number}"))["annotations"] == []


async def test_the_next_sentence_is_the_one_that_label_shows(served: Served) -> None:
    program = await served.program()
    assert (await program.posts("/sentences/next", None))["sentence"] is None
    first, second = await send(program, TEXT, "He has a cough.")
    taken = await program.posts("/sentences/next", {})
    assert (taken["sentence"], taken["text"], taken["waiting"]) == (first, TEXT, 2)
    assert (await program.posts("/sentences/next", {}))["sentence"] == first
    assert (await program.posts("/sentences/next", {"passed": first}))["sentence"] == second
    assert "He has a cough" in (await served.team.types("/label")).text


async def test_a_token_reaches_nothing_of_another_project(served: Served) -> None:
    mine = await served.program(project="mine")
    other = await served.program(project="other")
    (number,) = await send(mine, TEXT)
    await put(mine, number, spans=SPANS, create_labels=True)
    assert (await other.asks("GET", f"/sentences/{number}")).kind == "not-found"
    assert (await put(other, number, spans=[])).kind == "not-found"
    assert (await other.gets("/sentences"))["sentences"] == []
    assert (await other.gets("/labels"))["labels"] == []
    assert (await other.gets("/stats"))["project"] == "other"
    assert (await other.asks("GET", "/export", params={"which": "all"})).body == b""
    assert (await other.posts("/sentences/next", {}))["sentence"] is None
    assert len((await mine.gets(f"/sentences/{number}"))["annotations"]) == 1


async def test_a_token_only_to_read_changes_nothing(served: Served) -> None:
    program = await served.program(frozenset({Scope.READ}))
    for method, path in (
        ("POST", "/sentences"),
        ("POST", "/sentences/next"),
        ("PUT", "/sentences/1/annotation"),
        ("POST", "/labels"),
        ("POST", "/import"),
        ("POST", "/trainings"),
    ):
        bodies = {"/sentences": {"texts": ["a"]}, "/labels": {"name": "A"}}
        said = await program.asks(
            method, path, json=bodies.get(path, {"spans": []} if "annotation" in path else {})
        )
        assert (said.status, said.kind) == (403, "missing-scope"), path


async def test_a_repeat_with_the_same_key_is_done_once_and_answered_the_same(
    served: Served,
) -> None:
    program = await served.program()
    said = await asyncio.gather(
        *(program.asks("POST", "/sentences", json={"texts": [TEXT]}, key="one") for _ in range(10))
    )
    assert [(each.status, each.body["sentences"][0]["new"]) for each in said] == [(201, True)] * 10
    assert (await send(program, TEXT)) == [said[0].body["sentences"][0]["id"]]
    other = await program.asks("POST", "/sentences", json={"texts": ["Else."]}, key="one")
    assert (other.status, other.kind) == (422, "key-used-before")
    label = await program.asks("POST", "/labels", json={"name": "DRUG"}, key="two")
    again = await program.asks("POST", "/labels", json={"name": "DRUG"}, key="two")
    assert (label.status, label.body) == (again.status, again.body)
    assert (await program.asks("POST", "/labels", json={"name": "drug"})).kind == "conflict"
    elsewhere = await served.program()
    assert await send(elsewhere, "Else.", key="one")
    assert (await program.asks("POST", "/labels", json={"name": "A"}, key="ä b")).status == 422


async def test_pages_stay_where_they_are_while_sentences_are_added(served: Served) -> None:
    program = await served.program()
    numbers = await send(program, *(f"Sentence number {n}." for n in range(7)))
    seen: list[int] = []
    after: dict[str, str] = {}
    while True:
        page = await program.gets("/sentences", limit=3, **after)
        seen += [each["id"] for each in page["sentences"]]
        if len(seen) == 3:
            numbers += await send(program, "Another one.")
        if page["after"] is None:
            break
        after = {"after": page["after"]}
    assert seen == numbers
    for wrong in ("x", "djE6", "!!", "d" * 40):
        assert (await program.asks("GET", "/sentences", params={"after": wrong})).status == 422
    assert (await program.asks("GET", "/sentences", params={"limit": 201})).status == 422


async def test_a_file_goes_in_once_and_the_project_comes_out_of_it(served: Served) -> None:
    program = await served.program()
    line = json.dumps({"text": TEXT, "spans": SPANS}).encode() + b"\n"
    query = {"filename": "gold.jsonl", "dry_run": "true"}

    async def sends(key: str | None = None, **query: str) -> Any:
        return await program.asks("POST", "/import", data=io.BytesIO(line), params=query, key=key)

    tried = await sends(**query)
    assert (tried.status, tried.body["import"], tried.body["counts"]["sentences"]) == (200, None, 1)
    assert (await program.gets("/sentences"))["sentences"] == []
    said = await asyncio.gather(*(sends("k", filename="gold.jsonl") for _ in range(4)))
    assert {each.status for each in said} == {200}
    assert {each.body["import"] for each in said} == {1}
    assert (await sends("k", filename="other.jsonl")).kind == "key-used-before"
    out = await program.asks("GET", "/export", params={"format": "jsonl"})
    assert out.status == 200
    exported = json.loads(out.body)
    assert (exported["text"], exported["spans"]) == (TEXT, SPANS)
    assert (await program.asks("GET", "/export", params={"format": "spacy"})).body[:2] == b"PK"
    assert (await program.asks("GET", "/export", params={"format": "x"})).status == 422
    broken = await program.asks("POST", "/import", data=b"\x00\x01", params={"format": "docbin"})
    assert broken.status == 422
    assert broken.kind
    outside = await sends(filename="../../etc/passwd")
    assert outside.status == 422
    async with served.store.reading(served.bot.workspace) as tx:
        assert program.token is not None
        assert await Sentences(tx).find(program.token.project_id, TEXT)


async def test_sentences_are_searched_by_their_words(served: Served) -> None:
    """Whatever the case of plain letters; what would be a wildcard is a character."""
    program = await served.program()
    texts = ["A dry COUGH.", "100% better", "100 and better", "No cough at all."]
    await program.posts("/sentences", {"texts": texts})

    async def found(words: str, **query: Any) -> list[str]:
        told = await program.gets("/sentences", contains=words, **query)
        return [each["text"] for each in told["sentences"]]

    assert await found("cough") == [texts[0], texts[3]]
    assert await found("0%") == [texts[1]]
    first = await program.gets("/sentences", contains="cough", limit=1)
    assert await found("cough", after=first["after"]) == [texts[3]]
    assert await found("cough", limit=1) == [texts[0]]


async def test_a_sentence_has_suggestions_before_there_is_a_model_too(served: Served) -> None:
    """They are phrases that somebody labelled elsewhere."""
    program = await served.program()
    added = await program.posts("/sentences", {"texts": ["He has a cough.", "The cough went."]})
    one, two = (each["id"] for each in added["sentences"])
    nothing = await program.gets(f"/sentences/{two}/suggestions")
    assert (nothing["model"], nothing["found"], nothing["possible"]) == (None, [], [])
    said = {"spans": [{"start": 9, "end": 14, "label": "SYMPTOM"}], "create_labels": True}
    assert (await program.asks("PUT", f"/sentences/{one}/annotation", json=said)).status == 200
    told = await program.gets(f"/sentences/{two}/suggestions")
    assert [(each["text"], each["label"]) for each in told["found"]] == [("cough", "SYMPTOM")]
    gone = await program.asks("GET", "/sentences/99/suggestions")
    assert (gone.status, gone.kind) == (404, "not-found")
