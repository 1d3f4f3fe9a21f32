"""An export: the sentences of a project in the order of their numbers, to a file of any format.

It reads one state of the database on a connection of its own, so that nobody waits for it and it for nobody.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from bot.db.database import Store
from bot.exchange.batches import IMPORTER
from bot.exchange.repositories.exports import Exported, Exports
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Span, label_key
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import OutText, Said, WriteOptions, Writer

_PAGE = 1_000


class Which(StrEnum):
    """Which sentences are exported."""

    GOLD = "gold"
    """Those that are learned from: finished, and all agree or a reviewer has decided."""
    FINISHED = "finished"
    """Those that somebody has finished."""
    ALL = "all"
    """Every one, with everybody's annotations, flags, reasons and what models suggested."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is exported, and how."""

    form: str = "jsonl"
    which: Which = Which.GOLD
    labels: frozenset[str] = frozenset()
    """Only sentences with one of these, and of their phrases only those; empty for all."""
    people: frozenset[str] = frozenset()
    """Only what these people said; empty for all."""
    since: date | None = None
    until: date | None = None
    write: WriteOptions = field(default_factory=WriteOptions)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written."""

    files: tuple[Path, ...]
    sentences: int
    spans: int
    lost: dict[str, int]
    """What the format could not carry, and how often."""
    cannot: str
    form: str = ""


async def export(
    store: Store, workspace: str, project_id: int, path: Path, options: ExportOptions
) -> ExportReport:
    """Write a project to a file or folder, which is not there yet. Raises OSError."""
    form = WRITTEN[options.form]
    async with store.reporting(workspace) as tx:
        known = await Labels(tx).all(project_id)
        described = replace(
            options.write,
            language=await Projects(tx).language(project_id),
            labels=tuple(label.name for label in known),
            descriptions={label.name: label.description for label in known},
        )
        writer = await asyncio.to_thread(form.open, path, described)
        counts = Counter[str]()
        try:
            async for page in _pages(Exports(tx), project_id):
                await asyncio.to_thread(_write, writer, page, options, counts)
            files = await asyncio.to_thread(writer.close)
        except BaseException:
            writer.abandon()
            raise
    return ExportReport(
        files, counts["sentences"], counts["spans"], dict(writer.lost), form.cannot, form.name
    )


async def _pages(exports: Exports, project_id: int) -> AsyncIterator[tuple[Exported, ...]]:
    after = 0
    while page := await exports.page(project_id, after=after, many=_PAGE):
        yield page
        after = page[-1].id


def _write(
    writer: Writer, page: Sequence[Exported], options: ExportOptions, counts: Counter[str]
) -> None:
    for text in chosen(page, options):
        writer.write(text)
        counts["sentences"] += 1
        counts["spans"] += len(text.spans or ())


def chosen(page: Sequence[Exported], options: ExportOptions) -> Iterator[OutText]:
    """Those of these sentences that are asked for, as writers want them."""
    for each in page:
        said = [
            Said(
                one.person,
                _of_labels(one.spans, options.labels),
                one.finished,
                *_effort(each, one.person, one.at),
            )
            for one in each.said
            if (not options.people or one.person in options.people) and _is_when(one.at, options)
        ]
        if (options.people or options.since or options.until) and not said:
            continue
        if options.which is not Which.ALL and not any(one.finished for one in said):
            continue
        gold = each.gold
        if options.people:
            finished = [one.spans for one in said if one.finished]
            gold = (
                finished[0]
                if finished and all(spans == finished[0] for spans in finished)
                else None
            )
        if options.which is Which.GOLD and gold is None:
            continue
        spans = None if gold is None else _of_labels(gold, options.labels)
        if options.labels and not spans and not any(one.spans for one in said):
            continue
        yield _text(each, spans, said, options)


def _text(
    each: Exported, spans: tuple[Span, ...] | None, said: Sequence[Said], options: ExportOptions
) -> OutText:
    everything = options.which is Which.ALL
    several = len([one for one in said if one.finished]) > 1 or any(
        one.person != IMPORTER for one in said
    )
    return OutText(
        each.text,
        each.tokens,
        spans,
        each.id,
        tuple(said) if everything or (options.which is Which.FINISHED and several) else (),
        tuple(
            Said(str(model), tuple(Span(*span) for span in spans_of))
            for model, spans_of in each.suggestions
        )
        if everything
        else (),
        each.document or (each.permalink if everything else None),
        each.gap,
        each.meta,
        _notes(each) if everything else {},
    )


def _notes(each: Exported) -> dict[str, object]:
    notes: dict[str, object] = {}
    if each.flags:
        notes["flags"] = [{"person": person, "note": note} for person, note in each.flags]
    if each.decided is not None:
        decided = each.decided
        notes["decision"] = {
            "person": decided.person,
            "reason": decided.reason,
            "at": decided.created_at.isoformat(),
        }
    return notes


def _effort(each: Exported, person: str, at: datetime) -> tuple[str | None, float | None]:
    known = each.effort.get(person)
    if known is None:
        # When an imported annotation was stored says nothing of who made it.
        return (None if person == IMPORTER else at.isoformat(timespec="seconds")), None
    return known[0], known[1]


def _of_labels(spans: tuple[Span, ...], labels: frozenset[str]) -> tuple[Span, ...]:
    if not labels:
        return spans
    keys = {label_key(label) for label in labels}
    return tuple(span for span in spans if label_key(span.label) in keys)


def _is_when(at: datetime, options: ExportOptions) -> bool:
    day = at.date()
    return (options.since is None or day >= options.since) and (
        options.until is None or day <= options.until
    )
