"""What CONTRIBUTING.md leads to is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PATH = re.compile(r"`((?:bot|ner_engine|tests|docs|benchmarks)/[\w<>./-]*)`")
VERB = re.compile(r"\bmake ([a-z]+)", re.MULTILINE)


def test_each_path_and_each_verb_of_make_is_there() -> None:
    """In a path, `<feature>` and the like stand for some name; one that fits has to exist."""
    patterns = {path: re.sub(r"<\w+>", "*", path.rstrip("/")) for path in PATH.findall(TEXT)}
    missing = [path for path, pattern in patterns.items() if not any(ROOT.glob(pattern))]
    verbs = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    missing += [f"make {verb}" for verb in VERB.findall(TEXT) if verb not in verbs]
    assert not missing
