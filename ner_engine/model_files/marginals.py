"""What models that never saw a sentence said of its words, kept with the model: numbers and labels, no word."""

import json
from pathlib import Path

from ner_engine.token_shares import TokenShares, thinned

MARGINALS = "marginals.json"
#: Entities of a label, and words in no entity, that are kept at most: 100 kB of each.
MOST_ENTITIES, MOST_OTHERS = 4_000, 8_000


def write_marginals(model_dir: Path, shares: TokenShares) -> None:
    """Keep them; part of what fills a model's directory."""
    some = thinned(shares, entities=MOST_ENTITIES, others=MOST_OTHERS)
    told = {
        "labels": some.labels,
        "entities": some.entities,
        "others": some.others,
        "words": some.words,
    }
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    (model_dir / MARGINALS).write_text(text, "utf-8")


def read_marginals(model_dir: Path) -> TokenShares | None:
    """What was kept; None with a model from before that."""
    path = model_dir / MARGINALS
    if not path.exists():
        return None
    told = json.loads(path.read_bytes())
    return TokenShares(
        tuple(told["labels"]),
        tuple((label, tuple(map(tuple, rows))) for label, rows in told["entities"]),
        tuple(map(tuple, told["others"])),
        told["words"],
    )
