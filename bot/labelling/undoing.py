"""Undoing a person's last step, and what came with it."""

from dataclasses import replace

from bot.db.transaction import Transaction
from bot.domain.steps import AnnotationState, Step, StepKind
from bot.errors import NothingToDo
from bot.labelling import bulk
from bot.labelling.commands import Undo
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.repositories.steps import Steps
from bot.labelling.session import LabellingSession
from bot.labelling.values.bulk import UndoTogether
from bot.labelling.values.cards import Done, Outcome


async def undo(session: LabellingSession, command: Undo) -> Outcome:
    """Undo the person's last step, on one sentence where a button names it."""
    step = await Steps(session.tx).last_step(
        session.project_id, session.person, sentence_id=command.sentence_id
    )
    if step is None:
        raise NothingToDo("There is no step of yours left to undo.")
    if step.together > 1 and command.sentence_id is None:
        return await bulk.undo_together(session, UndoTogether(step.request))
    annotation = await session.assigned(step.sentence_id)
    state = await Steps(session.tx).undo(session.project_id, step, request=session.caller.request)
    await take_back_turn(session.tx, session.project_id, step)
    labels = await session.take_back_labels(step.request)
    if await goes_with_its_step(session.tx, session.project_id, step, state):
        await Bin(session.tx).withdraw(session.project_id, step.sentence_id, person=session.person)
        following = await session.go_on(done=Done(step.sentence_id, StepKind.UNDONE))
        return replace(following, gone_label=", ".join(labels) or None)
    # Its card is on the person's screen now.
    await Queue(session.tx).take(session.project_id, session.person, step.sentence_id)
    gone = tuple(span for span in annotation.spans if span not in state.spans)
    after = replace(annotation, spans=state.spans, finished=state.finished)
    card = await session.card(after, step=StepKind.UNDONE)
    return replace(card, changed=gone, undone=step.kind, gone_label=", ".join(labels) or None)


async def goes_with_its_step(
    tx: Transaction, project_id: int, step: Step, state: AnnotationState
) -> bool:
    """Whether a sentence was stored with the step that is undone, and nothing else was done with it."""
    if not step.added or state != AnnotationState():
        return False
    return not await Annotations(tx).is_used_by_others(project_id, step.sentence_id, step.person)


async def take_back_turn(tx: Transaction, project_id: int, step: Step) -> None:
    """The flag or the skip of a step; the person's own that it replaced stands again."""
    place = (project_id, step.person, step.sentence_id)
    if step.kind is StepKind.SKIPPED and step.replaced is None:
        await Queue(tx).unskip(*place)
    elif step.kind is StepKind.FLAGGED and step.replaced is None:
        await Flags(tx).remove(*place)
    elif step.kind is StepKind.FLAGGED:
        await Flags(tx).say_why(*place, step.replaced or "")
