"""Vectors in a file without a name."""

from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder import frozen_encoder
from ner_engine.encoder.frozen_encoder import FrozenEncoder, encoder_for
from ner_engine.encoder.halves import Halves
from ner_engine.encoder.scratch import Scratch
from ner_engine.settings import TrainingSettings
from ner_engine.training.fork import CAN_FORK, forked
from ner_engine.training.loop import feature_steps
from tests.ner_engine.data import make_gold

ROWS = np.arange(6, dtype=np.float16).reshape(2, 3)

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="only Linux makes copies")


def is_kept(scratch: Scratch, key: str, rows: Halves) -> bool:
    found = scratch.read(key)
    return found is not None and np.array_equal(found, rows)


def test_a_copy_of_the_process_reads_and_does_not_write(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, 3)
    scratch.write("a", ROWS)

    def copy() -> list[bool]:
        scratch.write("b", ROWS + 1)
        return [is_kept(scratch, "a", ROWS), scratch.read("b") is None]

    with forked(copy) as fork:
        assert list(fork.rest()) == [True, True]
    scratch.write("c", ROWS + 2)
    assert is_kept(scratch, "c", ROWS + 2)


def test_a_copy_computes_nothing_again_where_memory_has_no_room_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Though it drops from memory what the first process had not put in the file by itself."""
    gold, settings = make_gold(3), TrainingSettings()
    encoder = encoder_for(settings)
    assert encoder
    encoder.forget()
    monkeypatch.setattr(frozen_encoder, "CACHE_BYTES", 100_000)
    wanted = list[object]()
    remember = FrozenEncoder.remember

    def noting(self: FrozenEncoder, text: object, halves: object) -> None:
        wanted.append(text)
        remember(self, text, halves)  # type: ignore[arg-type]

    monkeypatch.setattr(FrozenEncoder, "remember", noting)
    list(feature_steps(gold, settings))
    monkeypatch.undo()
    monkeypatch.setattr(frozen_encoder, "CACHE_BYTES", 100_000)
    computed = list[object]()
    monkeypatch.setattr(FrozenEncoder, "read", lambda _self, text: computed.append(text))

    def twice() -> list[int]:
        for text in [*wanted, *wanted]:
            encoder.halves(text, remember=True)  # type: ignore[arg-type]
        return [len(computed)]

    with forked(twice) as fork:
        assert list(fork.rest()) == [0]
    encoder.forget()
