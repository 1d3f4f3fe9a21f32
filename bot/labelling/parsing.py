"""What is typed after /label, read into its commands."""

import re
from collections.abc import Mapping

from bot.errors import NotUnderstood, TextRefused
from bot.labelling.commands import (
    Choose,
    Finish,
    FlagSentence,
    GoOn,
    LabelCommand,
    LabelPhrase,
    NextSentence,
    NoEntities,
    Skip,
    TurnGuess,
    Undo,
)
from bot.labelling.values.bulk import UndoTogether
from bot.labelling.values.intents import MarkedSentence
from bot.labelling.values.messages import JoinPieces
from bot.slack.label_words import first_label
from bot.slack.marks import without_line_marks, without_marks
from bot.slack.payloads import HELP, HelpWanted, read_id, read_label_name, read_place, read_words
from bot.slack.text_normalization import canonical_form, clean, unquoted
from ner_engine.annotation import AnnotatedText, Span

# One way to match only, so that a long text with a brace left open costs no more than a short one.
_BRACES = re.compile(r"\{([^{}]*)=([^{}=]*)\}")

_FLAG = re.compile(r"flag:\s*(.+)", re.IGNORECASE | re.DOTALL)

_NONE_IN = re.compile(r"none\s+in:\s*(.+)", re.IGNORECASE | re.DOTALL)

_IN = re.compile(r"(?:^|\s)in:\s*", re.IGNORECASE)

_EVERYWHERE = "everywhere"

_WORDS: Mapping[str, LabelCommand] = {
    "": NextSentence(),
    "next": GoOn(),
    "none": NoEntities(),
    "done": Finish(),
    "finished": Finish(),
    "skip": Skip(),
    "flag": FlagSentence(),
    "undo": Undo(),
}


def read_label(text: str) -> LabelCommand:
    """Read what is typed after /label; raises HelpWanted, NotUnderstood or TextRefused."""
    text = without_marks(text).strip()
    word = text.lower()
    if word in HELP:
        raise HelpWanted("")
    if word in _WORDS:
        return _WORDS[word]
    if flagged := _FLAG.match(text):
        return FlagSentence(note=read_words(flagged[1]))
    if _BRACES.search(text) or (re.search(r"[{}]", text) and not _IN.search(text)):
        return _marked(text)
    if bare := _NONE_IN.match(text):
        entityless = clean(without_line_marks(bare[1]))
        return MarkedSentence(entityless.text, (), entityless.cleaned)
    label, rest = first_label(text)
    phrase, has_sentence, sentence = _split_sentence(rest)
    if not phrase:
        raise NotUnderstood(f"Which phrase is {label}? Type it after the label.")
    whole = clean(without_line_marks(sentence)) if has_sentence else None
    words = phrase if has_sentence else _without_everywhere(phrase)
    quoted = clean(unquoted(words))
    return LabelPhrase(
        label=read_label_name(label),
        phrase=quoted.text,
        sentence=whole.text if whole else None,
        cleaned=bool(whole and whole.cleaned),
        everywhere=words != phrase,
    )


def _split_sentence(rest: str) -> tuple[str, bool, str]:
    """Split `chest pain in: A patient …` at the first ` in:`."""
    match = _IN.search(rest)
    if match is None:
        return rest, False, ""
    return rest[: match.start()].strip(), True, rest[match.end() :]


def _without_everywhere(phrase: str) -> str:
    """The phrase alone. (As a pattern, blanks before a word take the square of their number.)"""
    words = phrase.rsplit(None, 1)
    return words[0] if len(words) == 2 and words[1].lower() == _EVERYWHERE else phrase


def _marked(text: str) -> MarkedSentence:
    """Read inline braces: the text without the markup, and a span for each pair."""
    pieces: list[str] = []
    labels: list[str] = []
    end = 0
    for match in _BRACES.finditer(text):
        pieces += [text[end : match.start()], match.group(1)]
        labels.append(read_label_name(match.group(2).strip()))
        end = match.end()
    pieces.append(text[end:])
    if any(brace in piece for piece in pieces for brace in "{}"):
        raise NotUnderstood(
            "A brace is left over. Write each entity as {chest pain=SYMPTOM} and nothing else in braces."
        )
    return _joined(pieces, labels)


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
        raise NotUnderstood("A brace stands inside a letter or an emoji. Put it before or after.")
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


def read_guess(value: str) -> TurnGuess:
    """A suggestion's id and where the guess in it begins out of a button."""
    return TurnGuess(*read_place(value))


def read_join(value: str) -> JoinPieces:
    """A question's id and the first of two sentences that become one; all of them where no number is named."""
    question, _, first = value.partition(":")
    return (
        JoinPieces(question, read_id(first), read_id(first) + 1)
        if first
        else JoinPieces(question, 0, None)
    )


def read_choice(value: str) -> Choose:
    """A question's id and the index of its choice out of a button."""
    return Choose(*read_place(value))
