"""Answers to /nerbot import and /nerbot export, and what is told when they are done."""

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.exchange.exporting import ExportReport
from bot.exchange.values import NEW, Begun, ImportRun, ImportsShown, ImportState, Undone
from bot.slack import action_ids as ids
from bot.slack.text import Line, View, button, counted, line, plain, said, small, when

_STATES = {
    ImportState.RUNNING: "not finished: the same command continues",
    ImportState.UNDOING: "being undone",
    ImportState.UNDONE: "undone",
}


def imports_view(shown: ImportsShown) -> View:
    """How files are imported, and the newest imports with [Undo]."""
    blocks: list[Block] = [
        line("On the machine nerbot runs on, type:"),
        line(plain(f"nerbot import FILE --project {shown.project} --dry-run", code=True)),
        line(
            "It says what is in the file and what would be done with it. Without --dry-run it is done. "
            "Files of doccano, Label Studio, Prodigy, BRAT, INCEpTION, spaCy and Hugging Face, CoNLL, CSV, "
            "JSON lines and plain text are recognised."
        ),
    ]
    for run in shown.runs:
        blocks.append(line(*_run_line(run)))
        if run.state is ImportState.DONE:
            undo = button("Undo", f"{ids.UNDO_IMPORT}.{run.id}", run.id)
            blocks.append(ActionsBlock(elements=[undo]))
    return said([plain("Import sentences and labels", bold=True)], blocks=blocks)


def _run_line(run: ImportRun) -> Line:
    what = f"Import {run.id}: {run.file}, {counted(run.counts.get(NEW, 0), 'new sentence')}"
    state = f" ({_STATES[run.state]})" if run.state in _STATES else ""
    if run.created_at is None:
        return [what, state]
    return [what, state, " · ", when(run.created_at)]


def begun_view(begun: Begun) -> View:
    """Something goes on."""
    if begun.run is not None:
        return said(
            [
                f"Import {begun.run.id} ({begun.run.file}) is being undone. I'll tell you when it is done."
            ]
        )
    which = {
        "gold": "what models learn from",
        "finished": "what somebody has finished",
        "all": "everything",
    }
    words = (
        f"The project {begun.project} is being exported as {begun.form}: {which[begun.which]}. "
        "You get the file by direct message."
    )
    hint = "/nerbot export conll finished exports another format, or more."
    return said([words], blocks=[small(hint)])


def exported_view(project: str, form: str, report: ExportReport) -> View:
    """What is in the file that is sent."""
    lost = [f"{what}: {count:,}" for what, count in sorted(report.lost.items())]
    notes = [small(f"{form} cannot carry {'; '.join(lost)}.")] if lost else []
    number = counted(report.sentences, "sentence")
    return said(
        [
            f"The project {project} as {form}: {number} with {counted(report.spans, 'labelled phrase')}."
        ],
        blocks=notes,
    )


def nothing_view(project: str, form: str) -> View:
    """There is no sentence that was asked for."""
    return said(
        [f"The project {project} has no sentence to export yet."],
        [f"Finish some, or get everything there is with /nerbot export {form} all."],
    )


def not_sent_view(project: str) -> View:
    """The file could not be sent."""
    return said(
        [
            f"Slack did not take the file with the project {project}. Please ask again with /nerbot export."
        ]
    )


def undone_view(undone: Undone) -> View:
    """What was undone."""
    gone = f"Import {undone.run.id} ({undone.run.file}) was undone: {counted(undone.removed, 'sentence')} removed."
    if not undone.kept:
        return said([gone])
    stay = (
        f"{counted(undone.kept, 'sentence')} stay, because they were there before or somebody has worked with them. "
        f"Annotations of the file that were undone in them: {undone.taken_back:,}."
    )
    return said([gone], [stay])
