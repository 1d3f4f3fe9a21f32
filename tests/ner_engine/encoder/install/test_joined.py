import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.encoder.install.joined import JoinedParts

CONTENT = bytes(range(256)) * 4
CUTS = (0, 100, 101, 700, len(CONTENT))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    folder, made = tmp_path_factory.mktemp("parts"), []
    for number, (start, end) in enumerate(pairwise(CUTS)):
        path = folder / f"{number}.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr("part", CONTENT[start:end])
        made.append((path, "part"))
    return made


def test_the_parts_read_as_the_file_they_were_cut_from(parts: list[tuple[Path, str]]) -> None:
    with io.BufferedReader(JoinedParts(parts)) as joined:
        assert joined.read() == CONTENT


@given(steps=st.lists(st.tuples(st.integers(0, 1100), st.integers(0, 400)), max_size=6))
def test_any_place_can_be_read_in_any_order(
    parts: list[tuple[Path, str]], steps: list[tuple[int, int]]
) -> None:
    with io.BufferedReader(JoinedParts(parts), 16) as joined:
        for place, count in steps:
            joined.seek(place)
            assert joined.read(count) == CONTENT[place : place + count]


def test_it_can_be_read_from_its_end(parts: list[tuple[Path, str]]) -> None:
    with io.BufferedReader(JoinedParts(parts)) as joined:
        joined.seek(-300, io.SEEK_END)
        assert joined.read(50) == CONTENT[-300:-250]
        joined.seek(10, io.SEEK_CUR)
        assert joined.read() == CONTENT[-240:]
