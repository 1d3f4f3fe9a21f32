"""Other people's corpora as they are written, and what is read from them."""

import json
from collections.abc import Sequence

import pytest

from benchmarks.columns.readers import (
    Labelled,
    Reader,
    columns,
    gum,
    joined,
    litbank,
    luis,
    music,
    recipes,
    slots,
    snips,
    stack_overflow,
)

Entities = list[tuple[str, str]]


def entities(one: Labelled) -> Entities:
    return [(one.text[span.start : span.end], span.label) for span in one.spans]


def read(reader: Reader, content: str) -> list[tuple[str, Entities]]:
    return [(one.text, entities(one)) for one in reader(content)]


@pytest.mark.parametrize(
    ("tagged", "text", "found"),
    [
        ("He/O has/O chest/B-S pain/I-S ./O", "He has chest pain.", [("chest pain", "S")]),
        ("pain/B-S fever/B-S", "pain fever", [("pain", "S"), ("fever", "S")]),
        ("chest/I-S pain/I-S", "chest pain", [("chest pain", "S")]),
        ("Ann/B-P Bonn/I-C", "Ann Bonn", [("Ann", "P"), ("Bonn", "C")]),
        ("pain/B-S and/O fever/I-S", "pain and fever", [("pain", "S"), ("fever", "S")]),
        ('She/O said/O "/O no/B-X "/O ./O', 'She said "no".', [("no", "X")]),
        ("(/O two/B-N )/O is/O n't/O", "(two) isn't", [("two", "N")]),
    ],
)
def test_tokens_are_joined_into_a_text_with_the_entities_of_their_tags(
    tagged: str, text: str, found: Entities
) -> None:
    cells = [tuple(word.rsplit("/", 1)) for word in tagged.split()]
    [one] = joined([(word, tag) for word, tag in cells])
    assert (one.text, entities(one)) == (text, found)


def test_no_tokens_are_no_text() -> None:
    assert list(joined([])) == []


def test_columns_are_sentences_between_blank_lines_without_borders_of_documents() -> None:
    content = "-DOCSTART- O\n\nBonn NNP B-C\nis VBZ O\n\n\nDr. NNP B-P\nAda NNP I-P\n"
    assert read(columns(), content) == [
        ("Bonn is", [("Bonn", "C")]),
        ("Dr. Ada", [("Dr. Ada", "P")]),
    ]


def test_columns_that_are_chosen_are_read() -> None:
    assert read(columns(word=1, tag=0), "B-C Bonn x\nO is x\n") == [("Bonn is", [("Bonn", "C")])]


def test_litbank_gives_the_outermost_layer() -> None:
    content = "her\tB-PER\tO\nsister\tI-PER\tB-PER\n"
    assert read(litbank, content) == [("her sister", [("her sister", "PER")])]


def test_bars_in_requests_for_music_are_no_words() -> None:
    assert read(music, "play O\n|\tO\nABBA B-Artist\n".replace(" ", "\t")) == [
        ("play ABBA", [("ABBA", "Artist")])
    ]


def test_numbers_and_addresses_of_questions_are_left_out() -> None:
    content = "Question_ID O\n: O\n\nuse O\nnumpy B-Library\n   \nAnswer_URL O\n"
    assert read(stack_overflow, content) == [("use numpy", [("numpy", "Library")])]


def test_pieces_of_a_request_are_joined_as_they_are() -> None:
    data = [
        {"text": "play "},
        {"text": "Hey Jude", "entity": "track"},
        {"text": " ", "entity": "x"},
    ]
    assert read(snips, json.dumps({"PlayMusic": [{"data": data}]})) == [
        ("play Hey Jude ", [("Hey Jude", "track")])
    ]


def test_slots_without_a_place_are_passed_over_and_a_missing_start_is_the_first_letter() -> None:
    turns = [
        {"userInput": {"text": "six at ten"}, "labels": [
            {"slot": "people", "valueSpan": {"endIndex": 3}},
            {"slot": "time", "valueSpan": {"startIndex": 7, "endIndex": 10}},
            {"slot": "name", "valueSpan": {}},
        ]},
        {"userInput": {"text": "hello"}},
    ]  # fmt: skip
    assert read(slots, json.dumps(turns)) == [
        ("six at ten", [("six", "people"), ("ten", "time")]),
        ("hello", []),
    ]


def test_the_last_character_of_an_entity_belongs_to_it() -> None:
    entity = {"entity": "alarm::time", "startPos": 8, "endPos": 10}
    content = json.dumps({"utterances": [{"text": "wake at ten", "entities": [entity]}]})
    assert read(luis, content) == [("wake at ten", [("ten", "time")])]


def test_each_line_of_a_list_of_ingredients_is_a_text_with_its_own_offsets() -> None:
    found = [
        {"start": 0, "end": 1, "type": "QUANTITY"},
        {"start": 9, "end": 13, "type": "FOOD"},
        {"start": 5, "end": 13, "type": "ACROSS"},
    ]
    cells: Sequence[str] = ["2 eggs\na pear", json.dumps(found).replace('"', '""')]
    content = "ingredients,ingredients_entities\n" + ",".join(f'"{cell}"' for cell in cells)
    assert read(recipes, content) == [
        ("2 eggs", [("2", "QUANTITY")]),
        ("a pear", [("pear", "FOOD")]),
    ]


def test_the_innermost_entity_of_webannos_columns_is_read() -> None:
    rows = [
        "1-1\t0-3\tthe\tperson[1]",
        "1-2\t4-9\tking\tperson[1]",
        "1-3\t9-11\tof\t_",
        "1-4\t12-18\tFrance\tperson[1]|place[2]",
    ]
    content = "#FORMAT=WebAnno TSV 3.2\n\n#Text=the king of France\n" + "\n".join(rows)
    assert read(gum, content) == [
        ("the king of France", [("the king", "person"), ("France", "place")])
    ]
