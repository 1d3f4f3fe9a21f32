"""What is typed after /label, read into its commands."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.errors import NotUnderstood, TextRefused
from bot.labelling.commands import (
    Choose,
    Finish,
    FlagSentence,
    GoOn,
    LabelCommand,
    LabelWords,
    NextSentence,
    NoEntities,
    PointAt,
    PointAtPlace,
    Skip,
    Undo,
)
from bot.labelling.readings import in_capitals, label_name, readings_of
from bot.labelling.values.bulk import UndoTogether
from bot.labelling.values.intents import MarkedSentence, MarkedSentences
from bot.labelling.values.messages import FixMessage, JoinPieces
from bot.slack.marks import without_line_marks, without_marks
from bot.slack.payloads import (
    HELP,
    MAX_LINES,
    HelpWanted,
    read_id,
    read_label_name,
    read_place,
    read_words,
)
from bot.slack.text_normalization import canonical_form, clean, unquoted, without_long_links
from ner_engine.annotation import AnnotatedText, Span

# One way to match only, so that a long text with a brace left open costs no more than a short one.
_BRACES = re.compile(r"\{([^{}]*)=([^{}=]*)\}")

_FLAG = re.compile(r"flag\s*[:–—-]\s*(.+)", re.IGNORECASE | re.DOTALL)

_NONE_IN = re.compile(
    r"(?:none|nothing|no\s+entit(?:y|ies))\s+in:\s*(.+)", re.IGNORECASE | re.DOTALL
)

_NONE_LINES = re.compile(
    r"^[ \t]*(?:none|nothing|no[ \t]+entit(?:y|ies))[ \t]+in:", re.IGNORECASE | re.MULTILINE
)

_IN = re.compile(r"(?:^|\s)in:\s*", re.IGNORECASE)

_BRACKETS = re.compile(r"\[([^\[\]{}]*)\]\(([^(){}=]*)\)")

_BRACED = re.compile(r"\{[^{}]*\}")

_EVERYWHERE = "everywhere"

_WORDS: Mapping[str, LabelCommand] = {
    "": NextSentence(),
    **dict.fromkeys(("next", "next sentence", "next one"), GoOn()),
    **dict.fromkeys(
        (
            "none",
            "no entities",
            "no entity",
            "no entities here",
            "nothing",
            "nothing here",
            "no labels",
        ),
        NoEntities(),
    ),
    **dict.fromkeys(("done", "finish", "finished", "all done", "complete", "completed"), Finish()),
    **dict.fromkeys(("skip", "skip it", "skip this", "pass"), Skip()),
    **dict.fromkeys(("flag", "flag it", "flag this"), FlagSentence()),
    **dict.fromkeys(("undo", "undo it", "undo that", "undo last"), Undo()),
}


def read_label(text: str) -> LabelCommand:
    """Read what is typed after /label; raises HelpWanted, NotUnderstood or TextRefused."""
    text = without_marks(text).strip()
    word = " ".join(text.lower().split())
    if word in HELP:
        raise HelpWanted("")
    if (meant := _WORDS.get(word.rstrip(".!"))) is not None:
        return meant
    if flagged := _FLAG.match(text):
        return FlagSentence(note=read_words(flagged[1]))
    has_sentence = _IN.search(_NONE_LINES.sub("", text))
    braced = text if has_sentence else _as_braces(text)
    if bare := _NONE_IN.match(text):
        lines = _joined_lines(braced)
        return _marked_each(lines) if len(lines) > 1 else _without_entities(bare[1])
    if _BRACES.search(braced) or (re.search(r"[{}]", text) and not has_sentence):
        return _marked_lines(braced)
    return _label_words(text)


def _label_words(text: str) -> LabelWords:
    rest, has_sentence, sentence = _split_sentence(text)
    whole = clean(without_long_links(without_line_marks(sentence))) if has_sentence else None
    typed = canonical_form(rest).text
    words = typed if has_sentence else _without_everywhere(typed)
    return LabelWords(
        clean(unquoted(words)).text,
        readings_of(words),
        sentence=whole.text if whole else None,
        cleaned=bool(whole and whole.cleaned),
        everywhere=words != typed,
    )


def _split_sentence(rest: str) -> tuple[str, bool, str]:
    """Split `chest pain in: A patient …` at the first ` in:`."""
    match = _IN.search(rest)
    if match is None:
        return rest, False, ""
    return rest[: match.start()].strip(), True, rest[match.end() :]


def _without_everywhere(words: str) -> str:
    """The words alone. (As a pattern, blanks before a word take the square of their number.)"""
    split = words.rsplit(None, 1)
    if len(split) == 2 and split[1].lower() == _EVERYWHERE and " " in split[0].strip():
        return split[0]
    return words


def _as_braces(text: str) -> str:
    """The text with `[chest pain](SYMPTOM)` written as `{chest pain=SYMPTOM}`."""
    return _BRACKETS.sub(_as_brace, text) if "](" in text else text


def _as_brace(match: re.Match[str]) -> str:
    phrase, label = match.groups()
    return f"{{{phrase}={label}}}" if label_name(label) else match.group()


def _marked_lines(text: str) -> LabelWords | MarkedSentence | MarkedSentences:
    """One sentence, several in a line each, or one phrase of the current sentence that stands alone."""
    lines = _joined_lines(text)
    if len(lines) > 1:
        return _marked_each(lines)
    marked = _marked(text)
    if alone := _BRACES.fullmatch(text.strip()):
        return LabelWords(marked.text, readings_of(f"{alone[1]}={alone[2]}"), marked=marked)
    return marked


def _marked_each(lines: list[str]) -> MarkedSentences:
    if len(lines) > MAX_LINES:
        raise TextRefused(
            f"Up to {MAX_LINES} sentences at a time, one a line. These are {len(lines)}."
        )
    return MarkedSentences(tuple(map(_marked, lines)))


def _without_entities(sentence: str) -> MarkedSentence:
    whole = clean(without_long_links(without_line_marks(sentence)))
    return MarkedSentence(whole.text, (), whole.cleaned)


def _joined_lines(text: str) -> list[str]:
    """The lines, each a sentence; one that goes on in small letters belongs to the line before."""
    lines: list[str] = []
    # A phrase in braces may be wrapped.
    whole = _BRACED.sub(lambda braced: " ".join(braced.group().split()), text)
    for line in filter(None, map(without_line_marks, map(str.strip, whole.splitlines()))):
        begins = next(filter(str.isalpha, line), "")
        goes_on = lines and (begins.islower() or lines[-1].endswith((",", ";", ":")))
        if goes_on and not _NONE_IN.match(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    marked = sum(bool(_BRACES.search(line) or _NONE_IN.match(line)) for line in lines)
    return lines if marked > 1 else [text]


def _marked(text: str) -> MarkedSentence:
    """Read inline braces: the text without the markup, and a span for each pair."""
    if bare := _NONE_IN.match(text):
        return _without_entities(bare[1])
    pieces: list[str] = []
    typed: list[str] = []
    end = 0
    for match in _BRACES.finditer(text):
        pieces += [text[end : match.start()], match.group(1)]
        typed.append(match.group(2).strip())
        end = match.end()
    pieces.append(text[end:])
    if any(brace in piece for piece in pieces for brace in "{}"):
        raise NotUnderstood(
            "A brace is left over. Write each entity as {chest pain=SYMPTOM} and nothing else in braces."
        )
    labels = [label_name(word) or read_label_name(word) for word in typed]
    small = {
        label
        for label, word in zip(labels, typed, strict=True)
        if not in_capitals(word) or " " in word
    }
    return replace(_joined(pieces, labels), not_in_capitals=tuple(sorted(small)))


def _joined(pieces: list[str], labels: list[str]) -> MarkedSentence:
    """Clean the pieces as one text and find each phrase again where the markup stood."""
    marks = [chr(0xE000 + i % 2) for i in range(len(pieces) - 1)]
    marked = "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))
    if any(mark in piece for piece in pieces for mark in ("\ue000", "\ue001")):
        raise TextRefused("The text holds private-use characters. Take them out and send it again.")
    canonical = canonical_form(marked)
    text, spans = "", []
    for i, piece in enumerate(re.split("[\ue000\ue001]", canonical.text)):
        start = len(text)
        text += piece.strip() if i % 2 else piece
        if i % 2:
            spans.append(_span(start, text, labels[i // 2]))
    if clean(text).text != text:
        raise NotUnderstood("A brace is inside a letter or an emoji. Put it before or after.")
    return MarkedSentence(text, AnnotatedText(text, tuple(spans)).spans, canonical.cleaned)


def _span(start: int, text: str, label: str) -> Span:
    if start == len(text):
        raise NotUnderstood(
            f"Which phrase is {label}? Type it before the =, as in {{chest pain=SYMPTOM}}."
        )
    return Span(start, len(text), label)


def read_step(value: str) -> UndoTogether:
    """A step over several sentences out of its [Undo]."""
    return UndoTogether(value)


def read_passed(value: str) -> NextSentence | GoOn:
    """What [Next] passes over; under an answer about no sentence of theirs, the one on hand comes first."""
    passed = read_id(value)
    return GoOn(passed) if passed else NextSentence()


def read_join(value: str) -> JoinPieces:
    """A question's id and the first of two sentences that become one; all of them where no number is named."""
    question, _, first = value.partition(":")
    return (
        JoinPieces(question, read_id(first), read_id(first) + 1)
        if first
        else JoinPieces(question, 0, None)
    )


def read_pointed(value: str) -> PointAt:
    """A suggestion's id and the index of the phrase that was pointed at out of a button."""
    return PointAt(*read_place(value))


def read_pointed_place(value: str) -> PointAtPlace:
    """A suggestion's id, a place in its sentence and a label out of a menu."""
    suggestion, _, rest = value.partition(":")
    start, _, rest = rest.partition(":")
    end, _, label = rest.partition(":")
    name = label_name(label) or read_label_name(label)
    return PointAtPlace(suggestion, Span(read_id(start), read_id(end), name))


def read_choice(value: str) -> Choose:
    """A question's id and the index of its choice out of a button."""
    return Choose(*read_place(value))


def read_fix(value: str) -> FixMessage:
    """A project and a message of a watched channel out of [Fix]."""
    project, _, place = value.partition(":")
    ts, _, thread = place.partition(":")
    return FixMessage(read_id(project), ts, thread or None)
