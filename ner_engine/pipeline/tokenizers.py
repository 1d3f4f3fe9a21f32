"""spaCy's tokenizers by language, so that no sentence of a script without blanks is one word."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import get_lang_class, get_model_meta, load_config

from ner_engine.errors import TokenizerMissing
from ner_engine.languages import ANY, EXTRAS, missing_extra

#: By the rules of signs and blanks instead of a library that is not there: Korean ends words at blanks, too.
_PLAIN: dict[str, Any] = {"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}}
_CONFIG: dict[str, dict[str, Any]] = {"ko": _PLAIN}
#: spaCy's own for these end words at blanks alone, or tell the letters of "mg" and the digits of 500 apart.
_AS_ANY = frozenset({"vi", "zh"})
#: Thai, Lao, Burmese, Khmer, kana, Chinese and what is written with it: scripts without blanks between words.
_SOLID = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF),
          (0x20000, 0x323AF))  # fmt: skip

_WIDE_SIGNS = "[\u3001-\u303f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"


def blank_pipeline(language: str) -> Language:
    """A pipeline that only tells words apart; raises TokenizerMissing."""
    extra = missing_extra(language)
    if extra is not None:
        raise TokenizerMissing(language=language, module=EXTRAS[language][0], extra=extra)
    return _blank(ANY if language in _AS_ANY else language)


def load_pipeline(folder: Path) -> Language:
    """What `spacy.load` gives of a folder, in two thirds of the time; raises what it raises.

    That reads a language's rules for its tokenizer, and then those of the folder in their place: 70 ms each.
    """
    if not folder.exists():
        return spacy.load(folder)  # whose words for that are known
    config = load_config(folder / "config.cfg")
    kind = _without_rules(config["nlp"]["lang"])
    meta = get_model_meta(folder)
    return kind.from_config(config, meta=meta, auto_fill=False).from_disk(folder)


@cache
def _without_rules(language: str) -> type[Language]:
    kind = get_lang_class(language)
    defaults = type("Defaults", (kind.Defaults,), {"tokenizer_exceptions": {}})
    return type(kind.__name__, (kind,), {"Defaults": defaults})


def _blank(language: str) -> Language:
    try:
        kind = _kind(language)
    except ImportError as error:
        # spaCy has no rules for it (E048), and says so by the module that is not there.
        if f"spacy.lang.{language}" not in f"{error} {error.__cause__}":
            raise
        return _blank(ANY)
    return kind.from_config(_CONFIG.get(language, {}))


@cache
def _kind(language: str) -> type[Language]:
    """spaCy's class of a language, with signs and letters of ours between which words end.

    To give them to a tokenizer that is there makes it read all its rules again, which takes as long as to make it.
    """
    kind = get_lang_class(language)
    infixes = (*(kind.Defaults.infixes or ()), _WIDE_SIGNS, _one_character())
    defaults = type("Defaults", (kind.Defaults,), {"infixes": infixes})
    return type(kind.__name__, (kind,), {"Defaults": defaults})


@cache
def _one_character() -> str:
    """A letter of a script without blanks, with the marks on it."""
    every = [chr(number) for first, last in _SOLID for number in range(first, last + 1)]
    letters = "".join(c for c in every if unicodedata.category(c)[0] == "L")
    marks = "".join(c for c in every if unicodedata.category(c)[0] == "M")
    return f"[{_ranges(letters)}][{_ranges(marks)}]*"


def _ranges(characters: str) -> str:
    """Characters in their order as they are written in a pattern's brackets: none of these has a meaning there."""
    found: list[list[str]] = []
    for character in characters:
        if found and ord(character) == ord(found[-1][-1]) + 1:
            found[-1][1:] = [character]
        else:
            found.append([character])
    return "".join("-".join(ends) for ends in found)
