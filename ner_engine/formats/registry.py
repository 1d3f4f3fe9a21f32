"""What a format is, and which there are."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ner_engine.annotation import AnnotatedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form of annotated texts in a file. Both ways it is a stream: no file has to fit into memory.

    ``suffixes`` are the endings of a file's name that stand for it, such as ``.jsonl``. ``read`` is given the lines
    of a file and raises InvalidLine; ``write`` gives the pieces of one, line breaks included.
    """

    name: str
    suffixes: tuple[str, ...] = ()
    read: Callable[[Iterable[str]], Iterator[AnnotatedText]]
    write: Callable[[Iterable[AnnotatedText]], Iterator[str]]


_REGISTERED: dict[str, Format] = {}


def register(new: Format) -> Format:
    """Make a format known by its name and its suffixes. Raises ValueError where another one has them."""
    for known in _REGISTERED.values():
        if known.name == new.name or set(known.suffixes) & set(new.suffixes):
            raise ValueError(f"The formats {known.name} and {new.name} cannot be distinguished")
    _REGISTERED[new.name] = new
    return new


def registered() -> Mapping[str, Format]:
    """The formats of the modules that have been imported."""
    return MappingProxyType(_REGISTERED)
