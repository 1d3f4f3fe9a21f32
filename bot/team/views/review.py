"""Review as people see it: the versions of a sentence side by side, and one tap that decides."""

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.labelling.views.cards import card_view, precedent_line
from bot.slack import action_ids as ids
from bot.slack.text import (
    Line,
    View,
    after,
    as_text,
    button,
    counted,
    line,
    marked_sentence,
    marked_text,
    named,
    plain,
    said,
    with_button,
)
from bot.team.values.review import Decision, Dispute, NoDispute, NoteKept, Reviewing, YoursToLabel

#: More ways to label one sentence than this are not told apart on a phone.
_VERSIONS = 5


def dispute_view(answer: Reviewing | NoDispute) -> View:
    """What was just decided, and what waits for a decision now."""
    return _review_view(answer) if isinstance(answer, Reviewing) else _no_dispute_view(answer)


def _review_view(answer: Reviewing) -> View:
    dispute = answer.dispute
    lines: list[Line] = [_decided(answer.decided)] if answer.decided else []
    if answer.changed:
        lines.append(["That sentence was changed or decided meanwhile; this is what waits now."])
    waits = "waits" if answer.left == 1 else "wait"
    head = f"Sentence #{dispute.sentence.id}: which is right?"
    lines.append([plain(head, bold=True), f" {counted(answer.left, 'disagreement')} {waits}."])
    blocks: list[Block] = []
    texts: list[str] = []
    for number, version in enumerate(dispute.versions[:_VERSIONS], 1):
        whose: Line = [plain(f"{number} · ", bold=True), *named(version.people)]
        nothing = [] if version.spans else [" (no entities)"]
        blocks += [line(*whose, *nothing), marked_sentence(dispute.sentence.text, version.spans)]
        texts.append(f"{as_text(whose)}: {marked_text(dispute.sentence.text, version.spans)}")
    blocks += [line(*precedent_line(found)) for found in dispute.precedents[:_VERSIONS]]
    texts += [as_text(precedent_line(found)) for found in dispute.precedents[:_VERSIONS]]
    view = said(*lines, blocks=[*blocks, _choices(dispute)])
    return _with_why(View("\n".join([view.text, *texts]), view.blocks), answer.decided)


def _choices(dispute: Dispute) -> ActionsBlock:
    number = dispute.sentence.id
    takes = [
        button(f"Take {i + 1}", f"{ids.REVIEW_TAKE}.{i}", f"{number}:{version.key}")
        for i, version in enumerate(dispute.versions[:_VERSIONS])
    ]
    return ActionsBlock(
        elements=[
            *takes,
            button("Neither: label it myself", ids.REVIEW_MYSELF, number),
            button("Not now", ids.REVIEW_NEXT, number),
        ]
    )


def _decided(decision: Decision) -> Line:
    return [plain(f"Decided: sentence #{decision.sentence_id} is gold now. ", bold=True)]


def _with_why(view: View, decided: Decision | None) -> View:
    """A button to say why of what was just decided."""
    if decided is None:
        return view
    words = f"Say why #{decided.sentence_id}"
    return with_button(view, button(words, ids.REVIEW_WHY, decided.sentence_id))


def _no_dispute_view(answer: NoDispute) -> View:
    lines: list[Line] = [_decided(answer.decided)] if answer.decided else []
    if answer.passed:
        waits = "waits" if answer.passed == 1 else "wait"
        words = f"That was the last one. {counted(answer.passed, 'disagreement')} still {waits}: /nerbot review"
    else:
        words = (
            "People agree on every sentence that several finished. Nothing waits for a decision."
        )
    flagged = (
        [f"{counted(answer.flagged, 'flagged sentence')} to look at: /nerbot flags"]
        if answer.flagged
        else []
    )
    return _with_why(said(*lines, [words], flagged), answer.decided)


def note_view(answer: NoteKept) -> View:
    """Why a decision was made is kept."""
    decision = answer.decision
    return said(
        [
            plain("Saved. ", bold=True),
            (
                f"Sentence #{decision.sentence_id} was decided so because: “{decision.reason}”. "
                "It is shown where the same phrase is in doubt again."
            ),
        ]
    )


def yours_view(answer: YoursToLabel) -> View:
    """The sentence, for the reviewer to label."""
    return after(
        said(
            [
                plain("The sentence is yours to label. ", bold=True),
                "Once it is finished, /nerbot review offers your version beside the others.",
            ]
        ),
        card_view(answer.card),
    )
