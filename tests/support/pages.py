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
