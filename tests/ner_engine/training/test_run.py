"""A whole run in one process and in two."""

import os
import re
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.results import Progress
from ner_engine.settings import TrainingSettings
from ner_engine.training import cross_validation, folds
from ner_engine.training.folds import half_of_the_work
from ner_engine.training.fork import CAN_FORK
from ner_engine.training.plan import make_plan
from ner_engine.training.result import Result
from ner_engine.training.run import run_steps
from tests.ner_engine.data import make_gold

GOLD = make_gold(5)
SETTINGS = TrainingSettings(steps=30)

two_processes = pytest.mark.skipif(not CAN_FORK, reason="only Linux makes copies")


def trained(folder: Path, *, processes: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What a run found, and its model's files, without the time they were made."""
    encoder = encoder_for(SETTINGS)
    assert encoder
    encoder.forget()  # a training is a process of its own
    *_, result = run_steps(
        GOLD, SETTINGS, target=folder, store=VectorStore(folder.parent / "v"), processes=processes
    )
    assert isinstance(result, Result)
    files = {
        path.relative_to(folder).as_posix(): re.sub(
            rb'"created\w*": [^,\n]*', b"", path.read_bytes()
        )
        for path in folder.rglob("*")
        if path.is_file()
    }
    return result.to_json(), files


@two_processes
def test_two_processes_find_and_save_what_one_does(tmp_path: Path) -> None:
    assert trained(tmp_path / "2", processes=2) == trained(tmp_path / "1", processes=1)


@two_processes
def test_what_a_killed_copy_did_not_make_is_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = trained(tmp_path / "1", processes=1)
    here, steps = os.getpid(), cross_validation.fold_model_steps
    made = list[int]()

    def dying(*arguments: Any) -> Iterator[Any]:
        made.append(1)
        if os.getpid() != here and len(made) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return steps(*arguments)

    monkeypatch.setattr(folds, "fold_model_steps", dying)
    assert trained(tmp_path / "2", processes=2) == expected
    assert len(made) == len(make_plan(GOLD).models) - 1


@two_processes
def test_an_error_in_the_copy_is_raised_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Iterator[Any]:
        raise ZeroDivisionError

    monkeypatch.setattr(folds, "fold_model_steps", failing)
    with pytest.raises(ZeroDivisionError):
        trained(tmp_path / "2", processes=2)
    assert not (tmp_path / "2").exists()


@two_processes
def test_progress_of_two_processes_goes_up_to_the_end_and_tells_one_stage_after_the_other(
    tmp_path: Path,
) -> None:
    values = run_steps(GOLD, SETTINGS, target=tmp_path / "1", processes=2)
    told = [value for value in values if isinstance(value, Progress)]
    assert [value.done for value in told] == sorted(value.done for value in told)
    assert told[-1].done == 1
    changes = [a.stage for a, b in pairwise(told) if a.stage != b.stage]
    assert len(changes) == len(set(changes))


@pytest.mark.parametrize("copies", [2, 8, 60, 300])
def test_the_copy_makes_half_to_within_one_model_or_all_where_the_final_one_is_more(
    copies: int,
) -> None:
    gold, settings = make_gold(copies), TrainingSettings()
    plan = make_plan(gold)
    works = [model.steps(settings) for _, model in plan.models]
    theirs = sum(works[: half_of_the_work(plan, settings, len(gold))])
    ours = sum(works) - theirs + settings.steps_for(len(gold)) * settings.recipe.members
    assert abs(theirs - ours) <= max(works) or (theirs == sum(works) and theirs < ours)
