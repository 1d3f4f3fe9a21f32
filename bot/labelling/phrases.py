"""A phrase and its label: in the current sentence, in one that is typed with it, or everywhere."""

from dataclasses import replace

from bot.domain.project import Annotation, Sentence
from bot.domain.steps import StepKind
from bot.errors import NothingToDo, NotUnderstood
from bot.labelling import bulk, intents, sentences
from bot.labelling.commands import LabelPhrase, LabelWords
from bot.labelling.new_labels import SENTENCE_WORDS, ask_label, ask_which_label
from bot.labelling.readings import in_capitals, known_label, label_name, plainly_meant
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.session import NO_SENTENCE, NOT_STORED, LabellingSession
from bot.labelling.values.cards import Card, Outcome, Question
from bot.labelling.values.intents import LabelIntent, UnlabelIntent
from bot.labelling.values.messages import Piece
from ner_engine.annotation import find_mentions
from ner_engine.label_names import LabelNames


def text_of(command: LabelWords) -> str | None:
    """The text among the words of a command that may become a sentence."""
    if command.sentence is not None:
        return command.sentence
    if command.marked is not None:
        return command.marked.text
    return command.words if len(command.words.split()) >= SENTENCE_WORDS else None


async def label_words(session: LabellingSession, command: LabelWords) -> Outcome:
    """`/label` with a label and a phrase in any order, or with a phrase alone, which is asked about."""
    labels = await session.label_names()
    text = command.sentence
    if text is None:
        current = await session.current()
        text = current.text if current else None
    if command.marked and not find_mentions(text or "", command.words):
        return await sentences.mark_sentence(session, command.marked)
    meant = plainly_meant(command, labels, text)
    if meant is None:
        return await _ask_label(session, command, labels)
    return await label_phrase(session, meant)


async def _ask_label(session: LabellingSession, command: LabelWords, labels: list[str]) -> Outcome:
    """Ask which label is meant; nothing becomes one because it stands at the beginning of a line."""
    words = command.words
    found = await Phrases(session.tx).places(session.project_id, session.person, words, limit=1)
    if (name := _bare_label(command, labels)) is not None and not found:
        raise NotUnderstood(f"Which phrase is {name}? Type it after the label.")
    current = await session.current()
    if command.sentence is not None:
        current = await session.found_or_new(command.sentence, session.tokens)
    here = await _annotation(session, current) if current is not None else None
    is_new = command.sentence is None and text_of(command) and not found
    question = ask_which_label(
        words,
        command.readings,
        labels,
        here=here,
        is_elsewhere=bool(found),
        everywhere=command.everywhere,
        as_sentence=Piece(words, session.tokens) if is_new else None,
    )
    if question is None:
        raise NothingToDo(bulk.no_label_in(words, labels) if current is not None else NO_SENTENCE)
    return await session.ask(question)


async def _annotation(session: LabellingSession, sentence: Sentence) -> Annotation:
    if sentence.id == NOT_STORED:
        return Annotation(sentence, session.person)
    return await session.annotation(sentence)


def _bare_label(command: LabelWords, labels: list[str]) -> str | None:
    """The label that stands alone, with no phrase."""
    name = label_name(command.words)
    known = known_label(name, labels) if name else None
    typed = name if in_capitals(command.words) and not command.readings else None
    return known or typed


async def take_label_off(session: LabellingSession, intent: UnlabelIntent) -> Outcome:
    """Take the label off a phrase of a sentence, which becomes the current one."""
    annotation = await session.assigned(intent.sentence_id)
    spans = intents.without_label(intent, annotation)
    return await session.store_step(
        annotation, StepKind.LABELLED, spans, finished=annotation.finished
    )


