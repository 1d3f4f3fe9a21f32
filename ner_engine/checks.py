"""What a person should look at in the finished sentences, in words.

Messages quote sentences: they are for people, not for logs.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ner_engine.annotation import AnnotatedText, Span, fold

Kind = Literal[
    "few_examples", "two_labels", "unlabelled_repeat", "duplicate", "lonely_label", "doubtful"
]
Numbered = Mapping[int, AnnotatedText]

#: A label with fewer spans, or in fewer sentences, has too little to learn from and to score on.
FEW_SPANS, FEW_SENTENCES = 15, 10
#: One label of a phrase so many times as frequent as all others makes those likely slips.
CLEAR_MAJORITY = 5
#: A phrase labelled in a smaller share of its mentions is a common word that is seldom an entity.
REPEAT_SHARE = 1 / 3
#: A single word labelled only once says little: ordinary words are part of many a name.
REPEAT_LABELLED = 2
#: The fewest letters of a phrase that is looked for; shorter ones, "mg" or "a", are everywhere.
SHORTEST, SHORTEST_ABBREVIATION = 3, 2
#: Up to this length a phrase in capitals is an abbreviation, whose case counts: US is not us.
LONGEST_ABBREVIATION = 5
#: In how many sentences a label is, and how often it should meet others, if never is to be odd:
#: where five meetings are expected, chance leaves them all out once in 150 cases.
LONELY_SENTENCES, LONELY_MEETINGS = 10, 5
#: From here on a model is sure of a span of its own; it has to find those of ours there improbable,
#: else it doubts their borders alone, and is seldom right.
SURE, IMPROBABLE = 0.9, 0.02
#: Any word that is new to a model gets a low probability: only a very low one speaks against it.
UNHEARD_OF = 0.001
#: How many doubtful sentences are worth a look: the further down, the more often they are right.
#: Of those with nothing but unheard-of spans a few: among rare names nearly all of them are right.
MOST_DOUBTFUL, MOST_UNHEARD_OF = 20, 5
#: How many doubts about one sentence are told.
MOST_DOUBTS = 3
#: The most characters of a phrase in a message.
QUOTED = 40

_TOKEN = re.compile(r"\w+|[^\w\s]")
#: A name inside an address, a handle or a hashtag is no mention.
_ADDRESS = re.compile(r"[@#]\w\S*|\w+://\S*|www\.\S*")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: ``sentences`` are their numbers in the data, from 0.

    ``label`` and ``phrase`` are what it is about, where it is about one.
    """

    kind: Kind
    message: str
    sentences: tuple[int, ...]
    label: str | None = None
    phrase: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model that never saw a sentence thinks of it.

    ``confidences`` belong to its own ``spans``, ``gold_confidences`` to the sorted spans of the
    gold; all are probabilities from 0 to 1, best calibrated ones. A span of the gold whose label
    the model does not know has 0.
    """

    spans: tuple[Span, ...]
    confidences: tuple[float, ...]
    gold_confidences: tuple[float, ...]


def check_data(
    gold: Sequence[AnnotatedText], opinions: Sequence[Opinion | None] | None = None
) -> tuple[Finding, ...]:
    """All there is to look at, kind by kind, the most telling first; always in the same order.

    Unfinished texts are passed over. ``opinions``, one a text, come from a cross-validation; None
    for a text that no model was asked about.
    """
    finished = {number: annotated for number, annotated in enumerate(gold) if annotated.finished}
    phrases = _labelled_phrases(finished)
    return (
        *_few_examples(finished),
        *_lonely_labels(finished),
        *_duplicates(finished),
        *_two_labels(phrases),
        *_unlabelled_repeats(finished, phrases),
        *(_doubtful(gold, opinions) if opinions is not None else ()),
    )


# -- Labels and whole sentences -----------------------------------------------------------------


def _few_examples(finished: Numbered) -> Iterator[Finding]:
    counts = Counter(span.label for annotated in finished.values() for span in annotated.spans)
    for label, places in _rarest_first(finished):
        missing = max(FEW_SPANS - counts[label], FEW_SENTENCES - len(places))
        if missing > 0:
            message = (
                f"{label} has {_counted(counts[label], 'example')} in "
                f"{_counted(len(places), 'sentence')}, which is little to learn from. "
                f"Label at least {missing} more, in other sentences."
            )
            yield Finding("few_examples", message, places, label=label)


def _lonely_labels(finished: Numbered) -> Iterator[Finding]:
    ranked = _rarest_first(finished)
    # Of two labels both are lonely or neither is: the rarer one tells it all.
    for label, places in ranked[:1] if len(ranked) == 2 else ranked:
        others = {number for other, found in ranked if other != label for number in found}
        expected = len(places) * len(others) / len(finished)
        enough = len(places) >= LONELY_SENTENCES and expected >= LONELY_MEETINGS
        if enough and others.isdisjoint(places):
            message = (
                f"{label} is in {len(places)} sentences, but never beside another label; "
                f"by chance it would be beside one in about {expected:.0f} of them. "
                "If other entities were left out there, label them too."
            )
            yield Finding("lonely_label", message, places, label=label)


def _rarest_first(finished: Numbered) -> list[tuple[str, tuple[int, ...]]]:
    """Every label with the sentences it is in."""
    places: dict[str, dict[int, None]] = defaultdict(dict)
    for number, annotated in finished.items():
        for span in annotated.spans:
            places[span.label][number] = None
    ranked = sorted(places.items(), key=lambda item: (len(item[1]), item[0]))
    return [(label, tuple(numbers)) for label, numbers in ranked]


def _duplicates(finished: Numbered) -> Iterator[Finding]:
    copies: dict[str, list[int]] = defaultdict(list)
    for number, annotated in finished.items():
        copies[fold(_plain(annotated.text))].append(number)
    for numbers in copies.values():
        texts = [finished[number] for number in numbers]
        if (odd := _first_difference(texts)) is not None:
            phrase, label = odd
            message = (
                f"The sentence {_quote(texts[0].text)} is there {_times(len(texts))}, labelled in "
                f"different ways: {_quote(phrase)} is {label} in one and not in another. "
                "Label all of them alike."
            )
            yield Finding("duplicate", message, tuple(numbers), label=label, phrase=phrase)


def _first_difference(copies: Sequence[AnnotatedText]) -> tuple[str, str] | None:
    """The words and label of a span that not all copies of a text have."""
    # Places are counted without blanks, which may differ.
    places = [
        {
            (_solid(copy.text[: span.start]), _solid(copy.text[: span.end]), span.label): span
            for span in copy.spans
        }
        for copy in copies
    ]
    for copy, own in zip(copies, places, strict=True):
        for place, span in own.items():
            if not all(place in other for other in places):
                return _words(copy.text, span), span.label
    return None


def _solid(text: str) -> int:
    return len("".join(text.split()))


# -- Phrases ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mention:
    sentence: int
    words: str
    label: str


Phrases = Mapping[str, Sequence[_Mention]]


def _labelled_phrases(finished: Numbered) -> dict[str, list[_Mention]]:
    """What is labelled, by :func:`_key`."""
    phrases: dict[str, list[_Mention]] = defaultdict(list)
    for number, annotated in finished.items():
        for span in annotated.spans:
            words = _words(annotated.text, span)
            phrases[_key(words)].append(_Mention(number, words, span.label))
    return dict(phrases)


def _key(words: str) -> str:
    """What mentions of one phrase have in common; case counts only in an abbreviation."""
    plain = _plain(words)
    abbreviation = len(plain) <= LONGEST_ABBREVIATION and plain.isupper()
    return fold(plain).upper() if abbreviation else fold(plain)


def _two_labels(phrases: Phrases) -> Iterator[Finding]:
    mixed = [found for found in phrases.values() if len({mention.label for mention in found}) > 1]
    for mentions in sorted(mixed, key=lambda found: (not _is_clear(found), -len(found))):
        counts = Counter(mention.label for mention in mentions).most_common()
        phrase, usual = _usual(mention.words for mention in mentions), counts[0][0]
        readings = _listed([f"{label} {_times(count)}" for label, count in counts])
        clear = _is_clear(mentions)
        advice = (
            f"Where it is not {usual} it may be a slip; these sentences come first."
            if clear
            else "Read the sentences, and give it one label wherever it means the same."
        )
        rare_first = sorted(mentions, key=lambda mention: clear and mention.label == usual)
        places = tuple(dict.fromkeys(mention.sentence for mention in rare_first))
        message = f"{_quote(phrase)} is {readings}. {advice}"
        yield Finding("two_labels", message, places, usual if clear else None, phrase)


def _is_clear(mentions: Sequence[_Mention]) -> bool:
    (_, most), *_ = Counter(mention.label for mention in mentions).most_common(1)
    return most >= CLEAR_MAJORITY * (len(mentions) - most)


def _unlabelled_repeats(finished: Numbered, phrases: Phrases) -> Iterator[Finding]:
    missed = _unlabelled_mentions(finished, phrases)
    shares = {key: len(phrases[key]) / (len(phrases[key]) + len(missed[key])) for key in missed}
    telling = [key for key in missed if shares[key] >= REPEAT_SHARE and _is_telling(key, phrases)]
    # Many misses first, unless it is unlikely that they are misses.
    for key in sorted(telling, key=lambda key: -(shares[key] ** 2) * len(missed[key])):
        mentions, places = phrases[key], missed[key]
        phrase = _usual(mention.words for mention in mentions)
        label = _usual(mention.label for mention in mentions)
        times = _times(sum(mention.label == label for mention in mentions))
        message = (
            f"{_quote(phrase)} is {label} {times} and has no label {_times(len(places))}. "
            "Label it there too, if it means the same."
        )
        unlabelled = tuple(dict.fromkeys(places))
        yield Finding("unlabelled_repeat", message, unlabelled, label=label, phrase=phrase)


def _is_telling(key: str, phrases: Phrases) -> bool:
    shortest = SHORTEST_ABBREVIATION if key.isupper() else SHORTEST
    often = " " in key or len(phrases[key]) >= REPEAT_LABELLED
    return often and sum(map(str.isalnum, key)) >= shortest


def _unlabelled_mentions(finished: Numbered, phrases: Phrases) -> dict[str, list[int]]:
    """The sentences in which a phrase is mentioned apart from every span; one for each mention."""
    lengths = _lengths_by_first_token(phrases)
    found: dict[str, list[int]] = defaultdict(list)
    for number, annotated in finished.items():
        addresses = [hit.span() for hit in _ADDRESS.finditer(annotated.text)]
        for key, start, end in _mentions(annotated.text, phrases, lengths):
            inside = any(first < start < last for first, last in addresses)
            if not inside and not _overlapping(annotated.spans, start, end):
                found[key].append(number)
    return found


def _lengths_by_first_token(phrases: Phrases) -> dict[str, list[int]]:
    """How many tokens the phrases have that begin with a token; the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for key in phrases:
        tokens = _TOKEN.findall(fold(key))
        lengths[tokens[0]].add(len(tokens))
    return {token: sorted(some, reverse=True) for token, some in lengths.items()}


