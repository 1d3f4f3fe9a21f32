"""What labelling a phrase would change in each sentence that holds it, and how that is asked. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from bot.domain.project import Offsets, Sentence
from bot.labelling.intents import closest_phrases
from bot.labelling.values.bulk import EverywhereIntent, MatchStatus, PhraseMatch, Place, Survey
from bot.labelling.values.cards import LEAVE, Choice, Question, QuestionKind
from bot.labelling.values.intents import LabelIntent
from ner_engine.annotation import Span, find_mentions, fold, snap_to_tokens

MAX_SENTENCES = 500
"""Sentences one step labels at most: what a person can answer for, and a transaction others can wait for."""
PAGE = 5
_STOPS = ".,;:!?()"
_NEARLY = 10.0
"""How much less like the phrase than the closest one a proposal may be, in rapidfuzz's per cent."""


def match_in(place: Place, label: str, phrase: str) -> PhraseMatch | None:
    """What labelling every mention would change in one sentence; None where the phrase is not in it."""
    annotation = place.annotation
    sentence = annotation.sentence
    found = find_mentions(sentence.text, phrase)
    if not found:
        return None
    if any(snap_to_tokens(*mention, sentence.tokens) != mention for mention in found):
        return PhraseMatch(annotation, MatchStatus.CUT)
    spans = [Span(start, end, label) for start, end in found]
    added = tuple(span for span in spans if span not in annotation.spans)
    if not added:
        return PhraseMatch(annotation, MatchStatus.ALREADY)
    removed = tuple(
        old for old in annotation.spans if any(old.overlaps(new.start, new.end) for new in added)
    )
    if removed:
        return PhraseMatch(annotation, MatchStatus.OVERLAP, added, removed)
    untouched = not annotation.spans and not annotation.finished
    taken = place.finished_by_others > 0 and untouched
    return PhraseMatch(annotation, MatchStatus.TAKEN if taken else MatchStatus.READY, added)


def in_order(seen: Iterable[PhraseMatch]) -> tuple[PhraseMatch, ...]:
    """By their status, then by their age."""
    order = list(MatchStatus)
    return tuple(sorted(seen, key=lambda found: order.index(found.standing)))


def is_chosen(intent: EverywhereIntent, found: PhraseMatch) -> bool:
    """Whether "all" labels this sentence."""
    return found.annotation.sentence.id not in intent.left_out and _may_be(intent, found)


def _may_be(intent: EverywhereIntent, found: PhraseMatch) -> bool:
    match found.standing:
        case MatchStatus.READY:
            return True
        case MatchStatus.OVERLAP:
            return intent.with_overlaps
        case MatchStatus.TAKEN:
            return intent.with_taken
    return False


