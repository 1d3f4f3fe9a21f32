"""Menus of a sentence's words: those that have no label, told apart where one occurs several times."""

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import Option, OptionGroup, PlainTextObject

from bot.domain.project import Offsets
from bot.slack.text import shortened
from ner_engine.annotation import Span

OPTIONS = 100
"""As many as a menu of Slack's takes, and as many as a group in one."""
WORDS = 500
"""Words in a menu: a modal may weigh 250 kB. Of a longer sentence the rest are typed."""
_WORD = 60


def free_words(
    text: str, places: Sequence[Offsets], spans: Sequence[Span]
) -> list[tuple[Offsets, str]]:
    """The words that have no label with their names in a menu."""
    free = [
        place
        for place in places
        if any(map(str.isalnum, text[slice(*place)]))
        and not any(span.overlaps(*place) for span in spans)
    ]
    words = [text[slice(*place)] for place in free]
    times, seen = Counter(words), Counter[str]()
    named = []
    for place, word in zip(free[:WORDS], words, strict=False):
        seen[word] += 1
        short = shortened(word, _WORD)
        named.append((place, short if times[word] == 1 else f"{short} ({seen[word]})"))
    return named


def in_groups(options: Sequence[Option]) -> list[OptionGroup]:
    """So many words that a menu has to be told which group each is of."""
    return [
        OptionGroup(
            label=PlainTextObject(
                text=f"Words {first + 1} to {min(first + OPTIONS, len(options))}"
            ),
            options=list(options[first : first + OPTIONS]),
        )
        for first in range(0, len(options), OPTIONS)
    ]
