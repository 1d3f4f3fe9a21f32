"""One person at the desk: what each labelling command does to the sentence in hand, in one transaction."""

from dataclasses import replace

from bot.domain import (
    Annotation,
    AnnotationState,
    Caller,
    Card,
    Choose,
    Finish,
    Intent,
    LabelCommand,
    LabelIntent,
    LabelPhrase,
    MarkedSentence,
    NextSentence,
    NoEntities,
    Offsets,
    OpenSentence,
    Outcome,
    Project,
    Question,
    QueueEmpty,
    Sentence,
    Skip,
    StepKind,
    Undo,
)
from bot.errors import NotFound, NothingToDo
from bot.services import intents
from bot.services.ports import Work
from ner_engine.annotation import Span, find_mentions

_NO_HAND = (
    "You have no sentence in hand. Type /label to get the next one, or add your own: "
    "/label SYMPTOM chest pain in: A patient with chest pain."
)


class Desk:
    """One person at work in one transaction."""

    def __init__(self, work: Work, project: Project, caller: Caller) -> None:
        self._work = work
        self._project = project.id
        self._caller = caller
        self._person = caller.person

    async def handle(self, command: LabelCommand, tokens: tuple[Offsets, ...]) -> Outcome:
        """Carry out one command; `tokens` are those of the text it brings, if any."""
        match command:
            case NextSentence():
                return await self._next()
            case LabelPhrase():
                return await self._label_phrase(command, tokens)
            case MarkedSentence():
                return await self._mark_sentence(command, await self._add(command.text, tokens))
            case NoEntities(sentence_id):
                return await self._no_entities(sentence_id)
            case Finish(sentence_id):
                return await self._finish(sentence_id)
            case Skip(sentence_id):
                return await self._skip(sentence_id)
            case Undo(sentence_id):
                return await self._undo(sentence_id)
            case Choose():
                return await self._choose(command)
            case OpenSentence(sentence_id):
                return await self._card(await self._in_hand(sentence_id))

    # the queue

    async def _next(self, *, skipped: int | None = None) -> Outcome:
        sentence = await self._work.queue.next(self._project, self._person)
        if sentence is None:
            sentence = await self._work.queue.in_hand(self._project, self._person)
        annotation = await self._work.annotations.of(sentence, self._person) if sentence else None
        if annotation is None or annotation.finished:
            counts = await self._work.annotations.counts(self._project)
            return QueueEmpty(counts.finished, skipped=skipped)
        return await self._card(annotation, skipped=skipped)

    async def _skip(self, sentence_id: int | None) -> Outcome:
        annotation = await self._in_hand(sentence_id)
        if annotation.finished:
            return await self._next()
        await self._change(
            annotation, StepKind.SKIPPED, annotation.spans, finished=annotation.finished
        )
        await self._work.queue.skip(self._project, self._person, annotation.sentence.id)
        return await self._next(skipped=annotation.sentence.id)

    # whole sentences

    async def _finish(self, sentence_id: int | None) -> Outcome:
        annotation = await self._in_hand(sentence_id)
        if not annotation.spans and not annotation.finished:
            raise NothingToDo(
                f"Nothing is labelled in sentence #{annotation.sentence.id} yet. If it holds no entity, say so with "
                "/label none; else label a phrase first."
            )
        return await self._store_step(
            annotation, StepKind.FINISHED, annotation.spans, finished=True
        )

    async def _no_entities(self, sentence_id: int | None) -> Outcome:
        annotation = await self._in_hand(sentence_id)
        if annotation.spans:
            raise NothingToDo(
                f"Sentence #{annotation.sentence.id} has labelled phrases. /label undo takes them back one by one; "
                "/label done finishes the sentence with them."
            )
        return await self._store_step(annotation, StepKind.NO_ENTITIES, (), finished=True)

    async def _mark_sentence(
        self, marked: MarkedSentence, sentence: tuple[Sentence, bool]
    ) -> Outcome:
        stored, is_new = sentence
        labels = [label.name for label in await self._work.labels.all(self._project)]
        question = intents.ask_marked_labels(marked, labels) or intents.ask_marked_borders(
            marked, stored
        )
        await self._work.queue.take(
            self._project, self._person, stored.id, waits=question is not None
        )
        if question:
            return await self._ask(
                replace(question, sentence=stored, spans=question.spans or marked.spans)
            )
        created = [
            name
            for name in sorted({span.label for span in marked.spans} - set(labels))
            if await self._work.labels.add(self._project, name, person=self._person)
        ]
        annotation = Annotation(stored, self._person)
        if not is_new:
            annotation = await self._work.annotations.of(stored, self._person)
        kind = StepKind.FINISHED if marked.spans else StepKind.NO_ENTITIES
        card = await self._store_step(annotation, kind, marked.spans, finished=True)
        return replace(
            card, new_sentence=is_new, cleaned=marked.cleaned, new_label=", ".join(created) or None
        )

    # one phrase

    async def _label_phrase(self, command: LabelPhrase, tokens: tuple[Offsets, ...]) -> Outcome:
        intent = LabelIntent(command.label, command.phrase)
        if command.sentence is None:
            return await self._pursue(intent)
        sentence, is_new = await self._add(command.sentence, tokens)
        outcome = await self._pursue(replace(intent, sentence_id=sentence.id))
        if isinstance(outcome, Card):
            return replace(outcome, new_sentence=is_new, cleaned=command.cleaned)
        return outcome

    async def _pursue(self, intent: LabelIntent) -> Outcome:
        labels = [label.name for label in await self._work.labels.all(self._project)]
        annotation = await self._meant(intent)
        if isinstance(annotation, Question):
            return await self._ask(annotation)
        question = intents.ask_label(intent, labels)
        if question:
            return await self._ask(
                replace(question, sentence=annotation.sentence, spans=annotation.spans)
            )
        change = intents.resolve(intent, annotation)
        if isinstance(change, Question):
            return await self._ask(change)
        return await self._apply(change, annotation)

    async def _meant(self, intent: LabelIntent) -> Annotation | Question:
        """The annotation the intent is about, or the question which sentence it is."""
        if intent.sentence_id is not None:
            return await self._in_hand(intent.sentence_id)
        sentence = await self._work.queue.in_hand(self._project, self._person)
        if sentence and find_mentions(sentence.text, intent.phrase):
            return await self._work.annotations.of(sentence, self._person)
        candidates = await self._work.sentences.containing(
            self._project, intent.phrase, limit=intents.MAX_CHOICES
        )
        if candidates:
            return intents.ask_sentence(intent, candidates)
        if sentence is None:
            raise NothingToDo(_NO_HAND)
        return await self._work.annotations.of(sentence, self._person)

    async def _apply(self, change: intents.Change, annotation: Annotation) -> Outcome:
        if not change.added:
            return replace(await self._card(annotation), already=change.already)
        is_new = await self._work.labels.add(self._project, change.label, person=self._person)
        kept = tuple(span for span in annotation.spans if span not in change.removed)
        spans = tuple(sorted((*kept, *change.added)))
        card = await self._store_step(
            annotation, StepKind.LABELLED, spans, finished=annotation.finished
        )
        return replace(
            card,
            changed=change.added,
            already=change.already,
            new_label=change.label if is_new else None,
        )

    # questions

    async def _ask(self, question: Question) -> Question:
        bound = [
            replace(choice, intent=intents.with_sentence(choice.intent, question.sentence))
            if choice.intent and question.sentence
            else choice
            for choice in question.choices
        ]
        return await self._work.offers.put(
            self._project, self._person, replace(question, choices=tuple(bound))
        )

    async def _choose(self, command: Choose) -> Outcome:
        question = await self._work.offers.get(self._project, self._person, command.offer)
        if question is None or command.index >= len(question.choices):
            raise NotFound(
                "This question is over or was put to somebody else; nothing was changed. Type the /label command again."
            )
        intent: Intent | None = question.choices[command.index].intent
        if intent is None:
            return await self._left_alone(question)
        if isinstance(intent, LabelIntent):
            return await self._pursue(intent)
        stored = question.sentence or await self._work.sentences.find(self._project, intent.text)
        if stored is None:
            raise NotFound("This sentence is no longer here; nothing was changed.")
        return await self._mark_sentence(intent, (stored, False))

    async def _left_alone(self, question: Question) -> Outcome:
        sentence = question.sentence or await self._work.queue.in_hand(self._project, self._person)
        if sentence is None:
            return await self._next()
        return await self._card(await self._work.annotations.of(sentence, self._person))

    # steps

    async def _undo(self, sentence_id: int | None) -> Outcome:
        step = await self._work.annotations.last_step(
            self._project, self._person, sentence_id=sentence_id
        )
        if step is None:
            raise NothingToDo("There is no step of yours left to take back.")
        annotation = await self._in_hand(step.sentence_id)
        state = await self._work.annotations.undo(self._project, step, request=self._caller.request)
        if step.kind is StepKind.SKIPPED:
            await self._work.queue.unskip(self._project, self._person, step.sentence_id)
        gone = tuple(span for span in annotation.spans if span not in state.spans)
        after = replace(annotation, spans=state.spans, finished=state.finished)
        card = await self._card(after, step=StepKind.UNDONE)
        return replace(card, changed=gone, undone=step.kind)

    async def _store_step(
        self, annotation: Annotation, kind: StepKind, spans: tuple[Span, ...], *, finished: bool
    ) -> Card:
        if (spans, finished) == (annotation.spans, annotation.finished):
            return await self._card(annotation, step=kind)
        await self._change(annotation, kind, spans, finished=finished)
        after = replace(annotation, spans=spans, finished=finished)
        return replace(await self._card(after), step=kind)

    async def _change(
        self, annotation: Annotation, kind: StepKind, spans: tuple[Span, ...], *, finished: bool
    ) -> None:
        await self._work.annotations.change(
            self._project,
            annotation,
            kind,
            AnnotationState(spans, finished),
            request=self._caller.request,
        )

    async def _add(self, text: str, tokens: tuple[Offsets, ...]) -> tuple[Sentence, bool]:
        return await self._work.sentences.add(
            self._project, text, tokens, person=self._person, source=self._caller.channel
        )

    async def _in_hand(self, sentence_id: int | None) -> Annotation:
        """The person's annotation of the sentence a button names, taken in hand, or of the one already in hand."""
        if sentence_id is None:
            sentence = await self._work.queue.in_hand(self._project, self._person)
            if sentence is None:
                raise NothingToDo(_NO_HAND)
            return await self._work.annotations.of(sentence, self._person)
        named = await self._work.sentences.get(self._project, sentence_id)
        if named is None:
            raise NotFound("This sentence is no longer here. Type /label for the next one.")
        await self._work.queue.take(self._project, self._person, named.id)
        return await self._work.annotations.of(named, self._person)

    async def _card(
        self, annotation: Annotation, *, step: StepKind | None = None, skipped: int | None = None
    ) -> Card:
        waiting = await self._work.queue.waiting(self._project, self._person)
        return Card(annotation, step=step, skipped=skipped, waiting=waiting)
