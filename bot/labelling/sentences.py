"""What a person says of a sentence as a whole: the current one where a command names none."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.db.records.pending_actions import PendingActions
from bot.domain.project import Annotation, Offsets, Sentence
from bot.domain.steps import StepKind
from bot.errors import NotFound, NothingToDo
from bot.labelling import intents
from bot.labelling.commands import (
    Accept,
    Finish,
    FlagSentence,
    GoOn,
    NextSentence,
    NoEntities,
    OpenSentence,
    PointAt,
    PointAtPlace,
    Skip,
)
from bot.labelling.new_labels import ask_marked_labels, under_known_names
from bot.labelling.pointing import mentions
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.session import NOT_STORED, LabellingSession
from bot.labelling.values.bulk import MarkedTogether
from bot.labelling.values.cards import Card, Done, Outcome, Suggestion, pointed
from bot.labelling.values.intents import MarkedSentence, MarkedSentences
from ner_engine.annotation import Span, snap_to_tokens
from ner_engine.label_names import LabelNames

_OVER = "This card has expired or belongs to somebody else; nothing was changed. Type /label for the next sentence."


async def next_sentence(session: LabellingSession, _command: NextSentence) -> Outcome:
    """`/label`: who reloads, or lost the card among other messages, gets the same sentence."""
    sentence = await Queue(session.tx).on_hand(session.project_id, session.person)
    if sentence is None:
        return await session.go_on()
    return await session.card(await session.annotation(sentence))


async def go_on(session: LabellingSession, command: GoOn) -> Outcome:
    """[Next] and `/label next`."""
    shown = await session.go_on()
    is_same = isinstance(shown, Card) and shown.annotation.sentence.id == command.passed
    if command.passed is not None and not is_same:
        await Queue(session.tx).pass_over(session.project_id, session.person, command.passed)
    return shown


async def open_sentence(session: LabellingSession, command: OpenSentence) -> Outcome:
    """The card of a sentence of a list, which becomes the current one."""
    return await session.card(await session.assigned(command.sentence_id))


async def accept(session: LabellingSession, command: Accept) -> Outcome:
    """Finish the sentence with what was suggested, unless something is labelled in it by now."""
    suggestion = await PendingActions(session.tx).get(
        session.project_id, session.person, command.suggestion, Suggestion
    )
    if suggestion is None:
        raise NotFound(_OVER)
    annotation = await session.named(suggestion.sentence_id)
    if annotation.finished:
        return await session.stay(suggestion.sentence_id)
    if annotation.spans:
        raise NothingToDo(
            f"Sentence #{suggestion.sentence_id} already has labels of yours, so the suggestion was not taken. "
            "/label done finishes the sentence with them; /label undo undoes them."
        )
    spans = (await session.known_labels()).spans(suggestion.spans)
    await session.create_labels(spans)
    return await _finish_and_go_on(session, annotation, spans)


async def point_at(session: LabellingSession, command: PointAt) -> Outcome:
    """Take a phrase of the card, or drop it again; nothing is stored of the sentence."""

    def taken(kept: Suggestion, sentence: Sentence) -> Suggestion:
        if command.index >= len(kept.offered):
            return kept
        return pointed(kept, mentions(sentence, kept.offered[command.index]))

    return await _resuggest(session, command.suggestion, taken)


async def point_at_place(session: LabellingSession, command: PointAtPlace) -> Outcome:
    """Take a word, or let a phrase of the card become another one; nothing is stored of the sentence."""

    def taken(kept: Suggestion, sentence: Sentence) -> Suggestion:
        span = command.span
        is_whole = snap_to_tokens(span.start, span.end, sentence.tokens) == (span.start, span.end)
        return pointed(kept, mentions(sentence, span)) if is_whole else kept

    return await _resuggest(session, command.suggestion, taken)


async def _resuggest(
    session: LabellingSession,
    suggestion: str,
    change: Callable[[Suggestion, Sentence], Suggestion],
) -> Outcome:
    """The card with another suggestion."""
    actions = PendingActions(session.tx)
    kept = await actions.get(session.project_id, session.person, suggestion, Suggestion)
    if kept is None:
        raise NotFound(_OVER)
    annotation = await session.named(kept.sentence_id)
    if annotation.finished:
        return await session.stay(kept.sentence_id)
    card = await session.card(annotation)
    if annotation.spans:
        return card
    turned = change(kept, annotation.sentence)
    await actions.change(session.project_id, session.person, turned)
    return replace(card, suggestion=turned)


async def _finish_and_go_on(
    session: LabellingSession, annotation: Annotation, spans: tuple[Span, ...]
) -> Outcome:
    card = await session.finish(annotation, spans)
    assert card.step is not None
    return await session.go_on(done=Done(annotation.sentence.id, card.step, len(spans)))


async def skip(session: LabellingSession, command: Skip) -> Outcome:
    """Never show this sentence to this person again, and go on."""
    annotation = await _meant_by(session, command.sentence_id)
    number = annotation.sentence.id
    if annotation.finished:
        return await session.stay(number)
    is_new = await Queue(session.tx).skip(session.project_id, session.person, number)
    await session.change(
        annotation,
        StepKind.SKIPPED,
        annotation.spans,
        finished=False,
        replaced=None if is_new else "",
    )
    return await session.go_on(done=Done(number, StepKind.SKIPPED))


async def flag(session: LabellingSession, command: FlagSentence) -> Outcome:
    """Keep the sentence for reviewers, and go on."""
    annotation = await _meant_by(session, command.sentence_id)
    number, note = annotation.sentence.id, command.note
    place = (session.project_id, session.person, number)
    replaced = await Flags(session.tx).put(*place, note=note)
    await session.change(
        annotation,
        StepKind.FLAGGED,
        annotation.spans,
        finished=annotation.finished,
        note=note or None,
        replaced=replaced,
    )
    return await session.go_on(done=Done(number, StepKind.FLAGGED))


async def _meant_by(session: LabellingSession, sentence_id: int | None) -> Annotation:
    """What a button of a card names: the sentence of an old card does not become the current one again."""
    return await (session.assigned(None) if sentence_id is None else session.named(sentence_id))


async def finish(session: LabellingSession, command: Finish) -> Outcome:
    """Every entity of the sentence is labelled."""
    annotation = await session.assigned(command.sentence_id)
    if not annotation.spans and not annotation.finished:
        raise NothingToDo(
            f"Nothing is labelled in sentence #{annotation.sentence.id} yet. If it holds no entity, say so with "
            "/label none; else label a phrase first."
        )
    return await session.store_step(annotation, StepKind.FINISHED, annotation.spans, finished=True)


async def no_entities(session: LabellingSession, command: NoEntities) -> Outcome:
    """Finish the sentence without entities; a button goes on to the next one."""
    annotation = await _meant_by(session, command.sentence_id)
    if command.sentence_id is not None and annotation.finished:
        return await session.stay(annotation.sentence.id)
    if annotation.spans:
        raise NothingToDo(
            f"Sentence #{annotation.sentence.id} has labelled phrases. /label undo undoes them one by one; "
            "/label done finishes the sentence with them."
        )
    if command.sentence_id is not None:
        return await _finish_and_go_on(session, annotation, ())
    return await session.finish(annotation, ())


async def mark_sentence(session: LabellingSession, marked: MarkedSentence) -> Outcome:
    """`/label A patient with {chest pain=SYMPTOM} …`: store it where it is new, and finish it."""
    sentence = await session.found_or_new(marked.text, session.tokens)
    return await store_marked(session, marked, sentence)


async def store_marked(
    session: LabellingSession, marked: MarkedSentence, sentence: Sentence
) -> Outcome:
    """Finish a sentence with the spans marked in it, or ask what only the person can decide; a new one is stored once
    nothing is left to ask."""
    labels = await session.label_names()
    marked = under_known_names(marked, LabelNames(labels))
    question = ask_marked_labels(marked, labels) or intents.ask_marked_borders(marked, sentence)
    is_new = sentence.id == NOT_STORED
    if is_new and question is None:
        sentence, _ = await session.add(sentence.text, sentence.tokens)
    if sentence.id != NOT_STORED:
        await Queue(session.tx).take(
            session.project_id, session.person, sentence.id, waits=question is not None
        )
    if question:
        return await session.ask(
            replace(question, sentence=sentence, spans=question.spans or marked.spans)
        )
    created = await session.create_labels(marked.spans)
    annotation = Annotation(sentence, session.person)
    if not is_new:
        annotation = await session.annotation(sentence)
    card = await session.finish(annotation, marked.spans)
    return replace(
        card, new_sentence=is_new, cleaned=marked.cleaned, new_label=", ".join(created) or None
    )


async def mark_sentences(session: LabellingSession, wanted: MarkedSentences) -> Outcome:
    """Finish the sentences of several lines as one step; a line that cuts a word is left out and told."""
    labels = await session.label_names()
    names = LabelNames(labels)
    each = tuple(under_known_names(marked, names) for marked in wanted.marked)
    question = ask_marked_labels(replace(wanted, marked=each), labels)
    if question is not None:
        return await session.ask(question)
    lines = list(zip(each, wanted.tokens, strict=True))
    cut = tuple(marked.text for marked, tokens in lines if _cuts_a_word(marked, tokens))
    lines = [line for line in lines if line[0].text not in cut]
    created: list[str] = []
    stored: list[int] = []
    for marked, tokens in lines:
        sentence, _ = await session.add(marked.text, tokens)
        annotation = await session.annotation(sentence)
        if (marked.spans, True) == (annotation.spans, annotation.finished):
            continue
        created += await session.create_labels(marked.spans)
        kind = StepKind.FINISHED if marked.spans else StepKind.NO_ENTITIES
        await session.change(annotation, kind, marked.spans, finished=True, together=len(lines))
        stored.append(sentence.id)
    return MarkedTogether(
        tuple(stored),
        sum(len(marked.spans) for marked, _ in lines),
        session.caller.request,
        already=len(lines) - len(stored),
        cut=cut,
        new_label=", ".join(dict.fromkeys(created)) or None,
    )


def _cuts_a_word(marked: MarkedSentence, tokens: Sequence[Offsets]) -> bool:
    return any(
        snap_to_tokens(span.start, span.end, tokens) != (span.start, span.end)
        for span in marked.spans
    )
