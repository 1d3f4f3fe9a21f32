"""Every regular expression of our code, and texts on which a careless one takes for ever."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

ATOMS = (" ", "a", "A", "_", "0", "{", "}", "=", "[", "](", "<", "<@U", "|", ":", ":a:", "-", "&", '"', "“", "@", "/",
         "\u0300", "\U0001f3f4", "\U000e0067", " in:", "a=", "\n", ".")  # fmt: skip
"""Repeated, they are what a pattern may run back and forth over."""
_HERE = "\x00"
_SKIPPED = frozenset(
    {"bot.__main__", "bot.playground.__main__", "bot.db.migrations.env", "bot.engine.plot_worker"}
)


def compiled_patterns(*packages: str) -> dict[str, re.Pattern[Any]]:
    """The patterns held by the modules of some packages, and those written where they are used, by their place."""
    found: dict[str, re.Pattern[Any]] = {}
    known: set[re.Pattern[Any]] = set()
    for module in _modules(packages):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and value not in known:
                known.add(value)
                found[f"{module.__name__}.{name}"] = value
        for line, pattern in _written(module):
            if pattern not in known:
                known.add(pattern)
                found[f"{module.__name__}:{line}"] = pattern
    return found


def _modules(packages: tuple[str, ...]) -> Iterator[ModuleType]:
    for name in packages:
        package = importlib.import_module(name)
        yield package
        for info in pkgutil.walk_packages(package.__path__, f"{name}."):
            if info.name not in _SKIPPED:
                yield importlib.import_module(info.name)


def _written(module: ModuleType) -> Iterator[tuple[int, re.Pattern[Any]]]:
    """`re.search("…", text)` and the like, with the pattern as a literal."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str | bytes)
        ):
            yield node.lineno, re.compile(node.args[0].value)


def beginnings(pattern: re.Pattern[Any]) -> list[str]:
    """Texts that lead up to each place at which the pattern repeats something: what comes then may be long."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    found = {""}
    for way in _ways(list(_parser.parse(source))):
        pieces = way.split(_HERE)
        found |= {"".join(pieces[:count]) for count in range(1, len(pieces))}
    return sorted(found)


def _ways(nodes: list[tuple[Any, Any]]) -> list[str]:
    texts = [""]
    for kind, value in nodes:
        texts = [text + more for text in texts for more in _of(str(kind), value)][:24]
    return texts


def _of(kind: str, value: Any) -> list[str]:
    match kind:
        case "LITERAL":
            return [chr(value)]
        case "NOT_LITERAL":
            return ["x"]
        case "ANY":
            return ["x"]
        case "IN":
            return [_member(value)]
        case "BRANCH":
            return [way for branch in value[1] for way in _ways(list(branch))[:2]]
        case "SUBPATTERN":
            return _ways(list(value[-1]))
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, body = value
            here = _HERE if high > 10 else ""
            return [way * max(low, 1) + here for way in _ways(list(body))]
        case "ATOMIC_GROUP":
            return _ways(list(value))
    return [""]


def _member(members: list[tuple[Any, Any]]) -> str:
    kind, value = str(members[0][0]), members[0][1]
    match kind:
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
        case "CATEGORY":
            return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "w")
    taken = {chr(number) for name, number in members[1:] if str(name) == "LITERAL"}
    return next(c for c in "xyzXYZ" if c not in taken)


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """Processor seconds for all matches in a text, and for a match of the whole: the better of two tries."""
    given: Any = text if isinstance(pattern.pattern, str) else text.encode()

    def once() -> float:
        began = time.thread_time()
        for _ in pattern.finditer(given):
            pass
        pattern.fullmatch(given)
        return time.thread_time() - began

    took = once()
    return took if took < 0.01 else min(took, once())


def slow_text(pattern: re.Pattern[Any], *, short: int = 28, long: int = 3_000) -> str | None:
    """What the pattern takes more than a line's time for, as words; None where there is nothing.

    A pattern that doubles with each character shows on a short text, one that squares on a long one: twice as much
    text takes four times as long, where three is what chance may make of two.
    """
    for beginning in beginnings(pattern):
        for atom in ATOMS:
            for end in ("", "!"):
                text = beginning + atom * short + end
                if min(seconds(pattern, text) for _ in range(2)) > 0.003:
                    return f"{beginning!r} + {atom!r} * {short}"
            text = beginning + atom * long
            took = seconds(pattern, text + "!")
            if took < 0.005:
                continue
            longer = beginning + atom * 2 * long + "!"
            twice = seconds(pattern, longer)
            if (
                twice > 3 * took
            ):  # or something else had the processor's caches: the best of five says
                took = min(took, *(seconds(pattern, text + "!") for _ in range(4)))
                twice = min(twice, *(seconds(pattern, longer) for _ in range(4)))
            if twice > 3 * took:
                return (
                    f"{beginning!r} + {atom!r} * {long}: {took:.3f} s, twice as much {twice:.3f} s"
                )
    return None
