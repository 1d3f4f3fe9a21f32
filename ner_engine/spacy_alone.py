"""spaCy without its command line, which it brings for a single function."""

import gc
import sys
from types import ModuleType
from typing import Any

_COMMAND = "spacy.cli.info"


def import_spacy() -> None:
    """Import spaCy for the first time, in two thirds of the time; what imports it after that finds it as ever.

    For `spacy.info` alone it imports its whole command line, and with it three HTTP clients, a template language
    and a terminal's colours: 20 MB and 0.2 s in each process of the engine. They come when they are asked for.
    """
    if "spacy" in sys.modules:
        return
    stand_in = ModuleType(_COMMAND)
    vars(stand_in)["info"] = _info
    sys.modules[_COMMAND] = stand_in
    # Nothing of what is imported is garbage: rounds that look for it are for nothing, now and later.
    gc.disable()
    try:
        import spacy  # noqa: F401, PLC0415 - this is what is put off
    finally:
        gc.enable()
        del sys.modules[_COMMAND]


def _info(*arguments: Any, **options: Any) -> Any:
    """spaCy's own function, with all that it needs."""
    from spacy.cli.info import info  # noqa: PLC0415 - as above

    return info(*arguments, **options)
