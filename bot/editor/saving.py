"""Saving a draft: what the person has to see before, the one step it becomes, and what is shown after it."""

from dataclasses import replace

from bot.domain.project import Annotation, Project
from bot.domain.steps import AnnotationState, StepKind
from bot.editor.commands import Draft
from bot.labelling.repositories.queue import Queue
from bot.labelling.session import LabellingSession
from bot.labelling.values.cards import Card, Done, Outcome
from bot.projects.context import RequestContext
from bot.recognition.service import (
    SOURCE,
    find_answered,
    keep_answered,
    note_correction,
    stored_as,
)
from bot.recognition.values import Answer
from bot.team import decided
from bot.team.decided import NextToReview

_EMPTY = "no entities"


async def with_notes(session: LabellingSession, draft: Draft, *, finished: bool) -> Draft:
    """What else the person has to see before it is saved."""
    if draft.sentence_id is not None:
        state = state_of(await session.named(draft.sentence_id))
        wished = AnnotationState(draft.spans, finished)
        if state not in {draft.before, wished}:
            note = (
                "You changed this sentence elsewhere since you opened the editor. "
                "What you save here takes its place."
            )
            draft = replace(draft, before=state, notes=(*draft.notes, note))
    if finished and not draft.spans and _EMPTY not in draft.confirmed:
        note = "No phrase is marked: that says there are no entities in this sentence."
        draft = replace(draft, notes=(*draft.notes, note), confirmed=(*draft.confirmed, _EMPTY))
    return draft


async def store(
    session: LabellingSession, draft: Draft, *, finished: bool
) -> Outcome | Answer | NextToReview:
    """One step, and what is shown after it."""
    if draft.decides and draft.sentence_id is not None:
        await session.create_labels(draft.spans)
        edited = decided.TakeEdited(draft.sentence_id, draft.spans)
        return await decided.take_edited(context_of(session), edited)
    if draft.sentence_id is None:
        sentence, _ = await session.add(draft.text, draft.tokens, source=SOURCE)
        annotation = await session.annotation(sentence)
    else:
        annotation = await session.named(draft.sentence_id)
    created = await session.create_labels(draft.spans)
    if finished:
        card = await session.finish(annotation, draft.spans)
    else:
        card = await session.store_step(annotation, StepKind.LABELLED, draft.spans, finished=False)
    card = replace(
        card,
        changed=tuple(span for span in draft.spans if span not in annotation.spans),
        new_label=", ".join(created) or None,
    )
    if draft.answer:
        return await _answered(session, draft, annotation, card)
    return await _after(session, card)


async def _after(session: LabellingSession, card: Card) -> Outcome:
    """A finished sentence is followed by the next one; one that is not stays the current one."""
    sentence = card.annotation.sentence
    if not card.annotation.finished:
        await Queue(session.tx).take(session.project_id, session.person, sentence.id)
        return card
    assert card.step is not None
    return await session.go_on(done=Done(sentence.id, card.step, len(card.annotation.spans)))


async def _answered(
    session: LabellingSession, draft: Draft, before: Annotation, card: Card
) -> Answer:
    answer, item = await find_answered(session, draft.answer, draft.index)
    stored = await stored_as(session, item, before, card.annotation)
    await note_correction(session, answer.version, was=item, now=stored)
    return await keep_answered(session, answer, draft.index, stored)


def context_of(session: LabellingSession) -> RequestContext:
    """The same request, as the rooms of a team work with it."""
    project = Project(session.project_id, "")
    return RequestContext(session.tx, project, session.caller, session.named_owners)


def state_of(annotation: Annotation) -> AnnotationState:
    """What events change of an annotation."""
    return AnnotationState(annotation.spans, annotation.finished)
