"""A person's text on its way in: decoded once, cleaned, and refused in words where it cannot be stored or tagged."""

import re
import unicodedata
from dataclasses import dataclass

import emoji

from bot.errors import TextRefused
from ner_engine.annotation import MAX_RUN, MAX_TEXT, longest_run

_ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_SPECIAL_MENTION = re.compile(r"^(?:subteam\^|date\^)")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_ZWJ = "\u200d"
_JOINERS = "\u200c\u200d"
_FIRST_JOINING = 0x0600
"""In Latin, Greek, Cyrillic and Hebrew letters nothing joins: a joiner there is one that was pasted."""
# Zero-width, bidirectional and BOM characters change what a person sees or what a token is without being seen. They are
# of Unicode's category Cf, except one; and all of that category are unseen, except the signs that stand round a number.
_UNSEEN_MARK = "\u034f"
_SEEN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_REGION_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_BLANK_CONTROLS = frozenset("\t\n\v\f\r\x85")
# Slack's names of emoji, alone or in a row. Beside a letter or a digit they are none: `10:100:45`, `a:b:c`.
_EMOJI_NAMES = re.compile(r"(?<![A-Za-z0-9:])(?::[^\s:]+:)+(?![A-Za-z0-9:])")
_LONG_LINK = re.compile(rf"((?:https?://|www\.)[^\s/]{{1,100}})(?=\S{{{MAX_RUN - 100}}})\S*")
_SKIN_TONE_NAME = re.compile("\ufe0f?:skin-tone-([2-6]):")


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
        if target in _BROADCASTS:
            return "@" + target
        return name or "@" + _SPECIAL_MENTION.sub("", target)
    return name or target.removeprefix("mailto:")


def clean(text: str) -> CleanText:
    """The canonical form of a text that can be stored and tagged.

    Raises TextRefused for an empty text, one over 2,000 characters, an unbroken run over 200, and for characters no
    database or tokenizer can hold.
    """
    canonical = canonical_form(text)
    _check(canonical.text)
    return canonical


def canonical_form(text: str) -> CleanText:
    """NFC, emoji as characters, one line, nothing invisible; the same again where it is that already.

    Raises TextRefused for control characters and lone surrogates, and for what is far too long to look at.
    """
    if len(text) > 10 * MAX_TEXT:
        raise TextRefused(too_long(len(text)))
    visible = _visible(text)
    if not visible.isprintable() and any(map(_is_control, visible)):
        raise TextRefused(
            "The text holds control characters that cannot be stored. Paste it as plain text and send it again."
        )
    # What is unseen goes first: between the letters of an emoji's name it would hide the name.
    composed = _EMOJI_NAMES.sub(_as_characters, unicodedata.normalize("NFC", visible))
    return CleanText(" ".join(composed.split()), cleaned=len(visible) != len(text))


def _visible(text: str) -> str:
    if text.isascii():
        return text
    flags = {i for flag in _REGION_FLAG.finditer(text) for i in range(*flag.span())}
    return "".join(
        character
        for i, character in enumerate(text)
        if i in flags or not _is_unseen(character) or _joins(text, i)
    )


def _is_unseen(character: str) -> bool:
    if character == _UNSEEN_MARK:
        return True
    return unicodedata.category(character) == "Cf" and character not in _SEEN_FORMATS


def _joins(text: str, i: int) -> bool:
    """Whether a joiner is part of an emoji, or of a word of a script whose letters join: Persian, Hindi, Malayalam."""
    if text[i] in _JOINERS and i > 0 and _is_joining(text[i - 1]):
        return True
    if text[i] != _ZWJ or i + 1 == len(text):
        return False
    before = text[max(0, i - 2) : i].removesuffix("\ufe0f")[-1:]
    return _is_pictograph(before) and _is_pictograph(text[i + 1])


def _is_joining(character: str) -> bool:
    is_of_word = unicodedata.category(character)[0] in "LM" and character != "\ufe0f"
    return is_of_word and ord(character) >= _FIRST_JOINING


def _is_pictograph(character: str) -> bool:
    return emoji.is_emoji(character) or "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in _BLANK_CONTROLS


def _as_characters(names: re.Match[str]) -> str:
    characters = emoji.emojize(names.group(), language="alias", variant=None)
    return _SKIN_TONE_NAME.sub(lambda tone: chr(0x1F3FB + int(tone.group(1)) - 2), characters)


def _check(text: str) -> None:
    if not text:
        raise TextRefused("There is no text to work with. Type a sentence after the command.")
    if len(text) > MAX_TEXT:
        raise TextRefused(too_long(len(text)))
    if longest_run(text) > MAX_RUN:
        raise TextRefused(
            f"The text has a run of more than {MAX_RUN} characters without a blank, which the model cannot read. "
            "Break it up and send it again."
        )


def without_long_links(text: str) -> str:
    """The text with each link that is too long for a model as its place alone: `https://example.org/…`."""
    return _LONG_LINK.sub(lambda link: f"{link[1]}/…", text)


_QUOTES = (("“", "”"), ("«", "»"), ('"', '"'), ("„", "“"), ("‘", "’"), ("'", "'"))


def unquoted(words: str) -> str:
    """Some words without the quotes around them."""
    for left, right in _QUOTES:
        if len(words) > 2 and words.startswith(left) and words.endswith(right):
            return words[1:-1].strip()
    return words


def too_long(length: int) -> str:
    """Why a text of so many characters is refused."""
    return (
        f"The text has {length:,} characters; a sentence may have up to {MAX_TEXT:,}. "
        "Send it in shorter pieces."
    )
