"""Which sentences of a corpus are taught: none twice, none of a corpus that models are measured on."""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.columns.readers import Labelled

#: So many words in a row that two texts share make one of them a copy of the other's document.
SHINGLE = 8
#: Sentences of fewer words are compared whole, when they are at least so many.
LEAST = 4
MOST_CHARACTERS = 600
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is taken from a corpus, and how many sentences were left out for what they share."""

    texts: list[Labelled]
    found: int
    shared: int


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, without signs."""
    return _WORD.findall(text.casefold())


def shingles(text: str) -> Iterator[tuple[str, ...]]:
    """All runs of SHINGLE words, or the whole text where it has fewer."""
    found = words(text)
    if len(found) < SHINGLE:
        if len(found) >= LEAST:
            yield tuple(found)
        return
    for start in range(len(found) - SHINGLE + 1):
        yield tuple(found[start : start + SHINGLE])


def measured_on(corpora: Iterable[Path]) -> set[tuple[str, ...]]:
    """All shingles of corpora that are folders of JSON lines."""
    return {
        shingle
        for corpus in corpora
        for path in sorted(corpus.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        for shingle in shingles(json.loads(line)["text"])
    }


def choose(
    found: Iterable[Labelled], *, most: int, forbidden: set[tuple[str, ...]], seen: set[str]
) -> Chosen:
    """A sample of what is neither forbidden nor ``seen``, which what is chosen is added to."""
    shared, kept, total = 0, list[Labelled](), 0
    for one in found:
        total += 1
        if any(shingle in forbidden for shingle in shingles(one.text)):
            shared += 1
            continue
        identity = " ".join(words(one.text))
        if identity and identity not in seen and len(one.text) <= MOST_CHARACTERS:
            seen.add(identity)
            kept.append(one)
    random.Random(0).shuffle(kept)
    return Chosen(kept[:most], total, shared)


def tags(tokens: Sequence[tuple[int, int]], one: Labelled) -> list[str]:
    """BIO tags of tokens, given by where they begin and end; of overlapping spans the first counts."""
    made = ["O"] * len(tokens)
    for span in sorted(one.spans, key=lambda span: (span.start, -span.end)):
        inside = [
            number
            for number, (start, end) in enumerate(tokens)
            if start < span.end and span.start < end
        ]
        if inside and all(made[number] == "O" for number in inside):
            for number in inside:
                made[number] = f"I-{span.label}"
            made[inside[0]] = f"B-{span.label}"
    return made
