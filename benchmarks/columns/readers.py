"""The forms other people's corpora come in, each read as annotated texts."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from ner_engine.annotation import Span


class Labelled(NamedTuple):
    """A text and what is marked in it, as it was found: spans may be anywhere."""

    text: str
    spans: tuple[Span, ...]


#: From the text of a file to what is annotated in it. Raises ValueError where a file is of another form.
Reader = Callable[[str], Iterator[Labelled]]
Tagged = list[tuple[str, str]]

_GLUED_LEFT = frozenset([*".,;:!?)]}%", "'s", "n't", "'re", "'ve", "'ll", "'d", "'m", "..."])
_GLUED_RIGHT = frozenset("([{$#@")


def columns(*, word: int = 0, tag: int = -1) -> Reader:
    """A token a line with its tag, a blank line between sentences."""

    def read(content: str) -> Iterator[Labelled]:
        for blank, lines in groupby(content.splitlines(), key=lambda line: not line.strip()):
            if blank:
                continue
            cells = [line.split() for line in lines if not line.startswith("-DOCSTART-")]
            yield from joined([(cell[word], cell[tag]) for cell in cells if len(cell) > 1])

    return read


def joined(tagged: Tagged) -> Iterator[Labelled]:
    """The text that tokens were cut from, as far as that can be told, and its entities."""
    text, spans, quotes = "", list[Span](), 0
    before = "O"
    for number, (word, tag) in enumerate(tagged):
        previous = tagged[number - 1][0] if number else ""
        closing = word == '"' and quotes % 2
        opened = previous == '"' and quotes % 2
        glued = not number or word in _GLUED_LEFT or previous in _GLUED_RIGHT or closing or opened
        quotes += word == '"'
        text += "" if glued else " "
        start, text = len(text), text + word
        kind, _, label = tag.partition("-")
        if kind in {"I", "E"} and before.partition("-")[2] == label and spans:
            spans[-1] = Span(spans[-1].start, len(text), label)
        elif label:
            spans.append(Span(start, len(text), label))
        before = tag
    if text:
        yield Labelled(text, tuple(spans))


def litbank(content: str) -> Iterator[Labelled]:
    """LitBank's nested tags: those of the first column."""
    return columns(tag=1)(content)


def music(content: str) -> Iterator[Labelled]:
    """Requests for music; what stands behind a bar is another column of the form they were asked in."""
    return columns()(content.replace("|\tO\n", ""))


def stack_overflow(content: str) -> Iterator[Labelled]:
    """Questions and answers without the lines that only tell where they are from."""
    for one in columns(tag=1)(re.sub(r"\n[ \t]+\n", "\n\n", content)):
        if not re.match(r"(Question|Answer)_(ID|URL)", one.text):
            yield one


def snips(content: str) -> Iterator[Labelled]:
    """Requests in pieces, some of which are entities."""
    for requests in json.loads(content).values():
        for request in requests:
            text, spans = "", list[Span]()
            for piece in request["data"]:
                start, text = len(text), text + piece["text"]
                if "entity" in piece and piece["text"].strip():
                    spans.append(Span(start, len(text), piece["entity"]))
            yield Labelled(text, tuple(spans))


def slots(content: str) -> Iterator[Labelled]:
    """What people said to a booking system, and the slots it filled."""
    for turn in json.loads(content):
        text = turn["userInput"]["text"]
        found = [(one["slot"], one["valueSpan"]) for one in turn.get("labels", ())]
        spans = [
            Span(place.get("startIndex", 0), place["endIndex"], slot)
            for slot, place in found
            if "endIndex" in place
        ]
        yield Labelled(text, tuple(spans))


def luis(content: str) -> Iterator[Labelled]:
    """Requests to an assistant; an entity's end is its last character."""
    for one in json.loads(content)["utterances"]:
        spans = [
            Span(each["startPos"], each["endPos"] + 1, each["entity"].partition("::")[2])
            for each in one["entities"]
        ]
        yield Labelled(one["text"], tuple(spans))


def recipes(content: str) -> Iterator[Labelled]:
    """Lists of ingredients, a text each line of them."""
    for row in csv.DictReader(io.StringIO(content)):
        text, start = row["ingredients"], 0
        found = json.loads(row["ingredients_entities"])
        for line in text.splitlines(keepends=True):
            spans = [
                Span(one["start"] - start, one["end"] - start, one["type"])
                for one in found
                if start <= one["start"] and one["end"] <= start + len(line)
            ]
            yield Labelled(line.strip("\n"), tuple(spans))
            start += len(line)


def gum(content: str) -> Iterator[Labelled]:
    """WebAnno's lines; of entities inside each other the innermost."""
    for block in content.split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line and line[0] != "#"]
        tagged, before = Tagged(), ""
        for row in rows:
            inner = row[3].split("|")[-1]
            label = inner.partition("[")[0]
            tagged.append((row[2], "O" if inner == "_" else f"{'BI'[inner == before]}-{label}"))
            before = inner
        yield from joined(tagged)
