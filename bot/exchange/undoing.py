"""An import undone as a whole: what nobody has worked with since goes, what somebody has worked with stays."""

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.errors import NotFound, NothingToDo
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.repositories.taking_back import TakenBack
from bot.exchange.storing import Place
from bot.exchange.values import NEW, ImportRun, ImportState, Undone
from bot.labelling.repositories.steps import Steps

_AT_ONCE = 300


async def undo_import(store: Store, place: Place, number: int) -> Undone:
    """Take an import back, in portions; cut off, it goes on when it is asked for again.

    Raises NotFound, NothingToDo.
    """
    async with store.writing(place.workspace) as tx:
        run = await _begin(tx, place, number)
    removed = taken_back = kept = 0
    while True:
        async with store.writing(place.workspace, alone=True) as tx:
            more = await _some(tx, place, run)
            if more is None:
                await _end(tx, place, run)
                break
        removed, taken_back, kept = removed + more[0], taken_back + more[1], kept + more[2]
    return Undone(run, removed, taken_back, kept)


async def _begin(tx: Transaction, place: Place, number: int) -> ImportRun:
    run = await ImportRuns(tx).get(place.project_id, number)
    if run is None:
        raise NotFound(f"There is no import {number} in this project.")
    if run.state is ImportState.UNDONE:
        raise NothingToDo(f"Import {number} has already been undone.")
    await ImportRuns(tx).turn(place.project_id, number, ImportState.UNDOING)
    return run


async def _some(tx: Transaction, place: Place, run: ImportRun) -> tuple[int, int, int] | None:
    """How many sentences went, annotations were undone and sentences stay; None where nothing is left."""
    back = TakenBack(tx)
    places, ids = await back.some(place.project_id, run.id, many=_AT_ONCE)
    if not places:
        return None
    gone = await back.untouched(place.project_id, run.id, ids)
    await back.remove(place.project_id, gone)
    steps, taken_back = Steps(tx), 0
    for event_id in await back.steps(place.project_id, run.id, ids - gone):
        step = await steps.step(place.project_id, event_id)
        if step is not None and await steps.still_stands(place.project_id, step):
            await steps.undo(
                place.project_id, step, request=f"undo import:{run.id}", by=place.person
            )
            taken_back += 1
    await back.drop_places(place.project_id, run.id, places)
    return len(gone), taken_back, len(ids - gone)


async def _end(tx: Transaction, place: Place, run: ImportRun) -> None:
    runs = ImportRuns(tx)
    await runs.turn(place.project_id, run.id, ImportState.UNDONE)
    line = await TakenBack(tx).line(place.project_id, run.id)
    if line is not None:
        sentences = run.counts.get(NEW, 0)
        await runs.note(
            place.project_id, run, sentences=sentences, person=place.person, undoes=line
        )
