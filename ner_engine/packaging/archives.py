"""The files of a pipeline out of a wheel, with bounds: each as its RECORD says, none imported and none executed."""

import base64
import csv
import hashlib
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from ner_engine.errors import PackageRefused

#: A wheel of ours has about 25 files, the largest of spaCy's own under 100; an encoder has up to 1.2 GB.
MOST_FILES = 2_000
MOST_BYTES = 4 * 2**30
_SMALL = 2**20
_CHUNK = 2**20
#: A file inside the package of a pipeline: package, folder of a version, path.
_NAME = re.compile(r"(?:[\w.+-]{1,200}/){1,12}[\w.+-]{1,200}")
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
)


def unpack_pipeline(wheel: Path, folder: Path) -> Path:
    """Write the pipeline in a wheel to a new folder; the path of what `spacy.load` would read.

    Raises PackageRefused, OSError.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = _members(archive)
            inside = _pipeline_in(members)
            record = _read_record(archive, members)
            _write(archive, members, record, inside, folder)
    except _BROKEN as error:
        raise PackageRefused(reason="it is not a whole wheel") from error
    return folder / inside


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by name. Names that leave the folder are refused before anything is written."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise PackageRefused(reason=f"it has {len(infos):,} files, and {MOST_FILES:,} are the most")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        parts = PurePosixPath(info.filename).parts
        if not _NAME.fullmatch(info.filename) or ".." in parts or info.filename in found:
            raise PackageRefused(reason="it has a file whose name is not that of a wheel's file")
        found[info.filename] = info
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES:
        raise PackageRefused(
            reason=f"it would take {total / 2**30:,.0f} GB, and {MOST_BYTES // 2**30} are the most"
        )
    return found


def _pipeline_in(members: Mapping[str, zipfile.ZipInfo]) -> str:
    folders = [
        str(path.parent)
        for path in map(PurePosixPath, members)
        if path.name == "config.cfg" and len(path.parts) == 3
    ]
    if len(folders) != 1:
        raise PackageRefused(reason="there is no spaCy pipeline in it")
    return folders[0]


def _read_record(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]
) -> dict[str, bytes]:
    """The SHA-256 of each file, as the wheel says it."""
    names = [name for name in members if name.endswith(".dist-info/RECORD")]
    if len(names) != 1:
        raise PackageRefused(reason="it has no list of its files' hashes")
    text = b"".join(_pieces(archive, members[names[0]], _SMALL)).decode("utf-8")
    record = {}
    for row in csv.reader(io.StringIO(text)):
        if len(row) == 3 and row[1].startswith("sha256="):
            padded = row[1].removeprefix("sha256=") + "=="
            record[row[0]] = base64.urlsafe_b64decode(padded)
    return record


def _write(
    archive: zipfile.ZipFile,
    members: Mapping[str, zipfile.ZipInfo],
    record: Mapping[str, bytes],
    inside: str,
    folder: Path,
) -> None:
    for name, info in members.items():
        if not name.startswith(f"{inside}/"):
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("xb") as file:
            for piece in _pieces(archive, info, info.file_size):
                digest.update(piece)
                file.write(piece)
        if digest.digest() != record.get(name):
            raise PackageRefused(reason=f"{path.name} is not the file that its list of hashes says")


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """A file's bytes; refused as soon as there are more of them than it says."""
    done = 0
    with archive.open(info) as packed:
        while piece := packed.read(_CHUNK):
            done += len(piece)
            if done > most:
                raise PackageRefused(reason=f"{Path(info.filename).name} is larger than it says")
            yield piece
