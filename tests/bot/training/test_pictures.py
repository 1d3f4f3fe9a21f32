"""Pictures: what is drawn, and what is said of it to who does not see it."""

import struct
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.models import ModelVersion
from bot.domain.runs import Model, Run, RunReason, RunState
from bot.engine.plotting import PictureProcess
from bot.models.score_history import scores_picture
from bot.slack.messenger import ALT_TEXT, Picture
from bot.training.views.pictures import run_pictures
from ner_engine.results import Confusion, CurvePoint, Evaluation, Score
from tests.support.patience import patient

NOW = datetime(2031, 5, 4, tzinfo=UTC)
EVALUATION = Evaluation(
    overall=Score(0.8, 0.8, 0.8, 20),
    per_label=(("DRUG", Score(1.0, 0.9, 0.95, 10)), ("PAIN", Score(0.7, 0.6, 0.65, 5))),
    interval=(0.7, 0.9),
    sentences=30,
    method="cross-validation",
    curve=(CurvePoint(10, 0.5, (0.4, 0.6)), CurvePoint(30, 0.8, (0.7, 0.9))),
    confusions=(
        Confusion("missed", "PAIN", None, 2),
        Confusion("label", "DRUG", "PAIN", 1),
        Confusion("boundary", "PAIN", "PAIN", 1),
        Confusion("spurious", None, "DRUG", 1),
    ),
)


def run(evaluation: Evaluation | None = EVALUATION) -> Run:
    return Run(
        1, 1, 7, RunState.SUCCEEDED, RunReason.COMMAND, "cnn", "U", "C", NOW, evaluation=evaluation
    )


def versions(count: int) -> list[ModelVersion]:
    model = [Model(1, n, (), NOW, EVALUATION) for n in range(count, 0, -1)]
    return [ModelVersion(each, each.version, "U", 30) for each in model]


def test_the_alt_texts_say_what_the_pictures_say() -> None:
    curve, confusion = run_pictures(run())
    assert "F1 is 50 after 10 sentences, then 80 after 30 sentences." in curve.alt
    assert "The last step brought 30 points" in curve.alt
    assert "DRUG 9 of 10 right; PAIN 3 of 5 right." in confusion.alt
    assert "2 times PAIN was not found; once DRUG was taken for PAIN" in confusion.alt
    scores = scores_picture(versions(3), live=2)
    assert "model 1 80, model 2 80 (live), model 3 80" in scores.alt


def test_every_mistake_stands_in_its_row_and_column() -> None:
    _, confusion = run_pictures(run())
    assert confusion.data == {
        "labels": ["DRUG", "PAIN"],
        "rows": [[9, 1, 0, 0], [0, 3, 1, 2], [1, 0, 0, 0]],
    }


def test_a_run_without_points_or_scores_has_no_pictures() -> None:
    assert run_pictures(run(None)) == ()
    alone = Evaluation(EVALUATION.overall, (), (0.7, 0.9), 30, "held-out")
    assert run_pictures(run(alone)) == ()


def test_alt_texts_stay_inside_slacks_limit() -> None:
    assert len(scores_picture(versions(200), live=None).alt) <= ALT_TEXT


async def test_every_kind_of_picture_is_drawn_wide_enough_for_a_phone(tmp_path: Path) -> None:
    """In a process of its own: matplotlib is never loaded here."""
    pictures: list[Picture] = [*run_pictures(run()), scores_picture(versions(30), live=30)]
    drawn = await PictureProcess(tmp_path / "matplotlib", within=patient(60)).draw(
        [p.to_json() for p in pictures]
    )
    assert len(drawn) == 3
    for png in drawn:
        assert png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", png[16:24])
        assert width == 1040
        assert height >= 700


async def test_with_nothing_to_draw_no_process_is_started(tmp_path: Path) -> None:
    assert await PictureProcess(tmp_path / "matplotlib", within=patient(60)).draw([]) == []
    assert not (tmp_path / "matplotlib").exists()
