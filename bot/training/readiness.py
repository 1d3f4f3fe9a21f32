"""What a training needs: a project, enough to learn from, and a preset; and what it would learn from, in one hash."""

import asyncio
from collections.abc import Sequence

from bot.db.database import Store
from bot.db.records.gold import GoldPages
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.project import Caller, Gold, Project, ProjectCounts
from bot.domain.runs import MIN_FINISHED, Run
from bot.engine.ports import Engine
from bot.engine.protocol import as_learned
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.unlabelled import Unlabelled
from bot.models.repositories.models import Models
from bot.projects.repositories.access import Access
from ner_engine.formats.fingerprint import Fingerprint
from ner_engine.recipes import DEFAULT_PRESET, has_teacher

#: So many sentences that nobody has labelled are given to a training that learns from them.
MOST_UNLABELLED = 500


async def project_of(store: Store, caller: Caller) -> Project:
    """The project of the channel something was asked in; it is made now if this is its first use."""
    async with store.reading(caller.workspace) as tx:
        project = await Access(tx).of(caller)
    if project is not None:
        return project
    async with store.writing(caller.workspace) as tx:
        return await Access(tx).ensure(caller)


async def fingerprint_of(pages: GoldPages) -> str:
    """The hash of what a training learns from, as the engine makes it; slow for many sentences."""
    found = Fingerprint()

    def add(page: Sequence[Gold]) -> None:
        for item in page:
            found.add(as_learned(item))

    async for page in pages:
        await asyncio.to_thread(add, page)
    return found.hexdigest()


async def usual_preset(tx: Transaction, project_id: int) -> str:
    """The preset of a training for which none is named: a project whose live model has a teacher keeps it."""
    live = await Models(tx).live(project_id)
    run = None if live is None else await Runs(tx).that_made(project_id, live.version)
    return run.preset if run is not None and has_teacher(run.preset) else DEFAULT_PRESET


async def give_unlabelled(tx: Transaction, engine: Engine, run: Run) -> None:
    """Write sentences that nobody has labelled where the run's process finds them, if its preset learns from them."""
    if has_teacher(run.preset):
        chosen = Unlabelled(tx).chosen(run.project_id, seed=run.seed, limit=MOST_UNLABELLED)
        await engine.write_unlabelled(run.id, await chosen)


async def what_is_missing(tx: Transaction, project_id: int) -> str | None:
    """What a training still needs, in words with the next step; None where there is enough."""
    counts = await Annotations(tx).counts(project_id)
    if counts.finished < MIN_FINISHED:
        return " ".join(_too_few(counts.finished, counts))
    if not counts.spans_per_label:
        return (
            f"None of the {counts.finished} finished sentences has a labelled phrase, so there is nothing to learn. "
            "Label one: /label SYMPTOM chest pain"
        )
    return None


def _too_few(finished: int, counts: ProjectCounts) -> list[str]:
    so_far = f"{finished or 'none'} {'is' if finished == 1 else 'are'} finished so far."
    words = [f"A training needs at least {MIN_FINISHED} finished sentences; {so_far}"]
    if counts.unfinished:
        has, them = ("has", "it") if counts.unfinished == 1 else ("have", "them")
        words.append(
            f"{counts.unfinished} more {has} labels: finish {them} with [Finished] (or /label done)."
        )
    if counts.disputed:
        words.append(
            f"People disagree on {counts.disputed} more, which are left out until /nerbot review settles them."
        )
    words.append("Type /label for the next sentence.")
    return words
