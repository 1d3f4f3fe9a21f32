"""What a message to nerbot is: a greeting, a command without its slash, or sentences to look at."""

import re
from collections.abc import Iterable
from typing import Any

from bot.conversation.values import Greeting, Heard, Meant, Sentences, SlashMissing
from bot.slack.command_help import CommandHelp
from bot.slack.payloads import HELP, Payload
from bot.slack.senders import is_guest, person_of, workspace_of
from bot.slack.text_normalization import decode

_GREETINGS = frozenset(
    {
        "hi", "hello", "hey", "heya", "hiya", "yo", "hallo", "hola", "salut", "bonjour", "ciao", "moin", "servus",
        "hej", "olá", "ola", "namaste", "greetings", "good", "morning", "start", "begin", "thanks", "thx", "cheers",
        "merci", "danke", "gracias", "ok", "okay", "bye", "goodbye", "test", "testing", "ping", "welcome", "what",
        "who", "how", "why", "yes", "no", "cool", "great", "nice", "wow", "lol",
    }
)  # fmt: skip
_OPENERS = frozenset(
    ["hi", "hello", "hey", "hallo", "hola", "thanks", "thank", "good", "bonjour", "moin"]
)
_QUESTION = re.compile(
    r"(?:what|how|who)(?:\s+(?:can|could|do|does|should|are|is|to))\s+(?:i|you|we|this|it|that|nerbot)\b.{0,60}",
    re.IGNORECASE,
)
_LONGEST_GREETING = 4
"""Words."""
_FROM_PEOPLE = frozenset({"", "file_share", "thread_broadcast"})
"""What else Slack calls a message is one of an app, a change of one, or news of the channel."""


def read_heard(body: Payload, *, our_id: str) -> Heard | None:
    """A message event to nerbot; None for what no person has just said."""
    event: dict[str, Any] = body.get("event") or {}
    direct = event.get("type") == "message"
    said_by_person = str(event.get("subtype") or "") in _FROM_PEOPLE and not event.get("bot_id")
    person, channel = person_of(body), str(event.get("channel") or "")
    if not said_by_person or not person or not channel or person == our_id:
        return None
    if direct and event.get("channel_type") not in {"im", None}:
        return None
    mention = re.compile(rf"<@{re.escape(our_id)}(?:\|[^<>]*)?>[:,]?")
    return Heard(
        workspace_of(body),
        person,
        channel,
        str(body.get("event_id") or event.get("ts") or ""),
        decode(mention.sub(" ", str(event.get("text") or ""))).strip(),
        is_direct=direct,
        is_guest=is_guest(body),
        thread=str(event["thread_ts"]) if event.get("thread_ts") else None,
    )


def read_meant(text: str, commands: Iterable[CommandHelp]) -> Meant:
    """What the words are."""
    words = text.split()
    bare = [re.sub(r"[^\w]+", "", word.lower()) for word in words]
    if text.lower() in HELP or not any(bare) or _is_greeting(text, [each for each in bare if each]):
        return Greeting()
    if form := _without_slash(text, commands):
        return SlashMissing(form)
    return Sentences(text)


def _is_greeting(text: str, words: list[str]) -> bool:
    if _QUESTION.fullmatch(text.strip(" ?!.")) or words[0] == "help":
        return len(words) <= _LONGEST_GREETING * 3
    if len(words) > _LONGEST_GREETING:
        return False
    return words[0] in _OPENERS or all(word in _GREETINGS for word in words)


def _without_slash(text: str, commands: Iterable[CommandHelp]) -> str | None:
    """The command that is meant by a line that lacks its slash: `train status`, `label SYMPTOM fever`, `stats`."""
    line = text.removeprefix("/")
    words = line.split()
    for told in commands:
        name = told.command.removeprefix("/")
        if words[0].lower() != name:
            if len(words) == 1 and _second_word_of(told, words[0]):
                return f"{told.command} {words[0].lower()}"
            continue
        if len(words) == 1 or name == "nerbot" or _second_word_of(told, words[1]):
            return f"/{line}"
        if name == "ner" or (name == "label" and (words[1].isupper() or "{" in line)):
            return f"/{line}"
    return None


def _second_word_of(told: CommandHelp, word: str) -> bool:
    """Whether a form of the command begins with this word."""
    forms = (row.typed.split() for row in told.lines)
    return any(
        len(form) > 1
        and form[0] == told.command
        and form[1].rstrip(":") == word.lower().rstrip(":")
        for form in forms
    )
