"""The message that follows the import of a file: what is in it, how far it is, and what it came to."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ConfirmObject,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.exchange.values import (
    ANNOTATED,
    DUPLICATES,
    FINISHED,
    KEPT,
    NEW,
    REFUSED,
    SPANS,
    TEXTS,
    FileImport,
    FileShown,
    FilesTaken,
    FileState,
    ImportReport,
    Undone,
)
from bot.slack import action_ids as ids
from bot.slack.text import (
    UPDATE_TEXT,
    Line,
    View,
    as_text,
    button,
    counted,
    cut,
    escape,
    line,
    plain,
    shortened,
    small,
)

_NAME, _LABELS, _PEOPLE, _KINDS, _REMARKS, _WORDS, _PROJECTS = 80, 12, 5, 8, 8, 160, 100


def taken_view(taken: FilesTaken) -> View:
    """Said beside the file to whoever used the shortcut."""
    names = ", ".join(shortened(name, _NAME) for name in taken.names)
    words = f"I'm reading {names}. You get what is in it by direct message; nothing is imported until you say so."
    return View(escape(words), (line(words),))


def file_view(shown: FileShown) -> View:
    """The message as it is now."""
    wanted, report = shown.wanted, shown.report
    head: Line = [plain(shortened(wanted.name, _NAME), bold=True), f" {_state(shown)}"]
    lines: list[Line] = [head]
    more: list[Block] = []
    match wanted.state:
        case FileState.ASKED if report is not None:
            lines += [[words] for words in _found(report)]
            more = [*_remarks(report), small("Nothing has been stored yet.")]
        case FileState.FAILED:
            lines.append([wanted.failure])
            more = _remarks(report) if report is not None else []
        case FileState.DONE if report is not None:
            lines += [[words] for words in _stored(report)]
            more = _remarks(report)
        case FileState.UNDONE if shown.undone is not None and shown.undone.kept:
            lines.append([_kept(shown.undone)])
    blocks: list[Block] = [*(line(*each) for each in lines), *more]
    if elements := _buttons(shown):
        blocks.append(ActionsBlock(elements=elements))
    text = "\n".join(escape(as_text(each)) for each in lines)
    return View(cut(text, UPDATE_TEXT), tuple(blocks))


def _state(shown: FileShown) -> str:
    wanted, report = shown.wanted, shown.report
    so_far = report.counts[TEXTS] if report is not None else 0
    match wanted.state:
        case FileState.READING:
            return (
                f"is being read: {counted(so_far, 'sentence')} so far."
                if so_far
                else "is being read."
            )
        case FileState.ASKED:
            if report is None:
                return "has been read."
            return f"is {report.form} in {report.encoding}. In the project {shown.project}:"
        case FileState.IMPORTING:
            of = f" of {wanted.texts:,}" if wanted.texts else ""
            return f"is being imported into {shown.project}: {so_far:,}{of} sentences. Labelling goes on meanwhile."
        case FileState.DONE:
            return f"was imported into {shown.project}."
        case FileState.CANCELLED:
            return "was not imported, and nerbot has removed its copy of the file."
        case FileState.FAILED:
            return "was not imported."
        case FileState.UNDOING:
            return f"is being taken back from {shown.project}."
        case FileState.UNDONE:
            gone = shown.undone.removed if shown.undone is not None else 0
            return f"was taken back from {shown.project}: {counted(gone, 'sentence')} removed."


def _found(report: ImportReport) -> list[str]:
    counts = report.counts
    found = [
        f"{counted(counts[TEXTS], 'sentence')}: {counts[NEW]:,} new here, {counted(counts[DUPLICATES], 'duplicate')}"
        + (f", from {counted(len(report.documents), 'document')}" if report.documents else ""),
        (
            f"{counted(counts[ANNOTATED], 'annotation')}, {counts[FINISHED]:,} of them finished, with "
            f"{counted(counts[SPANS], 'labelled phrase')}"
        ),
    ]
    if counts[REFUSED]:
        found.append(f"{counted(counts[REFUSED], 'line')} cannot be imported")
    if report.labels:
        found.append(f"Labels: {_labels(report)}")
    people = [(pair, number) for pair, number in report.people.most_common() if pair[0]]
    if people:
        named = [f"{shortened(name, _NAME)} ({number:,})" for (name, _), number in people[:_PEOPLE]]
        found.append(f"People: {', '.join(named)}{_and_more(len(people) - _PEOPLE)}")
    return found


def _labels(report: ImportReport) -> str:
    said = []
    for (theirs, ours), number in report.labels.most_common()[:_LABELS]:
        becomes = ours if theirs == ours else f"{shortened(theirs, _NAME)} as {ours}"
        said.append(f"{becomes} ({number:,}{', new' if ours in report.new_labels else ''})")
    return ", ".join(said) + _and_more(len(report.labels) - _LABELS)


def _stored(report: ImportReport) -> list[str]:
    counts = report.counts
    stored = [
        (
            f"{counted(counts[NEW], 'new sentence')}, {counted(counts[DUPLICATES], 'duplicate')}, "
            f"{counted(counts[ANNOTATED], 'annotation')} with {counted(counts[SPANS], 'labelled phrase')}"
        )
    ]
    if counts[KEPT]:
        stored.append(
            f"{counted(counts[KEPT], 'annotation')} that differed from what was here: yours are kept"
        )
    return stored


def _kept(undone: Undone) -> str:
    return (
        f"{counted(undone.kept, 'sentence')} stay, because they were there before or somebody has worked with them. "
        f"Annotations of the file that were taken back in them: {undone.taken_back:,}."
    )


def _remarks(report: ImportReport) -> list[Block]:
    """How many there are of each kind, and the first of them with their lines."""
    if not report.kinds:
        return []
    kinds = report.kinds.most_common()
    said = ", ".join(f"{kind}: {number:,}" for kind, number in kinds[:_KINDS])
    blocks: list[Block] = [small(f"Remarks: {said}{_and_more(len(kinds) - _KINDS)}")]
    first = [
        f"line {remark.line}: {shortened(remark.words, _WORDS)}"
        for remark in report.remarks[:_REMARKS]
    ]
    more = sum(report.kinds.values()) - len(first)
    return [*blocks, small("\n".join(first) + (f"\n… and {more:,} more" if more > 0 else ""))]


def _and_more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def _buttons(shown: FileShown) -> list[InteractiveElement]:
    number = shown.wanted.id
    match shown.wanted.state:
        case FileState.READING:
            return [button("Cancel", ids.FILE_CANCEL, number)]
        case FileState.ASKED:
            asked = [
                button("Import", ids.FILE_IMPORT, number, style="primary"),
                button("Cancel", ids.FILE_CANCEL, number),
            ]
            return [*asked, _menu(shown)] if shown.projects else [*asked]
        case FileState.IMPORTING:
            stop = button("Stop and undo", ids.FILE_UNDO, number)
            stop.confirm = _sure("What was imported of this file so far is removed again.", "Undo")
            return [stop]
        case FileState.DONE:
            undo = button("Undo", ids.FILE_UNDO, number)
            undo.confirm = _sure(
                "The sentences of this file that nobody has worked with are removed again.", "Undo"
            )
            return [undo]
        case _:
            return []


def _sure(words: str, confirm: str) -> ConfirmObject:
    return ConfirmObject(
        title="Undo the import?",
        text=PlainTextObject(text=words),
        confirm=confirm,
        deny="Keep it",
    )


def _menu(shown: FileShown) -> StaticSelectElement:
    """Another project to import it into; what is new there is found out first."""
    options = [
        Option(
            value=f"{shown.wanted.id}:{each.id}",
            text=PlainTextObject(text=shortened(each.name, ids.BUTTON_TEXT), emoji=False),
        )
        for each in shown.projects[:_PROJECTS]
    ]
    return StaticSelectElement(
        action_id=ids.FILE_PROJECT,
        placeholder=PlainTextObject(text="Another project"),
        options=options,
    )


def subject_of(wanted: FileImport) -> str:
    """What its message is about, as the reason for another place calls it."""
    return f"the import of {shortened(wanted.name, _NAME)}"
