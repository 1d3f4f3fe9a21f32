"""The editor: a person works on a draft, and saves it as one step."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db.records.idempotency import IdempotencyRecords
from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.db.store import Store
from bot.db.transaction import Transaction
from bot.domain.project import Annotation, Caller, Project
from bot.domain.steps import AnnotationState, StepKind
from bot.editor.commands import Box, Boxes, Draft, Edit, Editing, MarkTyped
from bot.editor.drafts import edited
from bot.editor.typed_input import BoxFault, taken
from bot.errors import NotFound
from bot.labelling.annotator import Hand
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import OUTCOME, Card, Done, Outcome, Suggestion
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.recognition.answer_writer import Answers
from bot.recognition.corrections import note_correction
from bot.recognition.service import SOURCE, find_answered, keep_answered, stored_as
from bot.recognition.values import Answer

_OVER = "This editor is over or belongs to somebody else; nothing was changed. Open it again from the card."
_EMPTY = "no entities"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a draft became: the card that follows, or the /ner answer it came from."""

    outcome: Outcome | Answer
    project_id: int


class Editor:
    """Opens, changes and saves drafts; each belongs to one person."""

    def __init__(
        self,
        store: Store,
        suggestions: Suggestions,
        answers: Answers,
        *,
        today: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._suggestions = suggestions
        self._answers = answers
        self._today = today

    async def open_sentence(self, caller: Caller, sentence_id: int) -> Editing:
        """The person's annotation as it stands."""
        async with self._store.writing(caller.workspace) as tx:
            desk = await self._at_desk(tx, caller)
            return await desk.open(await desk.named(sentence_id))

    async def open_suggestion(self, caller: Caller, offer: str) -> Editing:
        """What a card suggests, unless the person labelled something in the sentence since."""
        async with self._store.writing(caller.workspace) as tx:
            desk = await self._at_desk(tx, caller)
            found = await PendingActions(tx).get(desk.project.id, caller.person, offer, Suggestion)
            if found is None:
                raise NotFound(
                    "This card is over or belongs to somebody else; nothing was changed. "
                    "Type /label for the next sentence."
                )
            annotation = await desk.named(found.sentence_id)
            if annotation.spans or annotation.finished:
                return await desk.open(annotation)
            return await desk.open(annotation, suggestion=found)

    async def open_answer(self, caller: Caller, offer: str, index: int) -> Editing:
        """One sentence of a /ner answer; it is stored when the draft is saved."""
        await self._answers.settled(offer)
        async with self._store.writing(caller.workspace) as tx:
            desk = await self._at_desk(tx, caller)
            answer, item = await find_answered(tx, desk.project.id, caller.person, offer, index)
            stored = await Sentences(tx).find(desk.project.id, item.text)
            before = await Annotations(tx).of(stored, caller.person) if stored else None
            draft = Draft(
                item.text,
                item.tokens,
                stored.id if stored else None,
                item.spans if item.sentence_id is not None else item.found.spans,
                _state(before) if before else AnnotationState(),
                suggested_by=answer.version,
                answer=offer,
                index=index,
            )
            return await desk.keep_new(draft)

    async def change(self, caller: Caller, offer: str, edit: Edit, boxes: Boxes) -> Editing:
        """One step; what was typed into the markup is taken first, so that no step loses it."""
        async with self._store.writing(caller.workspace) as tx:
            desk = await self._at_desk(tx, caller)
            draft = await desk.draft(offer)
            if draft.request == caller.request:
                return await desk.editing(draft)
            fresh = _of_this_draft(boxes, draft)
            if not isinstance(edit, MarkTyped):
                fresh = replace(fresh, added="", bold=())
            try:
                ready = taken(draft, fresh, labels=await desk.label_names())
            except BoxFault as fault:
                return await desk.editing(draft, (fault.box, str(fault)))
            return await desk.keep(edited(ready, edit))

    async def show(self, caller: Caller, offer: str) -> Editing:
        """The draft as it is."""
        async with self._store.reading(caller.workspace) as tx:
            project = await Projects(tx).of_channel(caller.room)
            if project is None:
                raise NotFound(_OVER)
            desk = _EditorDesk(tx, project, caller, today=self._today())
            return await desk.editing(await desk.draft(offer))

    async def save(self, caller: Caller, offer: str, boxes: Boxes) -> Saved | Editing:
        """Store the draft as one step; Editing where a box cannot be read or the person has to look once more."""
        async with self._store.writing(caller.workspace) as tx:
            desk = await self._at_desk(tx, caller)
            draft = await desk.draft(offer)
            before = await IdempotencyRecords(tx).get(caller.request, OUTCOME)
            if before is not None:
                return Saved(before, desk.project.id)
            if draft.request == caller.request:
                return await desk.editing(draft)
            fresh = _of_this_draft(boxes, draft)
            try:
                ready = taken(draft, fresh, labels=await desk.label_names())
            except BoxFault as fault:
                return await desk.editing(draft, (fault.box, str(fault)))
            ready = await desk.with_notes(ready, finished=boxes.finished)
            if ready.notes:
                return await desk.keep(ready)
            return await desk.store(ready, finished=boxes.finished)

    async def dress(self, workspace: str, saved: Saved) -> Outcome | Answer:
        """What was saved, with a suggestion where the next sentence's card follows."""
        if isinstance(saved.outcome, Answer):
            return saved.outcome
        return await self._suggestions.dress(workspace, saved.project_id, saved.outcome)

    async def _at_desk(self, tx: Transaction, caller: Caller) -> "_EditorDesk":
        project = await Projects(tx).ensure(caller.room)
        return _EditorDesk(tx, project, caller, today=self._today())


class _EditorDesk(Hand):
    """One person with a draft, in one transaction."""

    def __init__(
        self, tx: Transaction, project: Project, caller: Caller, *, today: datetime
    ) -> None:
        super().__init__(tx, project, caller, today=today)
        self.project = project

    async def open(
        self, annotation: Annotation, *, suggestion: Suggestion | None = None
    ) -> Editing:
        """Begin a draft of a sentence."""
        sentence = annotation.sentence
        draft = Draft(
            sentence.text,
            sentence.tokens,
            sentence.id,
            suggestion.spans if suggestion else annotation.spans,
            _state(annotation),
            suggested_by=suggestion.model if suggestion else None,
        )
        return await self.keep_new(draft)

    async def keep_new(self, draft: Draft) -> Editing:
        """Keep a draft under an id of its own."""
        return await self.editing(
            await PendingActions(self._tx).put(self._project, self._person, draft)
        )

    async def keep(self, draft: Draft) -> Editing:
        """Keep what became of the draft in this request."""
        draft = replace(draft, request=self._caller.request)
        await PendingActions(self._tx).change(self._project, self._person, draft)
        return await self.editing(draft)

    async def draft(self, offer: str) -> Draft:
        """The person's own draft; raises NotFound."""
        found = await PendingActions(self._tx).get(self._project, self._person, offer, Draft)
        if found is None:
            raise NotFound(_OVER)
        return found

    async def editing(self, draft: Draft, *faults: tuple[Box, str]) -> Editing:
        """The draft with the labels there are."""
        named = {*(await self.label_names()), *(span.label for span in draft.spans)}
        return Editing(draft, tuple(sorted(named)), faults)

    async def label_names(self) -> list[str]:
        """The project's labels."""
        return [label.name for label in await Labels(self._tx).all(self._project)]

    async def with_notes(self, draft: Draft, *, finished: bool) -> Draft:
        """What else the person has to see before it is saved."""
        if draft.sentence_id is not None:
            state = _state(await self.named(draft.sentence_id))
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

    async def store(self, draft: Draft, *, finished: bool) -> Saved:
        """One step, and what is shown after it."""
        if draft.sentence_id is None:
            sentence, _ = await self.add(draft.text, draft.tokens, source=SOURCE)
            annotation = await Annotations(self._tx).of(sentence, self._person)
        else:
            annotation = await self.named(draft.sentence_id)
        created = await self.create_labels(draft.spans)
        if finished:
            card = await self.finish(annotation, draft.spans)
        else:
            card = await self.store_step(annotation, StepKind.LABELLED, draft.spans, finished=False)
        card = replace(
            card,
            changed=tuple(span for span in draft.spans if span not in annotation.spans),
            new_label=", ".join(created) or None,
        )
        if draft.answer:
            return await self._answered(draft, annotation, card)
        outcome = await self._after(card)
        await IdempotencyRecords(self._tx).put(self._caller.request, outcome)
        return Saved(outcome, self._project)

    async def _after(self, card: Card) -> Outcome:
        """A finished sentence is followed by the next one; one that is not stays in hand."""
        sentence = card.annotation.sentence
        if not card.annotation.finished:
            await Queue(self._tx).take(self._project, self._person, sentence.id)
            return card
        assert card.step is not None
        return await self.go_on(done=Done(sentence.id, card.step, len(card.annotation.spans)))

    async def _answered(self, draft: Draft, before: Annotation, card: Card) -> Saved:
        tx, place = self._tx, (self._project, self._person)
        answer, item = await find_answered(tx, *place, draft.answer, draft.index)
        stored = await stored_as(tx, self._project, item, before, card.annotation)
        await note_correction(tx, *place, answer.version, was=item, now=stored)
        answer = await keep_answered(tx, *place, answer, draft.index, stored)
        await IdempotencyRecords(tx).put(self._caller.request, card)
        return Saved(answer, self._project)


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
