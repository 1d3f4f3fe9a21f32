"""Rich values of the answers to /train that are kept for a second delivery."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.digests.commands import Digest, DigestRemoved, DigestSet
from bot.domain.runs import Run, RunReason, RunState
from bot.training.commands import (
    AutoTraining,
    AutoTrainingRemoved,
    AutoTrainingSet,
    RunActive,
    RunCancelled,
    RunStarted,
    Schedule,
    ScheduleRemoved,
    ScheduleSet,
    Whereabouts,
)
from ner_engine.results import Evaluation, Progress

TrainAnswer = (
    RunStarted
    | RunActive
    | RunCancelled
    | ScheduleSet
    | ScheduleRemoved
    | AutoTrainingSet
    | AutoTrainingRemoved
    | DigestSet
    | DigestRemoved
)


def train_answers(
    at: datetime, progress: Progress, evaluations: Sequence[Evaluation]
) -> Sequence[TrainAnswer]:
    """Every class, field and word."""
    run = Run(
        id=12,
        project_id=3,
        number=4,
        state=RunState.RUNNING,
        reason=RunReason.RETRY,
        preset="cnn",
        person="U1",
        channel="C1",
        created_at=at,
        seed=5,
        attempt=2,
        retry_of=11,
        sentences=40,
        message="17.5",
        message_channel="D1",
        progress=progress,
        evaluation=evaluations[0],
        failure="why",
        version=6,
        went_live=True,
        with_unfinished=True,
        started_at=at,
        finished_at=at,
        waits_for=1,
        fingerprint="hash",
        cancelled_by="U2",
    )
    plain = replace(run, evaluation=None)
    schedule = Schedule(2, 3, "0 3 * * *", "Europe/Berlin", "every day at 03:00", "U1", "C1", at)
    auto = AutoTraining(2, 3, 50, 10, "U1", "C1", 20)
    digest = Digest(2, "C1", "U1", "0 9 * * *", "UTC", "every day at 09:00", at, at)
    return [
        *(RunStarted(run, where) for where in Whereabouts),
        *(RunActive(replace(plain, state=state)) for state in RunState),
        *(RunActive(replace(plain, reason=reason)) for reason in RunReason),
        *(RunCancelled(replace(run, evaluation=each)) for each in evaluations),
        ScheduleSet(schedule),
        ScheduleSet(schedule, assumed=True),
        ScheduleRemoved(schedule),
        AutoTrainingSet(auto),
        AutoTrainingRemoved(auto),
        DigestSet(digest),
        DigestSet(digest, assumed=True),
        DigestRemoved(digest),
    ]
