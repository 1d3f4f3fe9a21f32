"""An import stores what a file says as if people had labelled it here; nothing is lost and nothing invented."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.db.database import Store
from bot.db.records.counters import Counters
from bot.exchange.commands import ImportOptions
from bot.exchange.importing import Importer
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.storing import Place
from bot.exchange.undoing import undo_import
from bot.exchange.values import ImportReport, ImportState
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span
from tests.bot.exchange.conftest import line, write_lines
from tests.db.conftest import BEN, HERE, add, annotate

CHEST = line("A patient with chest pain.", SYMPTOM="chest pain")
PLAIN = ImportOptions()


async def gold(store: Store, place: Place) -> dict[str, tuple[Span, ...]]:
    async with store.reading(HERE) as tx:
        return {
            each.sentence.text: each.spans for each in await Annotations(tx).gold(place.project_id)
        }


async def assert_counted_right(store: Store, place: Place) -> None:
    async with store.reading(HERE) as tx:
        counters = Counters(tx)
        assert await counters.kept(place.project_id) == await counters.counted(place.project_id)


async def test_labels_of_a_file_are_gold(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    path = write_lines(
        tmp_path / "a.jsonl", CHEST, {"text": "No complaints.", "spans": []}, {"text": "To do."}
    )
    report = await importer.run(place, path, PLAIN)
    assert await gold(store, place) == {
        CHEST["text"]: (Span(15, 25, "SYMPTOM"),),
        "No complaints.": (),
    }
    assert (report.counts["sentences"], report.counts["finished"], report.counts["spans"]) == (
        3,
        2,
        1,
    )
    await assert_counted_right(store, place)


async def test_a_dry_run_changes_nothing_and_says_what_would_be(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "a.jsonl", CHEST, CHEST, line("He takes aspirin.", drug="aspi"))
    report = await importer.dry_run(place, path, PLAIN)
    assert await gold(store, place) == {}
    assert (report.counts["texts"], report.counts["sentences"], report.counts["duplicates"]) == (
        3,
        2,
        1,
    )
    assert report.labels == {("SYMPTOM", "SYMPTOM"): 2, ("drug", "drug"): 1}
    assert report.new_labels == ("SYMPTOM", "drug")
    assert [(r.line, r.words) for r in report.remarks] == [(3, "drug “aspi” becomes “aspirin”")]


async def test_the_same_file_again_changes_nothing(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "a.jsonl", CHEST, {"text": "To do."})
    await importer.run(place, path, PLAIN)
    before = await gold(store, place)
    report = await importer.run(place, path, PLAIN)
    assert (
        report.counts["sentences"],
        report.counts["duplicates"],
        report.counts["annotated"],
    ) == (0, 2, 0)
    assert await gold(store, place) == before
    await assert_counted_right(store, place)


async def test_a_text_that_is_there_gets_the_labels_of_the_file(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"text": CHEST["text"]})
    await importer.run(place, path, PLAIN)
    await importer.run(place, write_lines(tmp_path / "b.jsonl", CHEST), PLAIN)
    assert await gold(store, place) == {CHEST["text"]: (Span(15, 25, "SYMPTOM"),)}
    await assert_counted_right(store, place)


async def test_of_two_versions_by_nobody_named_the_first_is_kept_and_the_other_told(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "a.jsonl", CHEST, {"text": CHEST["text"], "spans": []})
    report = await importer.run(place, path, PLAIN)
    assert await gold(store, place) == {CHEST["text"]: (Span(15, 25, "SYMPTOM"),)}
    assert [(r.line, r.kind) for r in report.remarks] == [(2, "annotation that is there")]
    await assert_counted_right(store, place)


async def test_annotations_of_several_people_are_kept_side_by_side(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    said = [{"person": "ada", "spans": CHEST["spans"]}, {"person": "ben", "spans": []}]
    path = write_lines(tmp_path / "a.jsonl", {"text": CHEST["text"], "annotations": said})
    await importer.run(place, path, replace(PLAIN, people={"ben": BEN}))
    async with store.reading(HERE) as tx:
        counts = await Counters(tx).of(place.project_id)
        people = await Counters(tx).people(place.project_id)
    assert (counts.disputed, people) == (1, {"ada": 1, BEN: 1})
    await assert_counted_right(store, place)


async def test_a_sentence_whose_labels_are_not_all_read_is_unfinished(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    wrong = {"text": "He takes aspirin.", "spans": [{"start": 9, "end": 99, "label": "DRUG"}]}
    report = await importer.run(place, write_lines(tmp_path / "a.jsonl", wrong), PLAIN)
    assert await gold(store, place) == {}
    assert [r.kind for r in report.remarks] == ["span outside its text"]


async def test_of_overlapping_spans_the_longest_is_kept(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    text = "The University of Vienna opens."
    path = write_lines(tmp_path / "a.jsonl", line(text, LOC="Vienna", ORG="University of Vienna"))
    report = await importer.run(place, path, PLAIN)
    assert await gold(store, place) == {text: (Span(4, 24, "ORG"),)}
    assert [r.words for r in report.remarks] == [
        "LOC “Vienna” overlaps ORG “University of Vienna”, which is kept"
    ]


async def test_a_long_text_becomes_sentences_that_know_their_document(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    sentences = [f"Patient {n} had chest pain on the first day of the visit." for n in range(60)]
    text = " ".join(sentences)
    assert len(text) > 2_000
    path = write_lines(tmp_path / "a.jsonl", line(text, SYMPTOM="chest pain"))
    await importer.run(place, path, PLAIN)
    async with store.reading(HERE) as tx:
        found = await Annotations(tx).gold(place.project_id)
    assert [each.sentence.text for each in found] == sentences
    assert {each.sentence.group for each in found} == {"a 1"}
    assert found[0].spans == (Span(14, 24, "SYMPTOM"),)


async def test_what_is_cut_off_goes_on_to_the_same_set(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    values = [line(f"Patient {n} had chest pain.", SYMPTOM="chest pain") for n in range(1_300)]
    path = write_lines(tmp_path / "a.jsonl", *values)

    async def stop(report: ImportReport) -> None:
        if report.counts["texts"] >= 1_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await importer.run(place, path, PLAIN, progress=stop)
    report = await importer.run(place, path, PLAIN)
    assert (report.resumed_at, report.counts["sentences"], report.counts["duplicates"]) == (
        1_000,
        1_300,
        0,
    )
    assert len(await gold(store, place)) == 1_300
    await assert_counted_right(store, place)


async def test_an_import_is_taken_back_as_a_whole(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    async with store.writing(HERE) as tx:
        (there,) = await add(tx, place.project_id, "He takes aspirin.")
    path = write_lines(
        tmp_path / "a.jsonl",
        CHEST,
        line("He takes aspirin.", DRUG="aspirin"),
        line("A cough.", SYMPTOM="cough"),
    )
    report = await importer.run(place, path, PLAIN)
    assert report.run is not None
    async with store.writing(HERE) as tx:
        queue = await Annotations(tx).gold(place.project_id)
        worked_on = next(each.sentence for each in queue if each.sentence.text == "A cough.")
        await annotate(tx, place.project_id, worked_on, Span(2, 7, "SYMPTOM"), person=BEN)
    undone = await undo_import(store, place, report.run.id)
    assert (undone.removed, undone.taken_back, undone.kept) == (1, 2, 2)
    assert await gold(store, place) == {"A cough.": (Span(2, 7, "SYMPTOM"),)}
    async with store.reading(HERE) as tx:
        run = await ImportRuns(tx).get(place.project_id, report.run.id)
        waiting = await Queue(tx).waiting(place.project_id, BEN)
    assert run is not None
    assert (run.state, waiting, there.text) == (ImportState.UNDONE, 1, "He takes aspirin.")
    await assert_counted_right(store, place)


async def test_labels_become_ours_and_unwanted_ones_are_left_out(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    values = [
        line("Ada has a cough.", **{"Person Name": "Ada", "sy": "cough"}),
        line("Bob.", misc="Bob"),
    ]
    options = replace(PLAIN, labels={"sy": "SYMPTOM", "misc": ""})
    await importer.run(place, write_lines(tmp_path / "a.jsonl", *values), options)
    async with store.reading(HERE) as tx:
        names = [label.name for label in await Labels(tx).all(place.project_id)]
    assert names == ["Person Name", "SYMPTOM"]
    assert (await gold(store, place))["Bob."] == ()
