"""From the intent to label a phrase to the spans it means, with a question where only the person can decide. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.domain.project import Annotation, Offsets, Sentence
from bot.errors import NothingToDo
from bot.labelling.values.cards import LEAVE, Choice, Question, QuestionKind
from bot.labelling.values.intents import Intent, LabelIntent, MarkedSentence, UnlabelIntent
from ner_engine.annotation import Span, find_mentions, fold, snap_to_tokens

_CLOSE_ENOUGH = 70


@dataclass(frozen=True, slots=True)
class Change:
    """The spans an intent comes to: those to add, those they replace, and those that stood there before."""

    label: str
    added: tuple[Span, ...] = ()
    removed: tuple[Span, ...] = ()
    already: tuple[Span, ...] = ()


def resolve(intent: LabelIntent, annotation: Annotation) -> Question | Change:
    """Find what the intent means in one sentence, or the next question to ask."""
    sentence = annotation.sentence
    found = intent.mentions or find_mentions(sentence.text, intent.phrase)
    if not found:
        return _ask_closest(intent, annotation)
    wanted = _snapped(found, intent.label, sentence)
    already = tuple(span for span in wanted if span in annotation.spans)
    if intent.mentions is None and len(wanted) > 1 and len(already) < len(wanted):
        return _ask_mentions(intent, annotation, found)
    if not intent.borders_confirmed and {(s.start, s.end) for s in wanted} != set(found):
        return _ask_borders(replace(intent, mentions=tuple(found)), sentence, wanted)
    added = tuple(span for span in wanted if span not in already)
    removed = tuple(
        old for old in annotation.spans if any(old.overlaps(span.start, span.end) for span in added)
    )
    if removed and intent.replace is None:
        return _ask_overlap(replace(intent, mentions=tuple(found)), annotation, added, removed)
    return Change(intent.label, added, removed, already)


def _snapped(found: Sequence[Offsets], label: str, sentence: Sentence) -> tuple[Span, ...]:
    return _on_borders([Span(start, end, label) for start, end in found], sentence)


def _ask_mentions(
    intent: LabelIntent, annotation: Annotation, found: Sequence[Offsets]
) -> Question:
    text = annotation.sentence.text
    each = tuple(
        Choice(
            f"{number}: {_mention_in(text, mention)}",
            replace(intent, mentions=(mention,)),
            listed=True,
        )
        for number, mention in enumerate(found, 1)
    )
    every = Choice(f"All {len(found)}", replace(intent, mentions=tuple(found)))
    marks = tuple(Span(start, end, intent.label) for start, end in found)
    return Question(
        QuestionKind.MENTIONS, intent, (every, *each, LEAVE), annotation.sentence, marks
    )


def _mention_in(text: str, mention: Offsets) -> str:
    start, end = mention
    before, after = text[max(0, start - 12) : start], text[end : end + 12]
    return f"…{before}{text[start:end]}{after}…"


def _ask_borders(intent: LabelIntent, sentence: Sentence, wanted: tuple[Span, ...]) -> Question:
    words = ", ".join(dict.fromkeys(f"“{sentence.text[span.start : span.end]}”" for span in wanted))
    yes = Choice(f"Label {words}", replace(intent, borders_confirmed=True))
    return Question(QuestionKind.BORDERS, intent, (yes, LEAVE), sentence, wanted)


def ask_marked_borders(marked: MarkedSentence, sentence: Sentence) -> Question | None:
    """Ask where a span of a whole sentence cuts a token; shows what it would become."""
    wanted = snapped_spans(marked, sentence)
    if marked.borders_confirmed or wanted == marked.spans:
        return None
    yes = Choice("Label it so", replace(marked, spans=wanted, borders_confirmed=True))
    return Question(QuestionKind.BORDERS, marked, (yes, LEAVE), sentence, wanted)


def snapped_spans(marked: MarkedSentence, sentence: Sentence) -> tuple[Span, ...]:
    """The spans on token borders; where two would overlap, the first stays."""
    return _on_borders(marked.spans, sentence)


def _on_borders(spans: Sequence[Span], sentence: Sentence) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        start, end = snap_to_tokens(span.start, span.end, sentence.tokens)
        wider = Span(start, end, span.label)
        if not any(other.overlaps(wider.start, wider.end) for other in kept):
            kept.append(wider)
    return tuple(kept)


def _ask_overlap(
    intent: LabelIntent, annotation: Annotation, added: tuple[Span, ...], removed: tuple[Span, ...]
) -> Question:
    text = annotation.sentence.text
    old = ", ".join(f"{span.label} “{text[span.start : span.end]}”" for span in removed)
    choices = (
        Choice(f"Replace {old}", replace(intent, replace=True)),
        Choice(f"Keep {old}", None),
    )
    return Question(QuestionKind.OVERLAP, intent, choices, annotation.sentence, added)


def _ask_closest(intent: LabelIntent, annotation: Annotation) -> Question:
    sentence = annotation.sentence
    close = closest_phrases(sentence, intent.phrase)
    if not close:
        if not sentence.id:
            raise NothingToDo(
                f"“{intent.phrase}” is not in the sentence you typed, so nothing was saved. Copy the words as they are "
                "in it."
            )
        raise NothingToDo(
            f"“{intent.phrase}” is not in sentence #{sentence.id}, nor in any other. Copy the words exactly as "
            f"they are in a sentence, or add one: /label {intent.label} {intent.phrase} in: the whole sentence"
        )
    choices = tuple(
        Choice(
            f"“{sentence.text[start:end]}”",
            replace(intent, phrase=sentence.text[start:end], mentions=None),
        )
        for start, end in close
    )
    return Question(QuestionKind.CLOSEST, intent, (*choices, LEAVE), sentence, annotation.spans)


def closest_phrases(sentence: Sentence, phrase: str, *, most: int = 3) -> tuple[Offsets, ...]:
    """The runs of tokens most like the phrase (rapidfuzz ratio of folded text, at least 70), best first."""
    return closest_in(sentence.text, sentence.tokens, phrase, most=most)


def closest_in(
    text: str, tokens: Sequence[Offsets], phrase: str, *, most: int = 3
) -> tuple[Offsets, ...]:
    """The same in a text that need not be stored."""
    windows = dict.fromkeys(_windows(tokens, len(phrase.split())))
    folded = fold(text)
    texts = {(start, end): folded[start:end] for start, end in windows}
    best = process.extract(
        fold(phrase), texts, scorer=fuzz.ratio, limit=4 * most, score_cutoff=_CLOSE_ENOUGH
    )
    kept: list[Offsets] = []
    for _, _, (start, end) in best:
        if all(end <= other_start or other_end <= start for other_start, other_end in kept):
            kept.append((start, end))
    return tuple(kept[:most])


def _windows(tokens: Sequence[Offsets], words: int) -> Iterator[Offsets]:
    for width in range(max(1, words - 1), words + 3):
        for i in range(len(tokens) - width + 1):
            yield tokens[i][0], tokens[i + width - 1][1]


def with_sentence(intent: Intent, sentence: Sentence) -> Intent:
    """The intent bound to the sentence its question was asked about."""
    return replace(intent, sentence_id=sentence.id) if isinstance(intent, LabelIntent) else intent


def without_label(intent: UnlabelIntent, annotation: Annotation) -> tuple[Span, ...]:
    """The spans that stay where the phrase loses its label; raises NothingToDo where it has none."""
    places = find_mentions(annotation.sentence.text, intent.unlabel)
    kept = tuple(
        span for span in annotation.spans if not any(span.overlaps(*place) for place in places)
    )
    if kept == annotation.spans:
        raise NothingToDo(f"“{intent.unlabel}” has no label here, so nothing was changed.")
    return kept
