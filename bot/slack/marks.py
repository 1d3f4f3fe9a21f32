"""The marks of Slack's own writing, which are not the text's: `*bold*`, `_it_`, `~x~`, code, quotes and bullets."""

import re

# As Slack shows them: a mark opens where no word is before it and no blank behind it, and closes the other way round,
# in one line. So 2*3*4, snake_case, `a * b` and p* stay. One way to match only, as for all patterns.
_AROUND = tuple(
    re.compile(
        rf"(?<![\w{sign}])(?P<mark>{sign}{{1,2}})(?![\s{sign}])([^{sign}\n]*)(?<!\s)(?P=mark)(?![\w{sign}])"
    )
    for sign in (r"\*", "_", "~", "`")
)
_FENCE = "```"
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>|]*[^\s<>|*_~`.,;:!?)]")
_LINK_PLACE = "\ue002"
_QUOTE = re.compile(r"(?:>[ \t]?)+(?=[^\W\d_]|[\"'“„«*_(•◦▪‣·●]|-\s)")
_BULLET = re.compile(r"[•◦▪▫‣⁃∙·●○■]\s*|[-*–]\s+(?=\D)")


def without_marks(text: str) -> str:
    """A text as Slack would show it, without the signs that only say how. Links keep what is in them."""
    if _LINK_PLACE in text:
        return text
    links = _LINK.findall(text)
    text = _LINK.sub(_LINK_PLACE, text).replace(_FENCE, "\n")
    for pattern in _AROUND:
        # *_both_* has one in the other.
        text = pattern.sub(r"\2", text)
    pieces = text.split(_LINK_PLACE)
    return "".join(piece + link for piece, link in zip(pieces, [*links, ""], strict=True))


def without_line_marks(line: str) -> str:
    """A line without the quote or the bullet it begins with; `> 38 C` and `- 5` are no such."""
    line = line.lstrip()
    for pattern in (_QUOTE, _BULLET):
        if found := pattern.match(line):
            line = line[found.end() :].lstrip()
    return line
