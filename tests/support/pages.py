"""The pages of docs/ as a reader types from them: their blocks, and the commands inside their sentences."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code of one page, with the word that says what it is."""

    page: str
    kind: str
    text: str

    @property
    def lines(self) -> list[str]:
        """What is typed, a line each; comments are left out."""
        return [line for line in self.text.splitlines() if line.strip() and line[0] != "#"]


def blocks(kind: str) -> list[Block]:
    """All blocks of a kind, in the order of the pages."""
    return [
        Block(page.name, match[1], match[2])
        for page in PAGES
        for match in _BLOCK.finditer(page.read_text("utf-8"))
        if match[1] == kind
    ]


def typed_inside(prefix: str) -> list[tuple[str, str]]:
    """The page and the text of all code inside sentences and tables that begins so."""
    return [
        (page.name, code.replace("\\|", "|"))
        for page in PAGES
        for code in _CODE.findall(_BLOCK.sub("", page.read_text("utf-8")))
        if code.startswith(prefix)
    ]


@dataclass(frozen=True, slots=True)
class Call:
    """A program that a page calls, with what follows it; inside a sentence it may only be named."""

    page: str
    program: str
    typed: str
    is_whole: bool


def calls() -> list[Call]:
    """Every line for a shell, and `nerbot …` and `make …` inside sentences."""
    whole = [(each.page, line) for each in blocks("sh") for line in each.lines]
    whole += [(each.page, line) for each in blocks("") for line in each.lines]
    named = [code for prefix in ("nerbot ", "make ") for code in typed_inside(prefix)]
    found = [_call(*line, is_whole=True) for line in whole]
    return list(dict.fromkeys([*found, *(_call(*line, is_whole=False) for line in named)]))


def _call(page: str, line: str, *, is_whole: bool) -> Call:
    """The last program of a pipe, without its folder, the variables before it, and who it runs as."""
    last = re.sub(r"^sudo -u \w+ ", "", line.rsplit(" | ", 1)[-1])
    program, _, typed = re.sub(r"^(?:[A-Z_]+=\S+ )+", "", last).partition(" ")
    return Call(page, Path(program).name, typed, is_whole)
