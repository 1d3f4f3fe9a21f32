"""One person at the desk: what each labelling command does to the sentence in hand, in one transaction."""

from dataclasses import replace

from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.domain.project import Annotation, Offsets, Sentence
from bot.domain.steps import StepKind
from bot.errors import NotFound, NothingToDo
from bot.labelling import intents
from bot.labelling.commands import (
    Accept,
    Choose,
    Finish,
    FlagSentence,
    LabelCommand,
    LabelPhrase,
    NextSentence,
    NoEntities,
    OpenSentence,
    Skip,
    Undo,
)
from bot.labelling.messages import ask_pieces
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.session_phrases import Phrasing
from bot.labelling.unqueue import withdraw
from bot.labelling.values.bulk import EverywhereIntent, UndoTogether
from bot.labelling.values.cards import Done, Outcome, Question, Suggestion
from bot.labelling.values.intents import Intent, LabelIntent, MarkedSentence
from bot.labelling.values.messages import MessageIntent, Queued, TakeMessage, Withdraw
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span


class Desk(Phrasing):
    """One person at work in one transaction."""

    async def handle(self, command: LabelCommand, tokens: tuple[Offsets, ...]) -> Outcome:
        """Carry out one command; `tokens` are those of the text it brings, if any."""
        match command:
            case NextSentence():
                return await self.go_on()
            case Accept(suggestion):
                return await self._accept(suggestion)
            case LabelPhrase():
                return await self.label_phrase(command, tokens)
            case MarkedSentence():
                return await self._mark_sentence(command, await self.add(command.text, tokens))
            case NoEntities() | Finish() | Skip() | FlagSentence() | Undo() | OpenSentence():
                return await self._about_one(command)
            case TakeMessage() | UndoTogether() | Withdraw():
                return await self._on_several(command)
            case Choose():
                return await self._choose(command)

    async def _about_one(
        self, command: NoEntities | Finish | Skip | FlagSentence | Undo | OpenSentence
    ) -> Outcome:
        """What is said of one sentence as a whole: the one in hand where none is named."""
        match command:
            case NoEntities(sentence_id):
                return await self._no_entities(sentence_id)
            case Finish(sentence_id):
                return await self._finish(sentence_id)
            case Skip(sentence_id):
                return await self._skip(sentence_id)
            case FlagSentence(sentence_id, note):
                return await self._flag(sentence_id, note)
            case Undo(sentence_id):
                return await self._undo(sentence_id)
            case OpenSentence(sentence_id):
                return await self.card(await self.in_hand(sentence_id))

    # cards

    async def _accept(self, offer: str) -> Outcome:
        suggestion = await PendingActions(self._tx).get(
            self._project, self._person, offer, Suggestion
        )
        if suggestion is None:
            raise NotFound(
                "This card is over or belongs to somebody else; nothing was changed. Type /label for the next sentence."
            )
        annotation = await self.named(suggestion.sentence_id)
        if annotation.finished:
            return await self.stay(suggestion.sentence_id)
        if annotation.spans:
            raise NothingToDo(
                f"Sentence #{suggestion.sentence_id} has labels of yours by now, so the suggestion was not taken. "
                "/label done finishes the sentence with them; /label undo takes them back."
            )
        await self.create_labels(suggestion.spans)
        return await self._finish_and_go_on(annotation, suggestion.spans)

    async def _finish_and_go_on(self, annotation: Annotation, spans: tuple[Span, ...]) -> Outcome:
        card = await self.finish(annotation, spans)
        assert card.step is not None
        return await self.go_on(done=Done(annotation.sentence.id, card.step, len(spans)))

    async def _skip(self, sentence_id: int | None) -> Outcome:
        annotation = await self._meant_by(sentence_id)
        if annotation.finished:
            return await self.stay(annotation.sentence.id)
        await self.change(annotation, StepKind.SKIPPED, annotation.spans, finished=False)
        await Queue(self._tx).skip(self._project, self._person, annotation.sentence.id)
        return await self.go_on(done=Done(annotation.sentence.id, StepKind.SKIPPED))

    async def _flag(self, sentence_id: int | None, note: str) -> Outcome:
        annotation = await self._meant_by(sentence_id)
        number = annotation.sentence.id
        kind = StepKind.FLAGGED
        finished = annotation.finished
        await self.change(annotation, kind, annotation.spans, finished=finished, note=note or None)
        await Flags(self._tx).put(self._project, self._person, number, note=note)
        return await self.go_on(done=Done(number, kind))

    async def _meant_by(self, sentence_id: int | None) -> Annotation:
        """What a button of a card names, left where it is: the sentence of an old card does not come back in hand."""
        return await (self.in_hand(None) if sentence_id is None else self.named(sentence_id))

    # whole sentences

    async def _finish(self, sentence_id: int | None) -> Outcome:
        annotation = await self.in_hand(sentence_id)
        if not annotation.spans and not annotation.finished:
            raise NothingToDo(
                f"Nothing is labelled in sentence #{annotation.sentence.id} yet. If it holds no entity, say so with "
                "/label none; else label a phrase first."
            )
        return await self.store_step(annotation, StepKind.FINISHED, annotation.spans, finished=True)

    async def _no_entities(self, sentence_id: int | None) -> Outcome:
        annotation = await self._meant_by(sentence_id)
        if sentence_id is not None and annotation.finished:
            return await self.stay(annotation.sentence.id)
        if annotation.spans:
            raise NothingToDo(
                f"Sentence #{annotation.sentence.id} has labelled phrases. /label undo takes them back one by one; "
                "/label done finishes the sentence with them."
            )
        if sentence_id is not None:
            return await self._finish_and_go_on(annotation, ())
        return await self.finish(annotation, ())

    async def _mark_sentence(
        self, marked: MarkedSentence, sentence: tuple[Sentence, bool]
    ) -> Outcome:
        stored, is_new = sentence
        labels = [label.name for label in await Labels(self._tx).all(self._project)]
        question = intents.ask_marked_labels(marked, labels) or intents.ask_marked_borders(
            marked, stored
        )
        await Queue(self._tx).take(
            self._project, self._person, stored.id, waits=question is not None
        )
        if question:
            return await self.ask(
                replace(question, sentence=stored, spans=question.spans or marked.spans)
            )
        created = await self.create_labels(marked.spans)
        annotation = Annotation(stored, self._person)
        if not is_new:
            annotation = await Annotations(self._tx).of(stored, self._person)
        card = await self.finish(annotation, marked.spans)
        return replace(
            card, new_sentence=is_new, cleaned=marked.cleaned, new_label=", ".join(created) or None
        )

    # several sentences

    async def _on_several(self, command: TakeMessage | UndoTogether | Withdraw) -> Outcome:
        match command:
            case TakeMessage(intent):
                return await self._take_message(intent)
            case UndoTogether(step):
                return await self.everywhere.undo(step)
            case Withdraw(step):
                return await withdraw(self._tx, self._project, step)

    async def _take_message(self, intent: MessageIntent) -> Outcome:
        """Take a message's one sentence in hand; of several, ask which."""
        if len(intent.pieces) == 1:
            return await self._take_pieces(intent)
        return await self.ask(ask_pieces(intent))

    async def _take_pieces(self, intent: MessageIntent) -> Outcome:
        stored = [
            await Sentences(self._tx).add(
                self._project,
                piece.text,
                piece.tokens,
                person=self._person,
                source=self._caller.channel,
                permalink=intent.permalink,
            )
            for piece in intent.pieces
        ]
        if intent.to_queue:
            waiting = await Queue(self._tx).waiting(self._project, self._person)
            added = tuple(sentence.id for sentence, is_new in stored if is_new)
            return Queued(len(stored), added, waiting, step=self._caller.request)
        sentence, is_new = stored[0]
        card = await self.card(await self.in_hand(sentence.id))
        return replace(card, new_sentence=is_new, cleaned=intent.cleaned)

    # questions

    async def _choose(self, command: Choose) -> Outcome:
        question = await PendingActions(self._tx).get(
            self._project, self._person, command.offer, Question
        )
        if question is None or command.index >= len(question.choices):
            raise NotFound(
                "This question is over or was put to somebody else; nothing was changed. Ask it again, with /label or "
                "from the message's menu."
            )
        intent: Intent | None = question.choices[command.index].intent
        if intent is None:
            return await self._left_alone(question)
        if isinstance(intent, LabelIntent):
            return await self.pursue(intent)
        if isinstance(intent, EverywhereIntent):
            outcome = await self.everywhere.pursue(intent)
            return await self.ask(outcome) if isinstance(outcome, Question) else outcome
        if isinstance(intent, MessageIntent):
            return await self._take_pieces(intent)
        stored = question.sentence or await Sentences(self._tx).find(self._project, intent.text)
        if stored is None:
            raise NotFound("This sentence is no longer here; nothing was changed.")
        return await self._mark_sentence(intent, (stored, False))

    async def _left_alone(self, question: Question) -> Outcome:
        sentence = question.sentence or await Queue(self._tx).in_hand(self._project, self._person)
        if sentence is None:
            return await self.go_on()
        return await self.card(await Annotations(self._tx).of(sentence, self._person))

    # steps

    async def _undo(self, sentence_id: int | None) -> Outcome:
        step = await Annotations(self._tx).last_step(
            self._project, self._person, sentence_id=sentence_id
        )
        if step is None:
            raise NothingToDo("There is no step of yours left to take back.")
        if step.together > 1 and sentence_id is None:
            return await self.everywhere.undo(step.request)
        annotation = await self.in_hand(step.sentence_id)
        state = await Annotations(self._tx).undo(self._project, step, request=self._caller.request)
        if step.kind is StepKind.SKIPPED:
            await Queue(self._tx).unskip(self._project, self._person, step.sentence_id)
        elif step.kind is StepKind.FLAGGED:
            await Flags(self._tx).remove(self._project, self._person, step.sentence_id)
        gone = tuple(span for span in annotation.spans if span not in state.spans)
        after = replace(annotation, spans=state.spans, finished=state.finished)
        card = await self.card(after, step=StepKind.UNDONE)
        return replace(card, changed=gone, undone=step.kind)
