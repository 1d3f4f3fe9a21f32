"""Review as people see it: the versions of a sentence side by side, and one tap that decides."""

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.labelling.views.cards import card_view, precedent_line
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence, marked_text
from bot.slack.text import (
    Line,
    View,
    after,
    as_text,
    button,
    counted,
    line,
    named,
    percent,
    plain,
    said,
    shortened,
    with_button,
)
from bot.team.values.review import (
    Decision,
    Dispute,
    LookingAtError,
    NoDispute,
    NoError,
    NoteKept,
    Reviewing,
    YoursToLabel,
    key_of,
    merged,
    only_in,
)
from ner_engine.annotation import Span

#: More ways to label one sentence than this are not told apart on a phone.
_VERSIONS = 5
_SPANS, _PHRASE = 5, 60
"""How many spans of a difference are told, and how much of each phrase."""


def dispute_view(answer: Reviewing | NoDispute) -> View:
    """What was just decided, and what waits for a decision now."""
    return _review_view(answer) if isinstance(answer, Reviewing) else _no_dispute_view(answer)


def _review_view(answer: Reviewing) -> View:
    dispute = answer.dispute
    lines: list[Line] = [_decided(answer.decided)] if answer.decided else []
    if answer.changed:
        lines.append(
            ["That sentence was changed or decided meanwhile; this is what is to be decided now."]
        )
    head = f"Sentence #{dispute.sentence.id}: which is right?"
    lines.append([plain(head, bold=True), f" {counted(answer.left, 'disagreement')} to decide."])
    difference = _difference(dispute)
    blocks: list[Block] = [line(*difference)]
    texts: list[str] = [as_text(difference)]
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
    if merged(dispute) is not None:
        words = "Merge both" if len(dispute.versions) == 2 else "Merge all"
        takes.append(button(words, ids.REVIEW_MERGE, f"{number}:{key_of(dispute)}"))
    return ActionsBlock(
        elements=[
            *takes,
            button("Edit", ids.REVIEW_EDIT, f"{number}:{dispute.versions[0].key}"),
            button("Not now", ids.REVIEW_NEXT, number),
        ]
    )


def _difference(dispute: Dispute) -> Line:
    """What each version has and the others have not."""
    parts: Line = [plain("Difference: ", bold=True)]
    told = []
    for number, version in enumerate(dispute.versions[:_VERSIONS], 1):
        own = only_in(version, dispute.versions)
        has = ", ".join(_phrase(dispute.sentence.text, span) for span in own[:_SPANS])
        more = f" and {len(own) - _SPANS} more" if len(own) > _SPANS else ""
        told.append(f"{number} has {has or 'nothing there'}{more}")
    return [*parts, "; ".join(told) + "."]


def _phrase(text: str, span: Span) -> str:
    return f"“{shortened(text[span.start : span.end], _PHRASE)}” as {span.label}"


def error_view(answer: LookingAtError | NoError) -> View:
    """A sentence that may be labelled wrongly, as it is and as a model reads it, and what was decided before."""
    lines: list[Line] = [_decided(answer.decided)] if answer.decided else []
    if isinstance(answer, NoError):
        return _with_why(said(*lines, [_no_error_words(answer)]), answer.decided)
    if answer.changed:
        lines.append(["That sentence was changed or decided meanwhile; this is the next one."])
    sentence = answer.sentence
    head = f"Sentence #{sentence.id} may be labelled wrongly ({percent(answer.probability)} %)."
    lines.append([plain(head, bold=True), f" {counted(answer.left, 'sentence')} to look at."])
    versions = (answer.labelled, answer.reading)
    whose: tuple[Line, ...] = (
        [plain("1 · ", bold=True), "As ", *named(answer.labelled.people), " labelled it"],
        [plain("2 · ", bold=True), "As a model reads it that did not learn this sentence"],
    )
    difference = _difference(Dispute(sentence, versions))
    blocks: list[Block] = [line(*difference)]
    texts = [as_text(difference)]
    for who, version in zip(whose, versions, strict=True):
        nothing = [] if version.spans else [" (no entities)"]
        blocks += [line(*who, *nothing), marked_sentence(sentence.text, version.spans)]
        texts.append(f"{as_text(who)}: {marked_text(sentence.text, version.spans)}")
    takes = [
        button(words, f"{ids.ERROR_TAKE}.{i}", f"{sentence.id}:{version.key}")
        for i, (words, version) in enumerate(
            zip(("Right as it is", "Take 2"), versions, strict=True)
        )
    ]
    blocks.append(
        ActionsBlock(
            elements=[
                *takes,
                button("Edit", ids.REVIEW_EDIT, f"{sentence.id}:{answer.labelled.key}"),
                button("Not now", ids.ERROR_NEXT, sentence.id),
            ]
        )
    )
    view = said(*lines, blocks=blocks)
    return _with_why(View("\n".join([view.text, *texts]), view.blocks), answer.decided)


def _no_error_words(answer: NoError) -> str:
    if not answer.trained:
        return (
            "No training has looked for errors yet. Type /train: it asks models that did not learn a sentence where it "
            "is probably labelled wrongly."
        )
    if answer.passed:
        left = counted(answer.passed, "sentence")
        return f"That was the last one. {left} can still be looked at: /nerbot review errors"
    return "No finished sentence is probably wrong, or all of them were looked at. The next training looks again."


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
        words = f"That was the last one. {counted(answer.passed, 'disagreement')} still to decide: /nerbot review"
    else:
        words = "People agree on every sentence that several finished. There is nothing to decide."
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
