"""No sentence that models are measured on is taught, and none twice."""

import json
from pathlib import Path

import pytest

from benchmarks.columns.readers import Labelled
from benchmarks.columns.texts import MOST_CHARACTERS, choose, measured_on, shingles, tags
from ner_engine import Span

MEASURED = "The patient took two tablets of aspirin every single day for a week."


def corpus(folder: Path, *texts: str) -> Path:
    lines = (json.dumps({"text": text, "spans": []}) + "\n" for text in texts)
    (folder / "test.jsonl").write_text("".join(lines), "utf-8")
    return folder


def chosen(folder: Path, *texts: str, most: int = 10) -> tuple[set[str], int, int]:
    forbidden = measured_on([corpus(folder, MEASURED, "Nothing else was found.", "No pain.")])
    found = choose(
        (Labelled(text, ()) for text in texts), most=most, forbidden=forbidden, seen=set()
    )
    return {one.text for one in found.texts}, found.found, found.shared


@pytest.mark.parametrize(
    "text",
    [
        MEASURED,
        "On Monday THE PATIENT took two tablets -- of aspirin, every other hour.",  # eight words
        "nothing ELSE was found",  # a short sentence: all its words
    ],
)
def test_what_shares_words_with_a_measured_corpus_is_left_out(tmp_path: Path, text: str) -> None:
    assert chosen(tmp_path, text, "Fever.") == ({"Fever."}, 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "A patient took two tablets of aspirin every other hour.",  # seven words in a row
        "Nothing else was found in it.",  # more than the short sentence
        "No pain.",  # too short to be anybody's
    ],
)
def test_what_shares_less_is_taken(tmp_path: Path, text: str) -> None:
    assert chosen(tmp_path, text) == ({text}, 1, 0)


def test_no_sentence_is_taught_twice_whichever_corpus_it_comes_from() -> None:
    seen: set[str] = set()
    texts = [Labelled("Chest pain.", ()), Labelled("chest, pain", ())]
    first = choose(texts, most=5, forbidden=set(), seen=seen)
    second = choose(texts, most=5, forbidden=set(), seen=seen)
    assert [one.text for one in first.texts] == ["Chest pain."]
    assert second.texts == []


def test_no_more_than_the_most_and_nothing_too_long_or_without_words_is_taken(
    tmp_path: Path,
) -> None:
    texts = [f"Sentence {number}." for number in range(9)]
    taken, _, _ = chosen(tmp_path, *texts, "word " * MOST_CHARACTERS, "...", most=4)
    assert len(taken) == 4
    assert taken < set(texts)


def test_a_sample_is_the_same_each_time(tmp_path: Path) -> None:
    texts = [f"Sentence {number}." for number in range(9)]
    assert chosen(tmp_path, *texts, most=4) == chosen(tmp_path, *texts, most=4)


def test_runs_of_words_are_compared_without_case_and_signs() -> None:
    assert list(shingles("Nothing -- else was FOUND.")) == [("nothing", "else", "was", "found")]
    assert list(shingles("No pain.")) == []
    assert len(list(shingles(MEASURED))) == 13 - 8 + 1


def test_tokens_get_tags_and_of_overlapping_spans_the_first_and_longest_counts() -> None:
    tokens = [(0, 5), (6, 10), (11, 16)]
    spans = (Span(6, 10, "B"), Span(0, 10, "A"), Span(11, 14, "C"))
    assert tags(tokens, Labelled("chest pain fever", spans)) == ["B-A", "I-A", "B-C"]
