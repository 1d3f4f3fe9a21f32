"""The sections of RESULTS.md: those that a benchmark prints, and those that people wrote."""

import re

HEAD = """# Results

What the benchmarks printed, each by the command above it, on the machine named below it. `make bench` makes this file.
Figures of time depend on the machine: read them as ratios inside one table.
"""
_BORDER = re.compile(r"^## ", re.MULTILINE)
#: What a person wrote below what was printed begins with a heading.
_BY_HAND = re.compile(r"^### ", re.MULTILINE)


def with_section(results: str, name: str, printed: str) -> str:
    """The file with what a benchmark printed in its section, which is added at the end where there is none.

    Sections of other names stay letter for letter where they are, and so does what people wrote below
    what was printed before.
    """
    head, *sections = _BORDER.split(results)
    kept = {section.partition("\n")[0]: section for section in sections}
    by_hand = _by_hand(kept.get(name, ""))
    kept[name] = f"{name}\n\n{printed.strip(chr(10))}\n" + (f"\n{by_hand}" if by_hand else "")
    parts = [head, *(f"## {section}" for section in kept.values())]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _by_hand(section: str) -> str:
    found = _BY_HAND.search(section)
    return section[found.start() :] if found else ""