async def label_phrase(session: LabellingSession, command: LabelPhrase) -> Outcome:
    """`/label SYMPTOM chest pain`, in the current sentence, in one that is typed with it, or everywhere."""
    known = await session.known_labels()
    intent = LabelIntent(known.name(command.label), command.phrase)
    if command.everywhere:
        return await _label_everywhere(session, intent)
    if command.sentence is None:
        return await label(session, intent)
    sentence = await session.found_or_new(command.sentence, session.tokens)
    outcome = await label_in(session, intent, sentence)
    return (
        replace(outcome, cleaned=command.cleaned or outcome.cleaned)
        if isinstance(outcome, Card)
        else outcome
    )


async def label_in(session: LabellingSession, intent: LabelIntent, sentence: Sentence) -> Outcome:
    """Label in a sentence that is typed with the phrase; a new one is stored with the label, not with a question."""
    if sentence.id == NOT_STORED:
        unbound = replace(intent, sentence_id=None)
        annotation = Annotation(sentence, session.person)
        question = await _question(session, unbound, annotation)
        if question is not None:
            return await session.ask(question)
        stored, is_new = await session.add(sentence.text, sentence.tokens)
        outcome = await label(session, replace(intent, sentence_id=stored.id))
        return replace(outcome, new_sentence=is_new) if isinstance(outcome, Card) else outcome
    return await label(session, replace(intent, sentence_id=sentence.id))


async def _question(
    session: LabellingSession, intent: LabelIntent, annotation: Annotation
) -> Question | None:
    """What only the person can decide before the phrase is labelled in the sentence."""
    question = ask_label(intent, await session.label_names())
    if question is not None:
        return replace(question, sentence=annotation.sentence, spans=annotation.spans)
    change = intents.resolve(intent, annotation)
    return change if isinstance(change, Question) else None


async def _label_everywhere(session: LabellingSession, intent: LabelIntent) -> Outcome:
    """`… everywhere`, which may as well be the last word of a phrase in the current sentence."""
    sentence = await session.current()
    whole = f"{intent.phrase} everywhere"
    if sentence and find_mentions(sentence.text, whole):
        return await label(session, replace(intent, phrase=whole))
    question = await bulk.look_for(session, intent, None)
    if question is None:
        raise NothingToDo(bulk.nowhere(intent.label, intent.phrase))
    return await session.ask(question)


async def label(session: LabellingSession, intent: LabelIntent) -> Outcome:
    """Label what is meant, or ask what only the person can decide."""
    labels = await session.label_names()
    intent = replace(intent, label=LabelNames(labels).name(intent.label))
    annotation = await _meant(session, intent)
    if isinstance(annotation, Question):
        return await session.ask(annotation)
    question = ask_label(intent, labels)
    if question:
        return await session.ask(
            replace(question, sentence=annotation.sentence, spans=annotation.spans)
        )
    change = intents.resolve(intent, annotation)
    if isinstance(change, Question):
        return await session.ask(change)
    return await _apply(session, change, annotation)


async def _meant(session: LabellingSession, intent: LabelIntent) -> Annotation | Question:
    """The annotation the intent is about, or the question which sentence it is."""
    if intent.sentence_id is not None:
        return await session.assigned(intent.sentence_id)
    sentence = await session.current()
    if sentence and find_mentions(sentence.text, intent.phrase):
        return await session.annotation(sentence)
    question = await bulk.look_for(session, intent, sentence)
    if question is None:
        raise NothingToDo(bulk.nowhere(intent.label, intent.phrase) if sentence else NO_SENTENCE)
    if question.sentence is None:
        return question
    mine = await session.annotation(question.sentence)
    return replace(question, spans=mine.spans)


async def _apply(
    session: LabellingSession, change: intents.Change, annotation: Annotation
) -> Outcome:
    if not change.added:
        return replace(await session.card(annotation), already=change.already)
    is_new = await session.create_label(change.label)
    kept = tuple(span for span in annotation.spans if span not in change.removed)
    spans = tuple(sorted((*kept, *change.added)))
    card = await session.store_step(
        annotation, StepKind.LABELLED, spans, finished=annotation.finished
    )
    return replace(
        card,
        changed=change.added,
        already=change.already,
        new_label=change.label if is_new else None,
    )
