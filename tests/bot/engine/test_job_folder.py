"""The folder of a training: its files hold what it learns from, and writing them takes no memory."""

import json
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.project import Gold, Sentence
from bot.domain.runs import TrainingJob
from bot.engine.job_folder import write_gold, write_head, write_unlabelled
from bot.engine.protocol import as_learned
from ner_engine.annotation import AnnotatedText, Span
from ner_engine.formats.fingerprint import fingerprint
from ner_engine.formats.json_lines import parse_line
from ner_engine.settings import TrainingSettings
from tests.bot.invariants import unhurried

GOLD = (
    Gold(Sentence(1, "Chest pain\u2028and 👩‍⚕️ “fever”."), (Span(0, 10, "SYMPTOM"),)),
    Gold(Sentence(2, "Nothing here."), (), finished=False),
)
JOB = TrainingJob(5, 1, "cnn", 42, live_version=7)


async def pages(*gold: Gold, size: int = 1) -> AsyncIterator[Sequence[Gold]]:
    for start in range(0, len(gold), size):
        yield gold[start : start + size]


async def write(folder: Path, *gold: Gold) -> list[AnnotatedText]:
    await write_gold(folder, pages(*gold))
    lines = (folder / "gold.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    return [parse_line(json.loads(line)) for line in lines]


async def test_the_gold_comes_back_as_it_went(tmp_path: Path) -> None:
    assert await write(tmp_path / "1", *GOLD) == [
        AnnotatedText(item.sentence.text, item.spans, item.finished) for item in GOLD
    ]


async def test_what_is_written_is_counted_and_hashed_on_the_way(tmp_path: Path) -> None:
    learned = await write_gold(tmp_path / "1", pages(*GOLD))
    assert learned.finished == 1
    assert learned.fingerprint == fingerprint([as_learned(item) for item in GOLD])
    assert (tmp_path / "1" / "sentence_ids.txt").read_text() == "1\n2\n"


async def test_the_sentences_of_one_message_go_to_a_training_as_one_group(tmp_path: Path) -> None:
    link = "https://example.slack.com/archives/C1/p1"
    gold = (Gold(Sentence(n, f"Number {n}.", permalink=link), ()) for n in (1, 2))
    assert [text.group for text in await write(tmp_path / "1", *gold)] == [link, link]


any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50).filter(
    lambda text: text.strip() == text
)


@unhurried
@given(texts=st.lists(any_text, max_size=5))
async def test_every_text_fills_one_line_of_the_gold(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    gold = (Gold(Sentence(1, text), (Span(0, len(text), "X"),)) for text in texts)
    found = await write(tmp_path_factory.mktemp("jobs") / "1", *gold)
    assert [each.text for each in found] == texts


async def test_sentences_that_nobody_labelled_are_written_beside_the_gold(tmp_path: Path) -> None:
    await write_gold(tmp_path / "1", pages(*GOLD))
    texts = ["First\u2028line.", "Second."]
    write_unlabelled(tmp_path / "1", texts)
    lines = (tmp_path / "1" / "unlabelled.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    assert [parse_line(json.loads(line)).text for line in lines] == texts


def test_the_head_names_settings_and_live_model(tmp_path: Path) -> None:
    write_head(tmp_path, JOB, Path("models/1/7"), Path("vectors"))
    head = json.loads((tmp_path / "job.json").read_text())
    assert TrainingSettings.from_json(head["settings"]) == TrainingSettings(preset="cnn", seed=42)
    assert (head["live_model"], head["live_version"]) == ("models/1/7", 7)
    assert head["vectors"] == "vectors"


def test_there_may_be_no_live_model(tmp_path: Path) -> None:
    write_head(tmp_path, JOB, None, Path("vectors"))
    assert json.loads((tmp_path / "job.json").read_text())["live_model"] is None


async def test_a_folder_whose_writing_fails_holds_no_sentence(tmp_path: Path) -> None:
    async def failing() -> AsyncIterator[Sequence[Gold]]:
        yield GOLD
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 whatever it says
        await write_gold(tmp_path / "1", failing())
    assert not (tmp_path / "1").exists()


async def test_ten_times_as_many_sentences_take_no_more_memory(tmp_path: Path) -> None:
    """Kept in memory, 9,000 more would take some 6 MB."""

    async def many(number: int) -> AsyncIterator[Sequence[Gold]]:
        for start in range(0, number, 200):
            texts = (f"Sentence number {start + n}, with an ache." for n in range(200))
            yield [Gold(Sentence(1, text), (Span(0, 8, "X"),)) for text in texts]

    peaks = []
    for number in (1_000, 10_000):
        tracemalloc.start()
        await write_gold(tmp_path / "1", many(number))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 500_000
