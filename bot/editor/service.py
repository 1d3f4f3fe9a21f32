"""The editor: a person works on a draft, and saves it as one step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.domain.json_form import JsonForm
from bot.domain.project import Annotation, Caller
from bot.domain.steps import AnnotationState, StepKind
from bot.editor.commands import Boxes, BoxWords, Draft, DraftKept, Edit, Editing, MarkTyped
from bot.editor.drafts import edited
from bot.editor.typed_input import BoxFault, taken
from bot.errors import NotFound
from bot.labelling.repositories.queue import Queue
from bot.labelling.session import LabellingSession, awaits_suggestion
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import Card, Done, Outcome, Suggestion
from bot.projects.repositories.access import Access
from bot.recognition.answer_writer import AnswerWriter
from bot.recognition.service import (
    SOURCE,
    find_answered,
    keep_answered,
    note_correction,
    stored_as,
)
from bot.recognition.values import Answer

_OVER = "This editor is over or belongs to somebody else; nothing was changed. Open it again from the card."
_EMPTY = "no entities"
_KEPT: JsonForm[DraftKept] = JsonForm(DraftKept)
_SAVED: JsonForm[Outcome | Answer | DraftKept] = JsonForm(Outcome | Answer | DraftKept)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a draft became: the card that follows, or the /ner answer it came from."""

    outcome: Outcome | Answer
    project_id: int


