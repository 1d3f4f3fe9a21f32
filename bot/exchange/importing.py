"""An import: a file read in portions, each stored in a transaction of its own with how far the file is read."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from bot.db.database import Store
from bot.domain.project import Offsets
from bot.exchange.batches import PORTION, Portion, Portions, Translator
from bot.exchange.commands import ImportOptions
from bot.exchange.repositories.bulk import ImportedSentences
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.seen import SeenTexts
from bot.exchange.storing import Place, PortionStore, recall
from bot.exchange.values import (
    ANNOTATED,
    DUPLICATES,
    FINISHED,
    NEW,
    SPANS,
    TEXTS,
    ImportReport,
    ImportRun,
    ImportState,
    NewSentence,
)
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.formats.raw.labels import LabelMap
from ner_engine.formats.raw.values import RawText
from ner_engine.formats.readers.recognition import OpenFile, open_file

log = logging.getLogger(__name__)


class Mask(Protocol):
    """Masks what a project does not store."""

    async def __call__(
        self,
        workspace: str,
        project_id: int,
        texts: Sequence[RawText],
        ours: Callable[[str], str | None],
    ) -> Sequence[RawText]:
        """The texts as they can be stored; `ours` says what a label of the file is called here."""


class TokenOffsets(Protocol):
    """Tells words apart by the rules of a language."""

    async def __call__(
        self, texts: Sequence[str], *, language: str = "en"
    ) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text."""


Progress = Callable[[ImportReport], Awaitable[None]]
"""Hears how far it is, portion by portion."""
Begun = Callable[[ImportRun], Awaitable[None]]
"""Hears which import it is before anything of it is stored; what it raises ends the import."""
_AT_ONCE = 100
"""Texts whose tokens are asked for together: whoever labels meanwhile waits 10 ms for theirs."""


class Importer:
    """Imports files into projects; labelling goes on meanwhile."""

    def __init__(self, store: Store, tokens: TokenOffsets, mask: Mask | None = None) -> None:
        self._store, self._tokens, self._mask = store, tokens, mask

    async def dry_run(
        self, place: Place, path: Path, options: ImportOptions, *, progress: Progress | None = None
    ) -> ImportReport:
        """What an import would do; nothing is changed. Raises FileRefused, OSError."""
        file = await asyncio.to_thread(_open, path, options)
        report = _report(file)
        known = await self._labels(place)
        translator, portions = Translator(options, report, known), Portions(file, options)
        ours = LabelMap(options.labels, known).ours
        seen = SeenTexts()
        async for portion, tokens in self._portions(place, portions, ours):
            sentences = await self._translated(portion, tokens, translator, report)
            async with self._store.reporting(place.workspace) as tx:
                there = await ImportedSentences(tx).there(
                    place.project_id, [each.text for each in sentences]
                )
            for each in sentences:
                is_new = seen.add(each.text) and each.text not in there
                report.counts[NEW if is_new else DUPLICATES] += 1
                report.counts[ANNOTATED] += len(each.annotations)
                report.counts[FINISHED] += sum(a.finished for a in each.annotations)
                report.counts[SPANS] += sum(len(a.spans) for a in each.annotations)
            if progress is not None:
                await progress(report)
        report.new_labels = tuple(sorted({ours for _, ours in report.labels} - set(known)))
        return report

    async def run(
        self,
        place: Place,
        path: Path,
        options: ImportOptions,
        *,
        progress: Progress | None = None,
        begun: Begun | None = None,
    ) -> ImportReport:
        """Import a file, from where it was cut off if it was. Raises FileRefused, OSError, StoreUnavailable."""
        file = await asyncio.to_thread(_open, path, options)
        digest = await asyncio.to_thread(_digest, path)
        run = await self._begin(place, file, digest, options)
        if begun is not None:
            await begun(run)
        report = replace(_report(file), run=run, resumed_at=run.position)
        recall(report, run)
        known = await self._labels(place)
        translator = Translator(options, report, known)
        ours = LabelMap(options.labels, known).ours
        storing = PortionStore(self._store, place, run, report)
        portions = Portions(file, options, skip=run.position)
        async for portion, tokens in self._portions(place, portions, ours):
            sentences = await self._translated(portion, tokens, translator, report)
            await storing.store(sentences, last=portion.last)
            if progress is not None:
                await progress(report)
        report.run = replace(run, state=ImportState.DONE, position=storing.position)
        return report

    async def _portions(
        self, place: Place, portions: Portions, ours: Callable[[str], str | None]
    ) -> AsyncIterator[tuple[Portion, list[tuple[Offsets, ...]]]]:
        """The portions of a file with their tokens; the next one is got ready while one is stored."""
        ready = asyncio.create_task(self._ready(place, portions, ours))
        try:
            while True:
                portion, tokens = await ready
                if not portion.last:
                    ready = asyncio.create_task(self._ready(place, portions, ours))
                yield portion, tokens
                if portion.last:
                    return
        finally:
            if not ready.done():
                await asyncio.wait([ready])

    async def _ready(
        self, place: Place, portions: Portions, ours: Callable[[str], str | None]
    ) -> tuple[Portion, list[tuple[Offsets, ...]]]:
        portion = await asyncio.to_thread(portions.next, PORTION)
        if self._mask is not None:
            masked = await self._mask(place.workspace, place.project_id, portion.texts, ours)
            portion = replace(portion, texts=tuple(masked))
        async with self._store.reading(place.workspace) as tx:
            language = await Projects(tx).language(place.project_id)
        tokens: list[tuple[Offsets, ...]] = []
        texts = [text.text for text in portion.texts]
        for first in range(0, len(texts), _AT_ONCE):
            tokens += await self._tokens(texts[first : first + _AT_ONCE], language=language)
        return portion, tokens

    async def _labels(self, place: Place) -> tuple[str, ...]:
        async with self._store.reading(place.workspace) as tx:
            return tuple(label.name for label in await Labels(tx).all(place.project_id))

    async def _begin(
        self, place: Place, file: OpenFile, digest: str, options: ImportOptions
    ) -> ImportRun:
        key = options.key()
        async with self._store.writing(place.workspace) as tx:
            runs = ImportRuns(tx)
            asked = {"file": file.path.name, "digest": digest, "options": key}
            found = await runs.unfinished(place.project_id, **asked)
            return found or await runs.begin(
                place.project_id, form=file.form, person=place.person, **asked
            )

    async def _translated(
        self,
        portion: Portion,
        tokens: list[tuple[Offsets, ...]],
        translator: Translator,
        report: ImportReport,
    ) -> list[NewSentence]:
        for remark in portion.remarks:
            report.remark(remark)
        report.counts[TEXTS] += len(portion.texts)
        return await asyncio.to_thread(translator.translate, portion.texts, tokens)


def _open(path: Path, options: ImportOptions) -> OpenFile:
    return open_file(path, form=options.form, encoding=options.encoding, hints=options.hints)


def _report(file: OpenFile) -> ImportReport:
    return ImportReport(file.path.name, file.form, file.encoding)


def _digest(path: Path) -> str:
    """The hash of a file, and of the one that goes with it."""
    found = hashlib.sha256()
    for each in sorted(
        {path, path.with_suffix(".ann"), path.with_suffix(".txt")}
        if path.suffix in {".ann", ".txt"}
        else {path}
    ):
        if each.exists():
            with each.open("rb") as file:
                while some := file.read(1 << 20):
                    found.update(some)
    return found.hexdigest()
