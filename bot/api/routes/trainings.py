"""Trainings: start one, look at them, and follow one to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from bot.api.idempotency import WriterOf
from bot.api.pages import SIZE, After, Limit, Number, cursor, place_of
from bot.api.problems import Problem
from bot.api.schemas.trainings import TrainingIn, TrainingOut, TrainingsOut
from bot.api.service import project_of
from bot.api.tools import CallerOf, Tools, ToolsOf, needs
from bot.api.values import Scope
from bot.db.records.runs import Runs
from bot.domain.project import Caller
from bot.domain.runs import ACTIVE_STATES, Run
from bot.errors import NotFound, NotUnderstood
from bot.training.commands import CancelTraining, RunActive, StartTraining
from ner_engine.recipes import RECIPES

router = APIRouter(tags=["trainings"])

LOOKED_SECONDS = 0.5
"""How often a training that is followed is looked at."""
ALIVE_SECONDS = 15.0
"""After so long without news a comment shows proxies that somebody is still there."""


@router.post("/trainings", status_code=201, dependencies=[needs(Scope.TRAIN)])
async def start_training(
    caller: WriterOf, tools: ToolsOf, response: Response, asked: TrainingIn | None = None
) -> TrainingOut:
    """Start a training; where one is on its way already, 409 names it. The token's person is told how it ends, too."""
    wanted = asked or TrainingIn()
    if wanted.preset is not None and wanted.preset not in RECIPES:
        raise NotUnderstood(f"There is no such preset. There are: {', '.join(RECIPES)}.")
    command = StartTraining(wanted.preset, with_unfinished=wanted.with_unfinished)
    begun = await tools.training.start(caller, command)
    if isinstance(begun, RunActive):
        raise Problem(
            409,
            "training-active",
            f"Training {begun.run.number} is on its way already. Follow it at "
            f"/api/v1/trainings/{begun.run.number}/events.",
            training=begun.run.number,
        )
    response.headers["Location"] = f"/api/v1/trainings/{begun.run.number}"
    return _training(begun.run)


@router.get("/trainings", dependencies=[needs(Scope.READ)])
async def list_trainings(
    caller: CallerOf, tools: ToolsOf, after: After = None, limit: Limit = SIZE
) -> TrainingsOut:
    """List the trainings, newest first."""
    project = await project_of(tools, caller)
    place = place_of(after)
    async with tools.store.reading(caller.workspace) as tx:
        up_to = None if place is None else place - 1
        found = await Runs(tx).page(project.id, size=limit + 1, up_to=up_to)
    page = found[:limit]
    return TrainingsOut(
        trainings=[_training(each) for each in page],
        after=cursor(page[-1].number) if len(found) > limit else None,
    )


@router.get("/trainings/{number}", dependencies=[needs(Scope.READ)])
async def get_training(number: Number, caller: CallerOf, tools: ToolsOf) -> TrainingOut:
    """Get one training as it is now."""
    return _training(await _run(tools, caller, number))


@router.post("/trainings/{number}/cancel", dependencies=[needs(Scope.TRAIN)])
async def cancel_training(number: Number, caller: WriterOf, tools: ToolsOf) -> TrainingOut:
    """Cancel a training. That of somebody else only an owner can."""
    run = await _run(tools, caller, number)
    return _training((await tools.training.cancel(caller, CancelTraining(run.id))).run)


@router.get(
    "/trainings/{number}/events",
    dependencies=[needs(Scope.READ)],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`event: progress` whenever it has changed, `event: ended` once; each with the training as "
            "`data`.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def watch_training(number: Number, caller: CallerOf, tools: ToolsOf) -> StreamingResponse:
    """Follow a training to its end, by server-sent events. Asked again, it goes on with how it is then."""
    await _run(tools, caller, number)
    return StreamingResponse(_events(tools, caller, number), media_type="text/event-stream")


async def _events(tools: Tools, caller: Caller, number: int) -> AsyncIterator[str]:
    told: TrainingOut | None = None
    quiet = 0.0
    while not tools.stopping.is_set():
        run = await _run(tools, caller, number)
        now = _training(run)
        if run.state not in ACTIVE_STATES:
            yield _event("ended", now)
            return
        if now != told:
            yield _event("progress", now)
            told, quiet = now, 0.0
        elif quiet >= ALIVE_SECONDS:
            yield ": still here\n\n"
            quiet = 0.0
        quiet += LOOKED_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKED_SECONDS):
                await tools.stopping.wait()


def _event(kind: str, training: TrainingOut) -> str:
    return f"event: {kind}\ndata: {training.model_dump_json()}\n\n"


async def _run(tools: Tools, caller: Caller, number: int) -> Run:
    """A training of the token's project by its number; raises NotFound."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        found = await Runs(tx).page(project.id, size=1, up_to=number)
    if not found or found[0].number != number:
        raise NotFound(f"There is no training {number} in this project.")
    return found[0]


def _training(run: Run) -> TrainingOut:
    progress = run.progress if run.state in ACTIVE_STATES else None
    so_far = progress.f if progress else None
    return TrainingOut(
        number=run.number,
        state=run.state.value,
        reason=run.reason.value,
        preset=run.preset,
        sentences=run.sentences,
        stage=progress.stage if progress else None,
        done=progress.done if progress else None,
        f1=run.evaluation.overall.f1 if run.evaluation else so_far,
        model=run.version,
        went_live=run.went_live,
        failure=run.failure,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )
