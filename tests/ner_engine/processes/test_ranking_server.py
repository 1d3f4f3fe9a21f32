"""What to label next, as a process says it."""

import json
import subprocess
import sys
from typing import Any

import pytest

from ner_engine.annotation import MAX_TEXT
from ner_engine.prediction.predictor import load_model
from ner_engine.processes.ranking_server import Ranking
from ner_engine.selection import rank
from tests.ner_engine.conftest import SavedModel
from tests.support.patience import patient

TEXTS = ["She takes aspirin for fever.", "He rests.", "Cough, codeine, chest pain and nausea."]


def ask(ranking: Ranking, **request: Any) -> dict[str, Any]:
    return ranking.answer(json.dumps(request))


def test_sentences_are_scored_as_the_model_predicts_them(encoder_model: SavedModel) -> None:
    model = str(encoder_model.directory)
    told = ask(Ranking(), do="score", model=model, ids=[3, 1, 2], texts=TEXTS)
    found = load_model(encoder_model.directory).read(TEXTS)
    expected = [prediction.uncertainty for prediction in found]
    assert told == {"uncertainties": pytest.approx(expected, abs=1e-5)}


def test_the_order_is_that_of_the_selection_in_pages(encoder_model: SavedModel) -> None:
    ranking = Ranking()
    known = {number: (number * 7 % 10) / 10 for number in range(1, 11)}
    ask(ranking, do="know", ids=list(known), uncertainties=list(known.values()))
    pages = [ask(ranking, do="rank", share=0.25, seed=5, start=at, size=4) for at in (0, 4, 8, 12)]
    places = rank(list(known.values()), random_share=0.25, seed=5)
    assert [page["ids"] for page in pages] == [
        [place + 1 for place in places][at : at + 4] for at in (0, 4, 8, 12)
    ]


def test_what_was_scored_is_known(encoder_model: SavedModel) -> None:
    ranking = Ranking()
    model = str(encoder_model.directory)
    ask(ranking, do="know", ids=[9], uncertainties=[99.0])
    ask(ranking, do="score", model=model, ids=[3, 1, 2], texts=TEXTS)
    told = ask(ranking, do="rank", share=0, seed=0, start=0, size=9)
    assert (told["ids"][0], sorted(told["ids"])) == (9, [1, 2, 3, 9])


def test_a_text_the_model_cannot_bear_does_not_keep_the_others_from_their_scores(
    encoder_model: SavedModel,
) -> None:
    model = str(encoder_model.directory)
    texts = [TEXTS[0], "x" * (MAX_TEXT + 1)]
    told = ask(Ranking(), do="score", model=model, ids=[1, 2], texts=texts)
    assert told["uncertainties"][0] > 0
    assert told["uncertainties"][1] == 0


def test_a_first_batch_stands_for_all_the_others() -> None:
    kinds = (
        "The weather in {} is sunny today.",
        "Patient {} complains of severe chest pain.",
        "The court of {} dismissed the appeal.",
    )
    texts = [kind.format(name) for kind in kinds for name in ("Bonn", "Oslo", "Rome", "Lima")]
    chosen = ask(Ranking(), do="diverse", texts=texts, count=3, seed=0)["chosen"]
    assert {number // 4 for number in chosen} == {0, 1, 2}


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "null", '{"do": "fly"}', '{"do": "score", "model": "/no"}']
)
def test_what_cannot_be_read_is_answered_with_an_error(line: str) -> None:
    assert Ranking().answer(line)["error"]


def test_the_process_answers_line_by_line_gives_way_and_ends_with_its_stdin() -> None:
    requests = [
        {"do": "know", "ids": [1, 2], "uncertainties": [0.1, 0.2]},
        {"do": "rank", "share": 0, "seed": 0, "start": 0, "size": 2},
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "ner_engine.processes.ranking_server", "--nice", "1"],
        input="".join(json.dumps(request) + "\n" for request in requests),
        capture_output=True,
        text=True,
        check=True,
        timeout=patient(60),
    )
    assert [json.loads(line) for line in ran.stdout.splitlines()] == [
        {"known": 2},
        {"ids": [2, 1]},
    ]
