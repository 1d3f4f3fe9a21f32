"""A person's text on its way in: decoded once, cleaned, and refused in words where it cannot be stored or tagged."""

import re
import unicodedata
from dataclasses import dataclass

import emoji

from bot.errors import TextRefused
from ner_engine.annotation import MAX_RUN, MAX_TEXT

_ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_SPECIAL_MENTION = re.compile(r"^(?:subteam\^|date\^)")
_ZWJ = "\u200d"
# Zero-width, bidirectional and BOM characters: they change what a person sees or what a token is without being seen.
_INVISIBLE = frozenset(
    "\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text as it is stored; `cleaned` says that invisible characters were taken out."""

    text: str
    cleaned: bool = False


def decode(text: str) -> str:
    """Turn what Slack sends (`<@U1|ada>`, `<https://x|x>`, `&lt;`) into what the person saw.

    `&amp;` is decoded last, so that a typed `&lt;` stays those four characters.
    """
    shown = _ENTITY.sub(_shown, text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(match: re.Match[str]) -> str:
    sigil, target, name = match.group(1), match.group(2), match.group(3)
    if sigil in {"@", "#"}:
        return sigil + (name or target)
    if sigil == "!":
        return name or "@" + _SPECIAL_MENTION.sub("", target)
    return name or target.removeprefix("mailto:")


def clean(text: str) -> CleanText:
    """One canonical form: NFC, emoji as characters, one line, nothing invisible.

    Raises TextRefused for an empty text, one over 2,000 characters, an unbroken run over 200, and for characters no
    database or tokenizer can hold.
    """
    if len(text) > 10 * MAX_TEXT:
        raise TextRefused(_too_long(len(text)))
    text = unicodedata.normalize("NFC", emoji.emojize(text, language="alias", variant=None))
    visible = "".join(_visible(text))
    line = " ".join(visible.split())
    _check(line)
    return CleanText(line, cleaned=len(visible) != len(text))


def _visible(text: str) -> list[str]:
    kept = []
    for i, character in enumerate(text):
        if character in _INVISIBLE or (character == _ZWJ and not _joins_emoji(text, i)):
            continue
        kept.append(character)
    return kept


def _joins_emoji(text: str, i: int) -> bool:
    before = text[i - 1] if i else ""
    if before == "\ufe0f" and i > 1:
        before = text[i - 2]
    return _is_pictograph(before) and i + 1 < len(text) and _is_pictograph(text[i + 1])


def _is_pictograph(character: str) -> bool:
    return bool(character) and (
        unicodedata.category(character) == "So" or 0x1F3FB <= ord(character) <= 0x1F3FF
    )


def _check(text: str) -> None:
    if not text:
        raise TextRefused("There is no text to work with. Type a sentence after the command.")
    if len(text) > MAX_TEXT:
        raise TextRefused(_too_long(len(text)))
    if any(len(word) > MAX_RUN for word in text.split(" ")):
        raise TextRefused(
            f"The text has a run of more than {MAX_RUN} characters without a blank, which the model cannot read. "
            "Break it up and send it again."
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise TextRefused(
            "The text holds control characters that cannot be stored. Paste it as plain text and send it again."
        )


def _too_long(length: int) -> str:
    return (
        f"The text has {length:,} characters; a sentence may have up to {MAX_TEXT:,}. "
        "Send it in shorter pieces."
    )
