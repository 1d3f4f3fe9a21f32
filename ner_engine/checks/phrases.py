"""Phrases with two labels, and labelled ones that have no label elsewhere."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ner_engine.annotation import AnnotatedText, fold
from ner_engine.checks.findings import DataFinding
from ner_engine.checks.words import (
    how_often,
    listed,
    most_frequent,
    overlapping,
    quote,
    squeezed,
    words_of,
)

Numbered = Mapping[int, AnnotatedText]

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

_TOKEN = re.compile(r"\w+|[^\w\s]")
#: A name inside an address, a handle or a hashtag is no mention.
_ADDRESS = re.compile(r"[@#]\w\S*|\b\w+://\S*|www\.\S*")


@dataclass(frozen=True, slots=True)
class _Mention:
    sentence: int
    words: str
    label: str


Phrases = Mapping[str, Sequence[_Mention]]


def labelled_phrases(finished: Numbered) -> dict[str, list[_Mention]]:
    """What is labelled, by :func:`phrase_key`."""
    phrases: dict[str, list[_Mention]] = defaultdict(list)
    for number, annotated in finished.items():
        for span in annotated.spans:
            words = words_of(annotated.text, span)
            phrases[phrase_key(words)].append(_Mention(number, words, span.label))
    return dict(phrases)


def phrase_key(words: str) -> str:
    """What mentions of one phrase have in common; case counts only in an abbreviation."""
    plain = squeezed(words)
    abbreviation = len(plain) <= LONGEST_ABBREVIATION and plain.isupper()
    return fold(plain).upper() if abbreviation else fold(plain)


def two_labels(phrases: Phrases) -> Iterator[DataFinding]:
    """Phrases that have more than one label; likely slips first."""
    mixed = [found for found in phrases.values() if len({mention.label for mention in found}) > 1]
    for mentions in sorted(mixed, key=lambda found: (not _is_clear(found), -len(found))):
        counts = Counter(mention.label for mention in mentions).most_common()
        phrase, usual = most_frequent(mention.words for mention in mentions), counts[0][0]
        readings = listed([f"{label} {how_often(count)}" for label, count in counts])
        clear = _is_clear(mentions)
        advice = (
            f"Where it is not {usual} it may be a mistake; these sentences come first."
            if clear
            else "Read the sentences, and give it one label wherever it means the same."
        )
        rare_first = sorted(mentions, key=lambda mention: clear and mention.label == usual)
        places = tuple(dict.fromkeys(mention.sentence for mention in rare_first))
        message = f"{quote(phrase)} is {readings}. {advice}"
        yield DataFinding(
            message, places, kind="two_labels", label=usual if clear else None, phrase=phrase
        )


def _is_clear(mentions: Sequence[_Mention]) -> bool:
    (_, most), *_ = Counter(mention.label for mention in mentions).most_common(1)
    return most >= CLEAR_MAJORITY * (len(mentions) - most)


def unlabelled_repeats(finished: Numbered, phrases: Phrases) -> Iterator[DataFinding]:
    """Phrases that are labelled here and have no label there; the likeliest misses first."""
    missed = _unlabelled_mentions(finished, phrases)
    shares = {key: len(phrases[key]) / (len(phrases[key]) + len(missed[key])) for key in missed}
    telling = [key for key in missed if shares[key] >= REPEAT_SHARE and _is_telling(key, phrases)]
    # Many misses first, unless it is unlikely that they are misses.
    for key in sorted(telling, key=lambda key: -(shares[key] ** 2) * len(missed[key])):
        mentions, places = phrases[key], missed[key]
        phrase = most_frequent(mention.words for mention in mentions)
        label = most_frequent(mention.label for mention in mentions)
        times = how_often(sum(mention.label == label for mention in mentions))
        message = (
            f"{quote(phrase)} is {label} {times} and has no label {how_often(len(places))}. "
            "Label it there too, if it means the same."
        )
        unlabelled = tuple(dict.fromkeys(places))
        yield DataFinding(message, unlabelled, kind="unlabelled_repeat", label=label, phrase=phrase)


def _is_telling(key: str, phrases: Phrases) -> bool:
    shortest = SHORTEST_ABBREVIATION if key.isupper() else SHORTEST
    often = " " in key or len(phrases[key]) >= REPEAT_LABELLED
    return often and sum(map(str.isalnum, key)) >= shortest


def _unlabelled_mentions(finished: Numbered, phrases: Phrases) -> dict[str, list[int]]:
    """The sentences in which a phrase is mentioned apart from every span; one for each mention."""
    lengths = lengths_by_first_token(phrases)
    found: dict[str, list[int]] = defaultdict(list)
    for number, annotated in finished.items():
        addresses = [hit.span() for hit in _ADDRESS.finditer(annotated.text)]
        for key, start, end in mentions_in(annotated.text, phrases, lengths):
            inside = any(first < start < last for first, last in addresses)
            if not inside and not overlapping(annotated.spans, start, end):
                found[key].append(number)
    return found


def lengths_by_first_token(phrases: Iterable[str]) -> dict[str, list[int]]:
    """How many tokens the phrases have that begin with a token; the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for key in phrases:
        tokens = _TOKEN.findall(fold(key))
        lengths[tokens[0]].add(len(tokens))
    return {token: sorted(some, reverse=True) for token, some in lengths.items()}


def mentions_in(
    text: str, phrases: Container[str], lengths: Mapping[str, Sequence[int]]
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
            if (key := phrase_key(text[start:end])) in phrases:
                yield key, start, end
                done = end
                break