def ask_everywhere(
    intent: EverywhereIntent, seen: Sequence[PhraseMatch], *, more: bool = False
) -> Question:
    """Show a page of the sentences and ask: all of them, one of them, or none."""
    intent = replace(intent, more=more)
    chosen = [found for found in seen if is_chosen(intent, found)]
    listed = [found for found in seen if found.standing is not MatchStatus.ALREADY] or seen
    pages = -(-len(listed) // PAGE)
    page = min(intent.page, pages - 1)
    shown = tuple(listed[page * PAGE : (page + 1) * PAGE])
    standings = [found.standing for found in seen]
    counts = tuple((kind, standings.count(kind)) for kind in MatchStatus if kind in standings)
    survey = Survey(shown, counts, len(chosen), page=page, pages=pages, more=more)
    if len(listed) == 1:
        choices: tuple[Choice, ...] = (_only(intent, listed[0], "Label it in"), LEAVE)
    else:
        choices = (
            *_all(intent, chosen),
            *_widen(intent, survey),
            *_other_pages(intent, page, pages),
            *(_only(intent, found, "Only") for found in shown),
            *_turns(intent, shown),
            LEAVE,
        )
    return Question(QuestionKind.EVERYWHERE, intent, choices, survey=survey)


def _all(intent: EverywhereIntent, chosen: Sequence[PhraseMatch]) -> Iterator[Choice]:
    agreed = tuple(found.annotation.sentence.id for found in chosen)
    if len(chosen) > 1:
        yield Choice(f"Label all {len(chosen)}", replace(intent, sentences=agreed))
    elif chosen:
        yield Choice(f"Label it in #{agreed[0]}", replace(intent, sentences=agreed))


def _widen(intent: EverywhereIntent, survey: Survey) -> Iterator[Choice]:
    """The sentences that are left out unless somebody wants them in."""
    if overlaps := survey.number(MatchStatus.OVERLAP):
        words = "Do not replace labels" if intent.with_overlaps else "Replace other labels"
        flipped = replace(intent, with_overlaps=not intent.with_overlaps, page=0)
        yield Choice(f"{words} ({overlaps})", flipped)
    if taken := survey.number(MatchStatus.TAKEN):
        words = "Not where others finished" if intent.with_taken else "Also where others finished"
        flipped = replace(intent, with_taken=not intent.with_taken, page=0)
        yield Choice(f"{words} ({taken})", flipped)


def _turns(intent: EverywhereIntent, shown: Sequence[PhraseMatch]) -> Iterator[Choice]:
    """One sentence after the other is left out, or taken again."""
    for found in shown:
        number = found.annotation.sentence.id
        if number in intent.left_out:
            kept = tuple(each for each in intent.left_out if each != number)
            yield Choice(f"Take #{number} again", replace(intent, left_out=kept))
        elif _may_be(intent, found):
            left_out = (*intent.left_out, number)
            yield Choice(f"Leave out #{number}", replace(intent, left_out=left_out))


def _other_pages(intent: EverywhereIntent, page: int, pages: int) -> Iterator[Choice]:
    if page > 0:
        yield Choice("◀ Back", replace(intent, page=page - 1))
    if page + 1 < pages:
        yield Choice("More ▶", replace(intent, page=page + 1))


def _only(intent: EverywhereIntent, found: PhraseMatch, words: str) -> Choice:
    sentence_id = found.annotation.sentence.id
    return Choice(
        f"{words} #{sentence_id}",
        LabelIntent(intent.label, intent.quoted, label_confirmed=True, sentence_id=sentence_id),
    )


def pieces_of(phrase: str) -> tuple[str, ...]:
    """The halves of its words: where one letter is wrong, one half is still right."""
    words = [word for word in fold(phrase).split() if len(word) > 3]
    halves = [half for word in words for half in (word[: len(word) // 2], word[len(word) // 2 :])]
    return tuple(dict.fromkeys(halves))


def phrase_like(phrase: str, sentence: Sentence) -> str | None:
    """What is most like the phrase in a sentence, as it stands there."""
    close = closest_phrases(sentence, phrase, most=1)
    return sentence.text[slice(*close[0])] if close else None


def most_like(phrase: str, phrases: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """Those nearly as close as the closest; stretches over a comma or a full stop are hardly ever phrases."""
    wanted = fold(phrase)
    found: dict[str, str] = {}
    for words in phrases:
        found.setdefault(fold(words), words)
    likeness = {
        folded: fuzz.ratio(wanted, folded)
        for folded in found
        if not set(_STOPS) & (set(folded) - set(wanted))
    }
    least = max(likeness.values(), default=0.0) - _NEARLY
    ranked = sorted(
        (near for near in likeness if likeness[near] >= least), key=lambda near: -likeness[near]
    )
    return tuple(found[folded] for folded in ranked[:most])


def ask_closest(
    intent: LabelIntent,
    sentence: Sentence | None,
    here: Sequence[Offsets],
    elsewhere: Sequence[str],
) -> Question | None:
    """Ask for what is most like the phrase: in the current sentence, then in the project's others."""
    own = [sentence.text[start:end] for start, end in here] if sentence else []
    known = {fold(words) for words in own}
    choices = [
        *(Choice(f"“{words}”", replace(intent, phrase=words, mentions=None)) for words in own),
        *(
            Choice(f"“{words}”, in other sentences", EverywhereIntent(intent.label, words))
            for words in elsewhere
            if fold(words) not in known
        ),
    ]
    if not choices:
        return None
    return Question(QuestionKind.CLOSEST, intent, (*choices, LEAVE), sentence)