def _mentions(
    text: str, phrases: Phrases, lengths: Mapping[str, Sequence[int]]
) -> Iterator[tuple[str, int, int]]:
    """The key, start and end of every phrase in whole words; the longest one at each place.

    One walk through the text for all phrases: find_mentions would take one for each of them.
    """
    folded = fold(text)
    tokens = [token.span() for token in _TOKEN.finditer(folded)]
    done = 0
    for number, (start, stop) in enumerate(tokens):
        for length in lengths.get(folded[start:stop], ()) if start >= done else ():
            end = tokens[min(number + length, len(tokens)) - 1][1]
            if (key := _key(text[start:end])) in phrases:
                yield key, start, end
                done = end
                break


# -- What a model doubts ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Spans of the gold, and those a model has in their place; one of the two may be empty.

    ``strength`` is its confidence, or below 0, minus the probability of one that it rejects.
    """

    strength: float
    ours: tuple[Span, ...]
    theirs: tuple[Span, ...]


def _doubtful(
    gold: Sequence[AnnotatedText], opinions: Sequence[Opinion | None]
) -> Iterator[Finding]:
    doubts = {
        number: found
        for number, (annotated, opinion) in enumerate(zip(gold, opinions, strict=True))
        if annotated.finished and opinion and (found := _doubts(annotated.spans, opinion))
    }
    strongest = sorted(doubts, key=lambda number: -doubts[number][0].strength)
    sure = sum(found[0].strength > 0 for found in doubts.values())
    for number in strongest[: min(MOST_DOUBTFUL, sure + MOST_UNHEARD_OF)]:
        text, found = gold[number].text, doubts[number]
        told = list(dict.fromkeys(_in_words(text, doubt) for doubt in found))
        more = [f"and {len(told) - MOST_DOUBTS} more"] if len(told) > MOST_DOUBTS else []
        message = (
            "A model that learned from other sentences labels this one differently: "
            f"{'; '.join(told[:MOST_DOUBTS] + more)}. Check it, and keep what is right."
        )
        about = (*found[0].theirs, *found[0].ours)[0]
        yield Finding("doubtful", message, (number,), about.label, _words(text, about))


def _doubts(gold: Sequence[Span], opinion: Opinion) -> list[_Doubt]:
    """What a model is sure of that is not so, then what it finds unheard of; strongest first."""
    chances = dict(zip(gold, opinion.gold_confidences, strict=True))
    doubts = []
    for span, confidence in zip(opinion.spans, opinion.confidences, strict=True):
        ours = _overlapping(gold, span.start, span.end)
        improbable = all(chances[own] <= IMPROBABLE for own in ours)
        if confidence >= SURE and improbable:
            doubts.append(_Doubt(confidence, ours, (span,)))
    told = {own for doubt in doubts for own in doubt.ours} | set(opinion.spans)
    for own, chance in chances.items():
        if 0 < chance <= UNHEARD_OF and own not in told:
            theirs = _overlapping(opinion.spans, own.start, own.end)
            doubts.append(_Doubt(-chance, (own,), theirs))
    return sorted(doubts, key=lambda doubt: -doubt.strength)


def _in_words(text: str, doubt: _Doubt) -> str:
    ours, theirs = (
        _listed([f"{_quote(_words(text, span))} as {span.label}" for span in spans])
        for spans in (doubt.ours, doubt.theirs)
    )
    return f"{theirs or 'nothing'} instead of {ours}" if ours else theirs


# -- Spans and words ----------------------------------------------------------------------------


def _overlapping(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.start < end and start < span.end)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(text: str, span: Span) -> str:
    return _plain(text[span.start : span.end])


def _quote(words: str) -> str:
    plain = _plain(words)
    return f"“{plain if len(plain) <= QUOTED else plain[: QUOTED - 1].rstrip() + '…'}”"


def _usual(values: Iterable[str]) -> str:
    """The most frequent one, of equally frequent ones the first."""
    return Counter(values).most_common(1)[0][0]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
