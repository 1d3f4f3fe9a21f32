"""What a card says of the step before it, and of its sentence."""

from slack_sdk.models.blocks import (
    RichTextElement,
)

from bot.domain.project import Annotation
from bot.domain.steps import StepKind
from bot.labelling.values.cards import Card, Done
from bot.labelling.views.questions import named_new
from bot.slack.text import (
    counted,
    label_name,
    plain,
)
from ner_engine.annotation import Span


def what_was_done(card: Card) -> list[str | RichTextElement]:
    """What the step did, in words that begin with what a person most wants to know."""
    notes: list[str | RichTextElement] = [*what_went_before(card.done, card.stale)]
    match card.step:
        case StepKind.LABELLED:
            notes += [plain("Saved. ", bold=True), *_phrases(card.annotation, card.changed)]
        case StepKind.FINISHED:
            notes += [plain("Saved as finished. ", bold=True), _whole(card.annotation)]
        case StepKind.NO_ENTITIES:
            notes += [
                plain("Saved: no entities here. ", bold=True),
                "That is worth as much as a label.",
            ]
        case StepKind.UNDONE:
            notes += [plain("Undone. ", bold=True), _undone(card)]
    if card.already:
        notes += [plain("Already labelled: ", bold=True), *_phrases(card.annotation, card.already)]
    if card.new_sentence:
        notes.append(" The sentence is new here.")
    if card.new_label:
        notes.append(f" {named_new(card.new_label)}")
    if card.gone_label:
        notes.append(label_gone(card.gone_label))
    if card.cleaned:
        notes.append(" Invisible characters were taken out of the text.")
    return notes


def label_gone(label: str) -> str:
    """That a label went with the last phrase that had it."""
    return f" The label {label} is gone too; nothing else had it."


def what_went_before(done: Done | None, stale: int | None) -> list[str | RichTextElement]:
    """What became of the sentence before this one."""
    if stale is not None:
        return [f"#{stale} is already finished, so nothing was changed. "]
    if done is None:
        return []
    match done.kind:
        case StepKind.SKIPPED:
            return [f"Skipped #{done.sentence_id}. "]
        case StepKind.FLAGGED:
            return [f"Flagged #{done.sentence_id}: reviewers see it, and you do not get it again. "]
        case StepKind.UNDONE:
            return [
                plain("Undone. ", bold=True),
                f"Sentence #{done.sentence_id} was added by that step and is gone with it. ",
            ]
        case StepKind.NO_ENTITIES:
            return [plain("Saved: ", bold=True), f"no entities in #{done.sentence_id}. "]
        case _:
            phrases = counted(done.phrases, "labelled phrase")
            return [plain("Saved: ", bold=True), f"{phrases} in #{done.sentence_id}. "]


def _phrases(annotation: Annotation, spans: tuple[Span, ...]) -> list[str | RichTextElement]:
    """`“chest pain” is SYMPTOM.`, counted where the same phrase was labelled several times."""
    text = annotation.sentence.text
    found = [(text[span.start : span.end], span.label) for span in spans]
    parts: list[str | RichTextElement] = []
    for phrase, label in dict.fromkeys(found):
        times = found.count((phrase, label))
        parts += [
            f"“{phrase}” is ",
            *label_name(label),
            f" ({times} times). " if times > 1 else ". ",
        ]
    return parts


def _whole(annotation: Annotation) -> str:
    count = len(annotation.spans)
    return f"{counted(count, 'labelled phrase')} in sentence #{annotation.sentence.id}."


def _undone(card: Card) -> str:
    match card.undone:
        case StepKind.FINISHED | StepKind.NO_ENTITIES:
            return "The sentence is as it was before it was finished."
        case StepKind.SKIPPED | StepKind.FLAGGED:
            return "You have this sentence again."
        case _:
            return "Label removed." if card.changed else "The sentence is as it was before."


def state_line(card: Card) -> str:
    """The sentence's number, how it is, and how far the person is today."""
    annotation = card.annotation
    untouched = card.step is None and not annotation.spans and not annotation.finished
    facts: list[str] = []
    if card.blind:
        facts = ["blind"]
    elif card.suggestion is None and untouched:
        facts = ["nothing is suggested yet"]
    elif card.suggestion is None:
        labelled = counted(len(annotation.spans), "phrase") + " labelled"
        facts = [labelled, "finished ✓" if annotation.finished else "not finished"]
    how_far = f"{card.today:,} today, {card.waiting:,} left"
    return " · ".join([f"#{annotation.sentence.id}", *facts, how_far])
