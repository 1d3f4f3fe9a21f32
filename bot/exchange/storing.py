"""Stores the portions of an import, each in a transaction of its own with how far the file is read."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.errors import DiskFull, NothingToDo, StoreUnavailable
from bot.exchange.batches import IMPORTER, labels_of
from bot.exchange.repositories.bulk import ImportedSentences, Stored
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.values import (
    ANNOTATED,
    DUPLICATES,
    FINISHED,
    KEPT,
    NEW,
    SPANS,
    ImportReport,
    ImportRun,
    ImportState,
    NewSentence,
)
from bot.projects.repositories.labels import Labels
from ner_engine.formats.raw.values import Remark

log = logging.getLogger(__name__)

_TRIES = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where an import goes, and who does it."""

    workspace: str
    project_id: int
    person: str = IMPORTER


def recall(report: ImportReport, run: ImportRun) -> None:
    """Let a report count what is stored of an import, and no more."""
    report.counts.clear()
    report.kinds.clear()
    for name, value in run.counts.items():
        counts = report.kinds if name.startswith("kind ") else report.counts
        counts[name.removeprefix("kind ")] = value


class PortionStore:
    """Stores the portions of one import in their order, and counts in its report what that came to."""

    def __init__(self, store: Store, place: Place, run: ImportRun, report: ImportReport) -> None:
        self._store, self._place, self._run, self._report = store, place, run, report
        self.position = run.position
        """How many sentences of the file are stored."""

    async def store(self, sentences: Sequence[NewSentence], *, last: bool) -> None:
        """Store the next portion; where the database is busy, again. Raises StoreUnavailable, DiskFull."""
        report = self._report
        counts, kinds, remarks = report.counts.copy(), report.kinds.copy(), [*report.remarks]
        for tried in range(_TRIES):
            try:
                async with self._store.writing(self._place.workspace, alone=True) as tx:
                    await self._store_in(tx, sentences, last=last)
            except DiskFull:
                raise
            except StoreUnavailable as error:
                report.counts, report.kinds = counts.copy(), kinds.copy()
                report.remarks = [*remarks]
                if tried + 1 == _TRIES:
                    raise
                log.info("the database is busy; the import waits: %s", type(error).__name__)
                await asyncio.sleep(0.1 * 2**tried)
            else:
                self.position += len(sentences)
                return

    async def _store_in(
        self, tx: Transaction, sentences: Sequence[NewSentence], *, last: bool
    ) -> None:
        runs, run, report = ImportRuns(tx), self._run, self._report
        project_id, person = self._place.project_id, self._place.person
        stands = await runs.get(project_id, run.id)
        is_over = stands is not None and last and stands.state is ImportState.DONE
        if stands is None or not (is_over or stands.state is ImportState.RUNNING):
            raise NothingToDo("This import was undone or finished meanwhile.")
        if is_over or stands.position != self.position:
            # It was stored, although the answer was lost.
            recall(report, stands)
            return
        for name in sorted({label for each in sentences for label in labels_of(each)}):
            if await Labels(tx).add(project_id, name, person=person):
                report.new_labels = (*report.new_labels, name)
        stored = await ImportedSentences(tx).store(
            project_id, run.id, sentences, place=self.position, by=person
        )
        _count(report, stored)
        counts = {**report.counts, **{f"kind {kind}": n for kind, n in report.kinds.items()}}
        reached = self.position + len(sentences)
        await runs.advance(project_id, run.id, position=reached, counts=counts, done=last)
        if last:
            await runs.note(project_id, run, sentences=report.counts[NEW], person=person)


def _count(report: ImportReport, stored: Stored) -> None:
    """Count what became of a portion."""
    report.counts.update(
        {
            NEW: stored.new,
            DUPLICATES: stored.duplicates,
            ANNOTATED: stored.annotated,
            FINISHED: stored.finished,
            SPANS: stored.spans,
            KEPT: len(stored.kept),
        }
    )
    for line in stored.kept:
        words = "this person has labelled the same text in another way, which is kept"
        report.remark(Remark(line, "annotation that is there", words, refused=False))
