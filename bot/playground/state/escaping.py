"""How Slack escapes typed text before an app sees it.

Slack keeps every text with `&`, `<` and `>` as entities. With `should_escape` a slash command's
mentions, channels and links become `<@U…|name>`, `<#C…|name>` and `<https://…>` as well, as they
always do in messages. Source: https://docs.slack.dev/interactivity/implementing-slash-commands.
"""

import re
from collections.abc import Callable, Iterable

from bot.playground.values import Channel, Person

_SPECIAL = re.compile(
    r"(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?'\")\]}])"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w@])@(?P<person>[a-z0-9][a-z0-9._-]*)"
    r"|(?<![\w#])#(?P<channel>[a-z0-9][a-z0-9_-]*)",
    re.IGNORECASE,
)
_BROADCASTS = frozenset({"here", "channel", "everyone"})


def escape_entities(text: str) -> str:
    """`&`, `<` and `>` as entities, the ampersand first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_typed(text: str, *, people: Iterable[Person], channels: Iterable[Channel]) -> str:
    """The text as apps receive it, with mentions, channels and links wrapped."""
    person_ids = {p.name.casefold(): p.id for p in people}
    channel_ids = {c.name.casefold(): c.id for c in channels if not c.is_im}
    pieces = []
    last = 0
    for match in _SPECIAL.finditer(text):
        pieces.append(escape_entities(text[last : match.start()]))
        pieces.append(_wrap(match, person_ids, channel_ids))
        last = match.end()
    pieces.append(escape_entities(text[last:]))
    return "".join(pieces)


def _wrap(match: re.Match[str], people: dict[str, str], channels: dict[str, str]) -> str:
    kind = match.lastgroup or ""
    word = match.group(kind)
    wrappers: dict[str, Callable[[], str | None]] = {
        "url": lambda: f"<{escape_entities(word)}>",
        "email": lambda: f"<mailto:{word}|{word}>",
        "person": lambda: _mention(word, people),
        "channel": lambda: (
            f"<#{channels[word.casefold()]}|{word.casefold()}>"
            if word.casefold() in channels
            else None
        ),
    }
    return wrappers[kind]() or escape_entities(match.group())


def _mention(word: str, people: dict[str, str]) -> str | None:
    if word.casefold() in _BROADCASTS:
        return f"<!{word.casefold()}>"
    name = word.rstrip(".-_").casefold()
    return f"<@{people[name]}|{name}>{word[len(name) :]}" if name in people else None
