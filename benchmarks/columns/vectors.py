"""The vectors of all that is taught, on disk in half precision, with the tags beside them."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.columns.readers import Labelled
from benchmarks.columns.sources import SOURCES, sentences
from benchmarks.columns.texts import choose, measured_on, tags
from ner_engine import TrainingSettings
from ner_engine.encoder.frozen_encoder import encoder_for, open_encoder
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.pipeline.pipeline import make_tokenizer

ROWS, TABLE = "rows.f16", "sentences.json"


@dataclass(frozen=True, slots=True)
class Taught:
    """All sentences, one after the other: ``rows`` of vectors, and of each sentence in ``places`` its corpus
    and where its rows begin and end, and in ``tags`` its tags. ``encoder`` is the hash of the encoder's files.
    """

    rows: NDArray[np.float16]
    encoder: str
    corpora: list[dict[str, Any]]
    places: list[tuple[int, int, int]]
    tags: list[list[str]]


def choose_all(
    clones: Path, without: Sequence[Path]
) -> Iterator[tuple[dict[str, Any], list[Labelled]]]:
    """Of each source what the manifest says of it, and its sentences."""
    forbidden, seen = measured_on(without), set[str]()
    for source in SOURCES:
        files = list(source.files(clones))
        digest = hashlib.sha256()
        for _, content in files:
            digest.update(hashlib.sha256(content).digest())
        found = sentences(source, [content for _, content in files])
        chosen = choose(found, most=source.most, forbidden=forbidden, seen=seen)
        told = {
            "name": source.name,
            "licence": source.licence,
            "repository": source.repository,
            "files": len(files),
            "sha256": digest.hexdigest(),
            "sentences": len(chosen.texts),
            "found": chosen.found,
            "shared": chosen.shared,
        }
        yield told, chosen.texts


def encode_all(
    work: Path,
    chosen: Sequence[tuple[dict[str, Any], list[Labelled]]],
    encoder_dir: str | None,
) -> None:
    """Write the vectors of all sentences, in an order by chance, so that any beginning is a sample."""
    settings = TrainingSettings(encoder_dir=encoder_dir)
    learned, nlp = encoder_for(settings), make_tokenizer(settings)
    assert learned is not None
    encoder = open_encoder(encoder_dir, learned.features)  # without columns
    texts = [(number, text) for number, (_, texts) in enumerate(chosen) for text in texts]
    random.Random(1).shuffle(texts)
    places, all_tags, done = [], [], 0
    with (work / ROWS).open("wb") as file:
        for number, text in texts:
            wanted = encoded_text(nlp.make_doc(text.text))
            rows = encoder.encode(wanted).astype(np.float16)
            file.write(rows.tobytes())
            places.append((number, done, done + len(rows)))
            all_tags.append(tags(wanted.tokens, text))
            done += len(rows)
            if len(places) % 5_000 == 0 or len(places) == len(texts):
                table = {
                    "width": encoder.width, "encoder": encoder.sha256,
                    "corpora": [told for told, _ in chosen], "places": places, "tags": all_tags,
                }  # fmt: skip
                (work / TABLE).write_text(json.dumps(table), "utf-8")
                print(f"{len(places):,} of {len(texts):,} sentences, {done:,} tokens", flush=True)


def read_all(work: Path) -> Taught:
    """What :func:`encode_all` wrote."""
    table = json.loads((work / TABLE).read_bytes())
    rows = np.memmap(work / ROWS, np.float16, "r").reshape(-1, table["width"])
    places = [(corpus, start, end) for corpus, start, end in table["places"]]
    return Taught(rows, table["encoder"], table["corpora"], places, table["tags"])
