"""The reference of `ner_engine` in docs/python.md, from its signatures and docstrings."""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from typing import Any

import ner_engine

_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_MODULE = re.compile(r"\b(?:ner_engine|collections|spacy|pathlib|typing|numpy)(?:\.\w+)*\.(\w+)")
_OPERATORS = frozenset({"__call__"})


def reference() -> str:
    """Every public name, functions first: how it is called, and what it says of itself."""
    named = {name: getattr(ner_engine, name) for name in ner_engine.__all__}
    functions = [name for name, value in named.items() if inspect.isfunction(value)]
    classes = [name for name, value in named.items() if inspect.isclass(value)]
    lines: list[str] = []
    for title, names in (("Functions", functions), ("Classes", classes)):
        lines += [f"## {title}", ""]
        for name in names:
            lines += _entry(name, named[name])
    return "\n".join(lines).rstrip()


def _entry(name: str, value: Any) -> Iterator[str]:
    yield from (f"### {name}", "")
    if inspect.isfunction(value):
        yield from ("```text", _call(name, value), "```", "")
    elif dataclasses.is_dataclass(value):
        members = (
            f"{field.name}: {_plain(str(field.type))}" for field in dataclasses.fields(value)
        )
        yield from ("```text", *members, "```", "")
    yield from (_words(value), "")
    if inspect.isclass(value):
        yield from _methods(value)


def _methods(value: type) -> Iterator[str]:
    for name, member in vars(value).items():
        if name.startswith("_") and name not in _OPERATORS:
            continue
        function = getattr(member, "__func__", member)
        if isinstance(member, property):
            yield f"- `{name}`: {_first_line(member)}"
        elif inspect.isfunction(function):
            yield f"- `{_call(name, function)}`: {_first_line(function)}"
    yield ""


def _call(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    kept = [each for key, each in signature.parameters.items() if key not in {"self", "cls"}]
    return _plain(f"{name}{signature.replace(parameters=kept)}")


def _plain(text: str) -> str:
    """Types by their own names, without modules and quotes."""
    return _MODULE.sub(r"\1", re.sub(r"<class '([\w.]+)'>", r"\1", text)).replace("'", "")


def _words(value: Any) -> str:
    return _ROLE.sub(r"`\1`", inspect.getdoc(value) or "")


def _first_line(value: Any) -> str:
    return " ".join(_words(value).split("\n\n")[0].split())
