"""How a label of another tool becomes one of ours."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from ner_engine.annotation import MAX_LABEL, label_key, parse_label
from ner_engine.errors import InvalidLabel
from ner_engine.label_names import LabelNames

_ODD = re.compile(r"[^\w./ -]+")


class LabelMap:
    """Labels as a file writes them to labels as ours are; the same one every time."""

    def __init__(self, given: Mapping[str, str] | None = None, known: Iterable[str] = ()) -> None:
        """``given`` says what some become; one that becomes nothing is left out. ``known`` are there already."""
        self._given = {label_key(name): ours for name, ours in (given or {}).items()}
        self._names = LabelNames(known)
        self._found: dict[str, str | None] = {}

    def ours(self, label: str) -> str | None:
        """The label, None for one that is left out."""
        if label not in self._found:
            given = self._given.get(label_key(label), label)
            ours = our_label(given) if given else None
            self._found[label] = None if ours is None else self._names.name(ours)
        return self._found[label]

    def is_left_out(self, label: str) -> bool:
        """Whether it was said of this label that it is not wanted."""
        return self._given.get(label_key(label)) == ""


def our_label(label: str) -> str | None:
    """The nearest label of ours; None where there is no letter or digit in it."""
    plain = unicodedata.normalize("NFC", label[: 10 * MAX_LABEL]).strip()
    bare = _ODD.sub("_", plain).strip("_./- ")
    for candidate in (plain, bare, bare[:MAX_LABEL].rstrip("./- ")):
        try:
            return parse_label(candidate)
        except InvalidLabel:
            continue
    if label_key(plain) == "o":
        return "O_"
    return None