class Editor:
    """Opens, changes and saves drafts; each belongs to one person, and a request that is repeated is not done again."""

    def __init__(
        self,
        store: Store,
        suggestions: Suggestions,
        answers: AnswerWriter,
        *,
        today: Callable[[], datetime],
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._suggestions = suggestions
        self._answers = answers
        self._today = today
        self._owners = owners

    async def open_sentence(self, caller: Caller, sentence_id: int) -> Editing:
        """The person's annotation as it stands."""

        async def work(session: LabellingSession) -> Draft:
            return _draft_of(await session.named(sentence_id))

        return await self._open(caller, work)

    async def open_suggestion(self, caller: Caller, suggestion_id: str) -> Editing:
        """What a card suggests, unless the person labelled something in the sentence since."""

        async def work(session: LabellingSession) -> Draft:
            found = await PendingActions(session.tx).get(
                session.project_id, caller.person, suggestion_id, Suggestion
            )
            if found is None:
                raise NotFound(
                    "This card is over or belongs to somebody else; nothing was changed. "
                    "Type /label for the next sentence."
                )
            annotation = await session.named(found.sentence_id)
            if annotation.spans or annotation.finished:
                return _draft_of(annotation)
            return _draft_of(annotation, suggestion=found)

        return await self._open(caller, work)

    async def open_answer(self, caller: Caller, answer_id: str, index: int) -> Editing:
        """One sentence of a /ner answer; it is stored when the draft is saved."""
        await self._answers.settled(answer_id)

        async def work(session: LabellingSession) -> Draft:
            answer, item = await find_answered(session, answer_id, index)
            stored = await Sentences(session.tx).find(session.project_id, item.text)
            before = _state(await session.annotation(stored)) if stored else AnnotationState()
            return Draft(
                item.text,
                item.tokens,
                stored.id if stored else None,
                item.spans if item.sentence_id is not None else item.found.spans,
                before,
                suggested_by=answer.version,
                answer=answer_id,
                index=index,
            )

        return await self._open(caller, work)

    async def _open(
        self, caller: Caller, begin: Callable[[LabellingSession], Awaitable[Draft]]
    ) -> Editing:
        """Keep a draft under an id of its own."""
        async with self._store.writing(caller.workspace) as tx:
            session = await LabellingSession.open(tx, caller, self._today())

            async def work() -> DraftKept:
                new = await begin(session)
                kept = await PendingActions(tx).put(session.project_id, session.person, new)
                return DraftKept(kept.offer)

            return await _kept(session, await once(tx, caller.request, _KEPT, work))

    async def change(self, caller: Caller, draft_id: str, edit: Edit, boxes: Boxes) -> Editing:
        """One step; what was typed into the markup is taken first, so that no step loses it."""
        async with self._store.writing(caller.workspace) as tx:
            session = await LabellingSession.open(tx, caller, self._today())

            async def work() -> DraftKept:
                draft = await _draft(session, draft_id)
                fresh = _of_this_draft(boxes, draft)
                if not isinstance(edit, MarkTyped):
                    fresh = replace(fresh, added="", bold=())
                try:
                    ready = taken(draft, fresh, labels=await session.label_names())
                except BoxFault as fault:
                    return DraftKept(draft_id, ((fault.box, str(fault)),))
                return await _keep(session, edited(ready, edit))

            return await _kept(session, await once(tx, caller.request, _KEPT, work))

    async def show(self, caller: Caller, draft_id: str) -> Editing:
        """The draft as it is."""
        async with self._store.reading(caller.workspace) as tx:
            project = await Access(tx).of(caller)
            if project is None:
                raise NotFound(_OVER)
            session = LabellingSession(tx, project.id, caller, self._today())
            return await _editing(session, await _draft(session, draft_id))

    async def save(self, caller: Caller, draft_id: str, boxes: Boxes) -> Saved | Editing:
        """Store the draft as one step; Editing where a box cannot be read or the person has to look once more."""
        async with self._store.writing(caller.workspace) as tx:
            session = await LabellingSession.open(
                tx, caller, self._today(), named_owners=self._owners
            )

            async def work() -> Outcome | Answer | DraftKept:
                draft = await _draft(session, draft_id)
                fresh = _of_this_draft(boxes, draft)
                try:
                    ready = taken(draft, fresh, labels=await session.label_names())
                except BoxFault as fault:
                    return DraftKept(draft_id, ((fault.box, str(fault)),))
                ready = await _with_notes(session, ready, finished=boxes.finished)
                if ready.notes:
                    return await _keep(session, ready)
                return await _store(session, ready, finished=boxes.finished)

            done = await once(tx, caller.request, _SAVED, work)
            if isinstance(done, DraftKept):
                return await _kept(session, done)
            return Saved(done, session.project_id)

    async def with_suggestion(self, workspace: str, saved: Saved) -> Outcome | Answer:
        """What was saved, with a suggestion where the next sentence's card follows."""
        outcome = saved.outcome
        if isinstance(outcome, Answer) or not awaits_suggestion(outcome):
            return outcome
        return await self._suggestions.with_suggestion(workspace, saved.project_id, outcome)


def _draft_of(annotation: Annotation, *, suggestion: Suggestion | None = None) -> Draft:
    """A new draft of a sentence."""
    sentence = annotation.sentence
    return Draft(
        sentence.text,
        sentence.tokens,
        sentence.id,
        suggestion.spans if suggestion else annotation.spans,
        _state(annotation),
        suggested_by=suggestion.model if suggestion else None,
    )


async def _keep(session: LabellingSession, draft: Draft) -> DraftKept:
    """Keep what became of the draft in this request."""
    await PendingActions(session.tx).change(session.project_id, session.person, draft)
    return DraftKept(draft.offer)


async def _kept(session: LabellingSession, done: DraftKept) -> Editing:
    """The draft of a request as it is now, also where a newer request has changed it since."""
    return await _editing(session, await _draft(session, done.draft), *done.faults)


async def _draft(session: LabellingSession, draft_id: str) -> Draft:
    """The person's own draft; raises NotFound."""
    actions = PendingActions(session.tx)
    found = await actions.get(session.project_id, session.person, draft_id, Draft)
    if found is None:
        raise NotFound(_OVER)
    return found


async def _editing(session: LabellingSession, draft: Draft, *faults: BoxWords) -> Editing:
    """The draft with the labels there are."""
    named = {*(await session.label_names()), *(span.label for span in draft.spans)}
    return Editing(draft, tuple(sorted(named)), faults)


async def _with_notes(session: LabellingSession, draft: Draft, *, finished: bool) -> Draft:
    """What else the person has to see before it is saved."""
    if draft.sentence_id is not None:
        state = _state(await session.named(draft.sentence_id))
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


async def _store(session: LabellingSession, draft: Draft, *, finished: bool) -> Outcome | Answer:
    """One step, and what is shown after it."""
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


def _of_this_draft(boxes: Boxes, draft: Draft) -> Boxes:
    """The boxes without what an earlier view still shows: two presses at once must not undo one another."""
    return replace(
        boxes,
        added=boxes.added if boxes.lines == draft.lines else "",
        markup=boxes.markup if boxes.boxes == draft.boxes else None,
        bold=boxes.bold if boxes.boxes == draft.boxes else (),
    )


def _state(annotation: Annotation) -> AnnotationState:
    return AnnotationState(annotation.spans, annotation.finished)
