"""The door: what Slack sends becomes typed values here, and nowhere else is a payload looked into."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.everywhere import UndoTogether
from bot.domain.flags import MAX_NOTE
from bot.domain.labelling import (
    Choose,
    Finish,
    FlagSentence,
    LabelCommand,
    LabelPhrase,
    MarkedSentence,
    NextSentence,
    NoEntities,
    Skip,
    Undo,
)
from bot.domain.project import Caller
from bot.errors import NotUnderstood, TextRefused
from bot.intake import CleanText, canonical_form, clean, decode
from ner_engine.annotation import AnnotatedText, Span, parse_label
from ner_engine.errors import EngineError

Payload = Mapping[str, Any]

# One way to match only, so that a long text with a brace left open costs no more than a short one.
_BRACES = re.compile(r"\{([^{}]*)=([^{}=]*)\}")
_QUOTES = (("“", "”"), ("«", "»"), ('"', '"'), ("„", "“"), ("‘", "’"), ("'", "'"))
_FLAG = re.compile(r"flag:\s*(.+)", re.IGNORECASE | re.DOTALL)
_NONE_IN = re.compile(r"none\s+in:\s*(.+)", re.IGNORECASE | re.DOTALL)
_IN = re.compile(r"(?:^|\s)in:\s*", re.IGNORECASE)
_EVERYWHERE = re.compile(r"\s+everywhere$", re.IGNORECASE)
HELP = frozenset({"help", "?", "usage", "--help", "-h"})
_WORDS: Mapping[str, LabelCommand] = {
    "": NextSentence(),
    "next": NextSentence(),
    "none": NoEntities(),
    "done": Finish(),
    "finished": Finish(),
    "skip": Skip(),
    "flag": FlagSentence(),
    "undo": Undo(),
}


class HelpWanted(NotUnderstood):
    """Somebody asked for the usage of a command."""


def caller_of_command(body: Payload) -> Caller:
    """Who typed a slash command and where; the trigger id names the request."""
    return caller_of(
        body.get("team_id"), body.get("channel_id"), body.get("user_id"), body.get("trigger_id")
    )


def caller_of_action(body: Payload) -> Caller:
    """Who pressed a button and where."""
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    user = body.get("user") or {}
    team = (body.get("team") or {}).get("id") or user.get("team_id")
    return caller_of(team, channel, user.get("id"), body.get("trigger_id"))


def caller_of(workspace: object, channel: object, person: object, request: object) -> Caller:
    """Who asks, out of four ids; raises NotUnderstood where one is missing."""
    parts = (workspace, channel, person, request)
    if not all(isinstance(part, str) and part for part in parts):
        raise NotUnderstood(
            "Slack did not say which workspace, channel and person this comes from. Please try again."
        )
    workspace_id, channel_id, person_id, request_id = (str(part) for part in parts)
    is_direct = channel_id == person_id or channel_id.startswith("D")
    return Caller(workspace_id, channel_id, person_id, request_id, is_direct)


def text_of_command(body: Payload) -> str:
    """The text behind a command as the person saw it."""
    return decode(str(body.get("text") or "")).strip()


def read_label(text: str) -> LabelCommand:
    """Read what stands behind /label; raises HelpWanted, NotUnderstood or TextRefused."""
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
        entityless = clean(bare[1])
        return MarkedSentence(entityless.text, (), entityless.cleaned)
    label, *rest = text.split(None, 1)
    phrase, has_sentence, sentence = _split_sentence("".join(rest))
    if not phrase:
        raise NotUnderstood(f"Which phrase is {label}? Type it after the label.")
    whole = clean(sentence) if has_sentence else None
    words = phrase if has_sentence else _EVERYWHERE.sub("", phrase)
    quoted = clean(_unquoted(words))
    return LabelPhrase(
        label=read_label_name(label),
        phrase=quoted.text,
        sentence=whole.text if whole else None,
        cleaned=bool(whole and whole.cleaned),
        everywhere=words != phrase,
    )


def read_words(text: str) -> str:
    """What somebody says about a label, a sentence or a decision: one clean line, as long as it can be shown
    everywhere. Raises NotUnderstood and TextRefused."""
    words = clean(text).text if text else ""
    if len(words) > MAX_NOTE:
        raise NotUnderstood(
            f"That has {len(words):,} characters; up to {MAX_NOTE} can be shown beside a sentence."
        )
    return words


def _split_sentence(rest: str) -> tuple[str, bool, str]:
    """Split `chest pain in: A patient …` at the first ` in:`."""
    match = _IN.search(rest)
    if match is None:
        return rest, False, ""
    return rest[: match.start()].strip(), True, rest[match.end() :]


def _unquoted(phrase: str) -> str:
    for left, right in _QUOTES:
        if len(phrase) > 2 and phrase.startswith(left) and phrase.endswith(right):
            return phrase[1:-1].strip()
    return phrase


def read_label_name(word: str) -> str:
    """The label a typed word means; raises NotUnderstood."""
    try:
        return parse_label(word)
    except EngineError as error:
        raise NotUnderstood(
            f"“{word}” cannot be a label: a label is one word of letters, digits and _, such as SYMPTOM, "
            "up to 32 characters, and not O."
        ) from error


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


def read_sentences(text: str) -> tuple[CleanText, ...]:
    """The sentences behind /ner, one a line; raises HelpWanted for none and TextRefused."""
    if not text or text.lower() in HELP:
        raise HelpWanted("")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise TextRefused(
            f"Up to {MAX_LINES} sentences at a time, one a line. These are {len(lines)}."
        )
    return tuple(clean(line) for line in lines)


MAX_LINES = 20


def action_value(body: Payload) -> str:
    """The value of the pressed button."""
    actions = body.get("actions") or [{}]
    return str(actions[0].get("value") or "")


def chosen(element: Mapping[str, Any]) -> str:
    """The value of what was chosen in a menu."""
    return str((element.get("selected_option") or {}).get("value") or "")


def inputs_of(body: Payload) -> Mapping[str, Mapping[str, Any]]:
    """What stands in the inputs of a modal: its blocks by id, in each the elements by action."""
    return ((body.get("view") or {}).get("state") or {}).get("values") or {}


def read_id(value: str) -> int:
    """A row's id out of a button; raises NotUnderstood for anything else."""
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise NotUnderstood(
            "This button is not one of nerbot's. Ask for the sentence again with /label."
        )
    return int(value)


def read_step(value: str) -> UndoTogether:
    """A step over several sentences out of its [Undo]."""
    return UndoTogether(value)


def read_choice(value: str) -> Choose:
    """A question's offer and the index of its choice out of a button."""
    return Choose(*read_place(value))


def read_place(value: str) -> tuple[str, int]:
    """What is kept under an opaque id, and which part of it a button speaks of."""
    offer, _, index = value.rpartition(":")
    return offer, read_id(index)
