import os
from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.halves import Halves
from ner_engine.encoder.vector_store import VectorStore, text_name, vector_name


def vectors(number: int = 1) -> Halves:
    return np.full((3, 4), number, dtype=np.float16)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    VectorStore(tmp_path).write("abcd", vectors())
    read = VectorStore(tmp_path).read("abcd")
    assert read is not None
    assert np.array_equal(read, vectors())


def test_what_is_not_there_is_not_read(tmp_path: Path) -> None:
    assert VectorStore(tmp_path / "none").read("abcd") is None


@pytest.mark.parametrize("content", [b"", b"junk", b"\x93NUMPY\x01\x00"])
def test_what_cannot_be_read_is_as_if_it_were_not_there(tmp_path: Path, content: bytes) -> None:
    store = VectorStore(tmp_path)
    store.write("abcd", vectors())
    (tmp_path / "ab" / "cd").write_bytes(content)
    assert store.read("abcd") is None


def test_half_a_file_is_not_read(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.write("abcd", vectors())
    path = tmp_path / "ab" / "cd"
    path.write_bytes(path.read_bytes()[:-3])
    assert store.read("abcd") is None


def test_vectors_with_a_flipped_bit_are_not_used(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.write("abcd", vectors())
    path = tmp_path / "ab" / "cd"
    content = path.read_bytes()
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        path.write_bytes(flipped)
        assert store.read("abcd") is None, position


def test_vectors_under_the_name_of_others_are_not_used(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.write("abcd", vectors())
    (tmp_path / "ab" / "cd").rename(tmp_path / "ab" / "ce")
    assert store.read("abce") is None


def test_vectors_of_before_the_checksum_are_computed_again(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    with (tmp_path / "ab" / "cd").open("wb") as file:
        np.save(file, vectors())
    assert VectorStore(tmp_path).read("abcd") is None


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    VectorStore(tmp_path).write("abcd", vectors())
    assert (tmp_path / "ab" / "cd").stat().st_mode & 0o077 == 0


def test_a_full_store_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    for number in range(5):
        VectorStore(tmp_path).write(f"ab{number}", vectors(number))
        os.utime(tmp_path / "ab" / str(number), (number, number))
    store = VectorStore(tmp_path, limit=700)
    store.read("ab0")  # used just now
    store.prune()
    assert [number for number in range(5) if store.read(f"ab{number}") is not None] == [0, 3, 4]


def test_a_store_stays_near_its_limit_while_it_is_filled(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, limit=2_000)
    for number in range(60):
        store.write(f"ab{number:02}", vectors(number))
        assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) < 1.3 * 2_000


def test_a_store_within_its_limit_keeps_all(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.write("abcd", vectors())
    store.prune()
    assert store.read("abcd") is not None


def test_all_vectors_of_a_text_are_forgotten_and_those_of_others_stay(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    of_one_text = [vector_name("secret", identity) for identity in ("MiniLM", "MPNet")]
    kept = vector_name("other", "MiniLM")
    for name in (*of_one_text, kept):
        store.write(name, vectors())
    store.forget([text_name("secret")])
    assert [store.read(name) is None for name in (*of_one_text, kept)] == [True, True, False]
    assert len(list(tmp_path.glob("*/*"))) == 1


def test_whose_vectors_nobody_can_say_go_with_the_first_that_are_forgotten(tmp_path: Path) -> None:
    """Up to 0.1 a file's name said what was encoded, but not of which text it was."""
    store = VectorStore(tmp_path)
    store.write("ab" + "0" * 62, vectors())
    store.forget([text_name("secret")])
    assert list(tmp_path.glob("*/*")) == []


def test_a_store_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    VectorStore(tmp_path / "file").write("abcd", vectors())
