"""What an encoder's folder says of itself, in ``encoder.json``: which layer to take, how, and whose it is."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ner_engine.errors import EncoderUnreadable
from ner_engine.recipes import Pooling

CARD = "encoder.json"


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """An encoder's description.

    ``layer`` is counted from 1, 0 is the word pieces' embedding; ``pooling`` says which word pieces
    stand for a token; ``window`` is how many word pieces it reads at once, the special ones among
    them. Texts people see: ``name``, ``language`` (spaCy's code), ``licence``. ``sha256`` is what
    the hash of model and tokenizer was when they were installed; it is empty where nobody told.
    """

    name: str
    layer: int = 4
    pooling: tuple[Pooling, ...] = ("first", "last", "mean")
    window: int = 256
    language: str = "en"
    licence: str = ""
    sha256: str = ""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "EncoderCard":
        """Read the object of an ``encoder.json``; what it has beside is left. Raises TypeError."""
        known = {field.name for field in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        if "pooling" in kept:
            kept["pooling"] = tuple(kept["pooling"])
        return cls(**kept)


def read_card(directory: Path) -> EncoderCard:
    """The card of an encoder's folder; one without is read as a MiniLM of that name.

    Raises EncoderUnreadable.
    """
    try:
        values = json.loads((directory / CARD).read_bytes())
        return EncoderCard.from_json({"name": directory.name, **values})
    except FileNotFoundError:
        return EncoderCard(directory.name)
    except (ValueError, TypeError) as error:
        raise EncoderUnreadable(reason=f"its {CARD} cannot be read") from error
