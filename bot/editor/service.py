"""The editor: a person works on a draft, and saves it as one step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.db.records.shown import Shown
from bot.domain.json_form import JsonForm
from bot.domain.project import Annotation, Caller
from bot.domain.steps import AnnotationState
from bot.editor.commands import (
    Boxes,
    BoxWords,
    Draft,
    DraftKept,
    Edit,
    Editing,
    MarkTyped,
    MarkWords,
)
from bot.editor.drafts import edited
from bot.editor.saving import context_of, state_of, store, with_notes
from bot.editor.typed_input import BoxFault, taken
from bot.errors import NotFound
from bot.labelling.proposals import proposals
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.session import LabellingSession, awaits_suggestion
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import Card, Outcome, Suggestion
from bot.projects.repositories.access import Access
from bot.recognition.answer_writer import AnswerWriter
from bot.recognition.service import (
    find_answered,
)
from bot.recognition.values import Answer
from bot.team import decided
from bot.team.decided import NextToReview
from bot.team.parsing import read_version

_REMEMBERED = 500
"""Sentences whose phrases are proposed."""
_OVER = "This editor has been closed or belongs to somebody else; nothing was changed. Open it again from the card."
_KEPT: JsonForm[DraftKept] = JsonForm(DraftKept)
_SAVED: JsonForm[Outcome | Answer | DraftKept | NextToReview] = JsonForm(
    Outcome | Answer | DraftKept | NextToReview
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a draft became: the card or the disagreement that follows, or the /ner answer it came from."""

    outcome: Outcome | Answer | NextToReview
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
                    "This card has expired or belongs to somebody else; nothing was changed. "
                    "Type /label for the next sentence."
                )
            annotation = await session.named(found.sentence_id)
            if annotation.spans or annotation.finished:
                return _draft_of(annotation)
            return _draft_of(annotation, suggestion=found)

        return await self._open(caller, work)

    async def open_version(self, caller: Caller, value: str) -> Editing:
        """One version of a disagreement, or of a sentence that may be wrong; what is saved is decided."""

        async def work(session: LabellingSession) -> Draft:
            take = read_version(value)
            sentence, spans = await decided.version_of(context_of(session), take)
            mine = await session.annotation(sentence)
            return replace(_draft_of(mine), spans=spans, decides=True)

        return await self._open(caller, work)

    async def open_answer(self, caller: Caller, answer_id: str, index: int) -> Editing:
        """One sentence of a /ner answer; it is stored when the draft is saved."""
        await self._answers.settled(answer_id)

        async def work(session: LabellingSession) -> Draft:
            answer, item = await find_answered(session, answer_id, index)
            stored = await Sentences(session.tx).find(session.project_id, item.text)
            before = state_of(await session.annotation(stored)) if stored else AnnotationState()
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
            session = await LabellingSession.open(
                tx, caller, self._today(), named_owners=self._owners
            )

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
                if isinstance(edit, MarkWords) and not edit.words:
                    return DraftKept(draft_id, (("words", "Choose the words before their label."),))
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

            async def work() -> Outcome | Answer | DraftKept | NextToReview:
                draft = await _draft(session, draft_id)
                fresh = _of_this_draft(boxes, draft)
                try:
                    _check_words(fresh)
                    ready = taken(draft, fresh, labels=await session.label_names())
                except BoxFault as fault:
                    return DraftKept(draft_id, ((fault.box, str(fault)),))
                ready = await with_notes(session, ready, finished=boxes.finished)
                if ready.notes:
                    return await _keep(session, ready)
                return await store(session, ready, finished=boxes.finished)

            done = await once(tx, caller.request, _SAVED, work)
            if isinstance(done, DraftKept):
                return await _kept(session, done)
            return Saved(done, session.project_id)

    async def with_suggestion(
        self, workspace: str, saved: Saved
    ) -> Outcome | Answer | NextToReview:
        """What was saved, with a suggestion where the next sentence's card follows."""
        outcome = saved.outcome
        if isinstance(outcome, Card):
            outcome = await self._suggestions.with_neighbours(workspace, saved.project_id, outcome)
        if not isinstance(outcome, Card) or not awaits_suggestion(outcome):
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
        state_of(annotation),
        suggested_by=suggestion.model if suggestion else None,
        offered=suggestion.offered if suggestion else (),
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
    remembered: tuple[tuple[str, str], ...] = ()
    if not await _is_second_opinion(session, draft):
        remembered = await Annotations(session.tx).phrases(session.project_id, limit=_REMEMBERED)
    found = proposals(draft.text, draft.tokens, draft.spans, remembered, offered=draft.offered)
    return Editing(draft, tuple(sorted(named)), faults, found)


async def _is_second_opinion(session: LabellingSession, draft: Draft) -> bool:
    """What was labelled before may hold somebody else's labels of the sentence, so a second opinion is not shown it."""
    if draft.sentence_id is None or draft.decides:
        return False
    return await Shown(session.tx).is_second(session.project_id, session.person, draft.sentence_id)


def _check_words(boxes: Boxes) -> None:
    if boxes.words:
        raise BoxFault("words", "Press the label of the chosen words first, or take them out.")


def _of_this_draft(boxes: Boxes, draft: Draft) -> Boxes:
    """The boxes without what an earlier view still shows: two presses at once must not undo one another."""
    return replace(
        boxes,
        added=boxes.added if boxes.lines == draft.lines else "",
        markup=boxes.markup if boxes.boxes == draft.boxes else None,
        bold=boxes.bold if boxes.boxes == draft.boxes else (),
        words=boxes.words if boxes.boxes == draft.boxes else (),
    )
