"""Which encoder the next model learns over: what was set, else the best one that is installed."""

from dataclasses import dataclass
from pathlib import Path

from ner_engine.encoder.installed import MODEL, TOKENIZER, find_installed, installed_encoders
from ner_engine.errors import EncoderNotInstalled, EncoderUnknown

#: The packaged one, which is always there, and the one to be had, which finds more.
PACKAGED, BEST = "minilm", "mpnet"


@dataclass(frozen=True, slots=True)
class EncoderChosen:
    """``directory`` is None for the packaged encoder; ``advice`` says in a line what would be better."""

    name: str
    directory: str | None
    advice: str = ""


def choose_encoder(wanted: str | None = None) -> EncoderChosen:
    """The encoder called so, or in this folder. Raises EncoderUnknown, EncoderNotInstalled."""
    if wanted is None:
        best = find_installed(BEST)
        return EncoderChosen(BEST, str(best.directory)) if best else _packaged_with_advice()
    if wanted == PACKAGED:
        return EncoderChosen(PACKAGED, None)
    if found := find_installed(wanted) if Path(wanted).name == wanted else None:
        return EncoderChosen(wanted, str(found.directory))
    directory = Path(wanted).expanduser()
    if all((directory / file).is_file() for file in (MODEL, TOKENIZER)):
        return EncoderChosen(wanted, str(directory.absolute()))
    if wanted == BEST:
        raise EncoderNotInstalled(name=wanted)
    known = dict.fromkeys((PACKAGED, BEST, *(encoder.name for encoder in installed_encoders())))
    raise EncoderUnknown(name=wanted, known=", ".join(known))


def _packaged_with_advice() -> EncoderChosen:
    advice = (
        f"The encoder {BEST} is not installed, so {PACKAGED} serves, which finds less. "
        f"To install it: nerbot encoders install {BEST}"
    )
    return EncoderChosen(PACKAGED, None, advice)
