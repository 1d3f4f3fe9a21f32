"""The encoders in the user's cache folder, where every checkout finds them, and in packaged models."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from platformdirs import user_cache_path

from ner_engine.encoder.card import CARD, EncoderCard, read_card
from ner_engine.errors import EncoderUnreadable

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
#: Where a packaged model has the encoder that it needs.
ENCODER_FOLDER = "encoder"


@dataclass(frozen=True, slots=True)
class InstalledEncoder:
    """An encoder's folder: ``name`` is what people call it."""

    name: str
    directory: Path
    card: EncoderCard

    @property
    def size(self) -> int:
        """Its files' bytes, looked up now."""
        return sum(path.stat().st_size for path in self.directory.iterdir())


def encoders_folder() -> Path:
    """Where encoders are installed, each in a folder of its name."""
    return user_cache_path("nerbot", appauthor=False) / "encoders"


def find_installed(name: str, folder: Path | None = None) -> InstalledEncoder | None:
    """The encoder of a name, if it is there. A folder gets its name last, so that it is whole."""
    directory = (folder or encoders_folder()) / name
    if not all((directory / file).is_file() for file in (CARD, MODEL, TOKENIZER)):
        return None
    try:
        return InstalledEncoder(name, directory, read_card(directory))
    except EncoderUnreadable:
        return None


def installed_encoders() -> Iterator[InstalledEncoder]:
    """All that are there, by name."""
    folder = encoders_folder()
    for directory in sorted(folder.iterdir()) if folder.is_dir() else ():
        # What is being installed has a name that begins with a dot.
        if not directory.name.startswith(".") and (found := find_installed(directory.name)):
            yield found


def packaged_encoders() -> Iterator[Path]:
    """The folders of the encoders that installed models of ours have with them."""
    for model in entry_points(group="spacy_models"):
        # The package is found, not imported.
        spec = importlib.util.find_spec(model.module)
        if spec is not None and spec.origin is not None:
            yield from sorted(Path(spec.origin).parent.glob(f"*/{ENCODER_FOLDER}"))
