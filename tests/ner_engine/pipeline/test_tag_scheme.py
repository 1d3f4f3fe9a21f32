import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.pipeline.tag_scheme import TagScheme

SCHEME = TagScheme(("DRUG", "SYMPTOM"))


def path_of(*tags: str) -> "np.typing.NDArray[np.intp]":
    return np.array([SCHEME.index[tag] for tag in tags], dtype=np.intp)


def test_every_label_has_four_tags_beside_outside() -> None:
    assert SCHEME.tags[:5] == ("O", "B-DRUG", "I-DRUG", "L-DRUG", "U-DRUG")
    assert len(SCHEME.tags) == 9


def test_an_entity_goes_on_with_its_own_label_until_it_ends() -> None:
    after = {
        SCHEME.tags[number]
        for number in np.flatnonzero(SCHEME.grammar.follows[SCHEME.index["B-DRUG"]])
    }
    assert after == {"I-DRUG", "L-DRUG"}


def test_a_text_neither_begins_nor_ends_inside_an_entity() -> None:
    begins = {
        tag for tag, is_first in zip(SCHEME.tags, SCHEME.grammar.first, strict=True) if is_first
    }
    ends = {tag for tag, is_last in zip(SCHEME.tags, SCHEME.grammar.last, strict=True) if is_last}
    assert {tag[0] for tag in begins} == set("BUO")
    assert {tag[0] for tag in ends} == set("LUO")


def test_entities_are_read_off_a_path() -> None:
    path = path_of("O", "B-DRUG", "L-DRUG", "U-SYMPTOM", "O")
    assert list(SCHEME.entities(path)) == [(1, 3, "DRUG"), (3, 4, "SYMPTOM")]


@given(st.integers(0, 5), st.integers(1, 6), st.sampled_from(SCHEME.labels))
def test_the_path_of_an_entity_is_that_entity_again(start: int, length: int, label: str) -> None:
    outside = [0] * start
    path = np.array([*outside, *SCHEME.path(start, start + length, label)])
    assert list(SCHEME.entities(path)) == [(start, start + length, label)]
    assert all(SCHEME.grammar.follows[pair] for pair in itertools.pairwise(path))


def test_a_label_that_is_not_known_has_no_path() -> None:
    assert SCHEME.path(0, 2, "DISEASE") == []


def test_a_missing_tag_may_be_any() -> None:
    mask = SCHEME.mask(["U-DRUG", None])
    assert mask.sum(axis=1).tolist() == [1, 9]
    assert mask[0, SCHEME.index["U-DRUG"]]
