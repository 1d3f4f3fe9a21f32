"""What `nerbot import` says of the imports that there were, and of the one it did."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import tell, tell_json

if TYPE_CHECKING:
    from bot.exchange.values import ImportReport


def run_line(run: Any) -> str:
    """An import in the list of them."""
    at = f"{run.created_at:%Y-%m-%d %H:%M}Z" if run.created_at else ""
    new = run.counts.get("sentences", 0)
    return f"{run.id:>4}  {run.state:<8} {at}  {new:>9,} new sentences  {run.form:<12} {run.file}"


def run_to_json(run: Any) -> dict[str, Any]:
    """An import in the list of them, for programs."""
    return {
        "number": run.id,
        "state": run.state,
        "created_at": run.created_at.isoformat() if run.created_at else None,
        "sentences": run.counts.get("sentences", 0),
        "format": run.form,
        "file": run.file,
    }


def report_lines(report: "ImportReport", *, dry_run: bool) -> Iterator[str]:
    """What an import found and did, or would do."""
    counts = report.counts
    yield f"{report.file}: {report.form}, {report.encoding}"
    if report.resumed_at:
        yield f"  continues after {report.resumed_at:,} sentences that were stored before"
    would = "would be " if dry_run else ""
    yield f"  sentences in it:          {counts['texts']:>9,}"
    yield f"  {would}new here:{' ' * (16 - len(would))}{counts['sentences']:>9,}"
    yield f"  duplicates:               {counts['duplicates']:>9,}"
    yield f"  annotations:              {counts['annotated']:>9,}, finished: {counts['finished']:,}"
    yield f"  labelled phrases:         {counts['spans']:>9,}"
    yield f"  lines that are left out:  {counts['refused']:>9,}"
    if report.documents:
        yield f"  documents:                {len(report.documents):>9,}"
    if report.labels:
        yield "  labels:"
        for (theirs, ours), number in report.labels.most_common():
            becomes = "" if theirs == ours else f" becomes {ours}"
            new = " (new)" if ours in report.new_labels else ""
            yield f"    {theirs}{becomes}{new}: {number:,}"
    people = [(pair, number) for pair, number in report.people.most_common() if pair[0]]
    if people:
        yield "  people:"
        for (theirs, ours), number in people:
            becomes = "" if theirs == ours else f" is {ours}"
            yield f"    {theirs}{becomes}: {number:,} annotations"
    yield from _remark_lines(report)
    if report.run is not None:
        yield f"  Imported as number {report.run.id}. To undo it: nerbot import --undo {report.run.id}"


def _remark_lines(report: "ImportReport") -> Iterator[str]:
    if not report.kinds:
        return
    yield "  remarks:"
    for kind, number in report.kinds.most_common():
        yield f"    {kind}: {number:,}"
    for remark in report.remarks:
        yield f"    line {remark.line}: {remark.words}"
    more = sum(report.kinds.values()) - len(report.remarks)
    if more > 0:
        yield f"    … and {more:,} more"


def tell_undone(
    number: int, file: str, *, removed: int, kept: int, taken_back: int, as_json: bool
) -> int:
    """Say what became of the sentences of an import that was undone; the exit code."""
    if as_json:
        counts = {"removed": removed, "kept": kept, "taken_back": taken_back}
        tell_json({"number": number, "file": file, **counts})
        return ExitCode.FINE
    stay = (
        f"; {kept:,} stay, because they were there before or somebody has worked with them "
        f"(annotations undone in them: {taken_back:,})"
    )
    tell(
        f"Import {number} ({file}) was undone: {removed:,} sentences are gone{stay if kept else ''}."
    )
    return ExitCode.FINE
