"""One operation in a process of its own: `python -m tests.torture.operations` forks for each line it reads, so that a
cycle costs no imports. The child says how far it is in a byte of a mapped file: that is no system call.
"""

import asyncio
import json
import mmap
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.domain.project import Caller
from bot.domain.runs import Model
from bot.editor.commands import Boxes
from bot.editor.service import Editor, Saved
from bot.engine.ports import Engine
from bot.errors import NerbotError
from bot.labelling.commands import LabelPhrase, Undo
from bot.labelling.service import Labelling
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import Card
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from ner_engine.errors import ModelExists
from ner_engine.model_files.store import install, save_model
from tests.db.conftest import ANN, HERE, LEASE, new_run
from tests.ner_engine.data import FACTS, write
from tests.support.states_world import Words

ACKS = 3
"""Effects of one operation, each acknowledged by itself."""
TRIES = 3
NOW = datetime(2031, 5, 4, tzinfo=UTC)
UNKNOWN = 3

Say = Callable[[int], None]


class Place:
    """A data folder with what works on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "models" / "1"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Place"]:
        url = f"sqlite+aiosqlite:///{self.folder}/nerbot.db"
        async with Database.open(url, patience=10) as database:
            self.store = Store(database, clock=lambda: datetime.now(UTC))
            engine = cast("Engine", Words())
            suggestions, seeded = Suggestions(self.store, engine), asyncio.Event()
            seeded.set()
            self.labelling = Labelling(
                self.store, engine, suggestions, seeded=seeded, today=lambda: NOW
            )
            self.editor = Editor(self.store, suggestions, cast("Any", None), today=lambda: NOW)
            yield self

    async def label(self, number: int) -> None:
        command = LabelPhrase("SYMPTOM", "cough", sentence=f"Patient {number} has a cough.")
        card = await self.labelling.handle(caller(f"label {number}"), command)
        assert isinstance(card, Card)

    async def undo(self, number: int) -> None:
        card = await self.labelling.handle(caller(f"undo {number}"), Undo())
        assert isinstance(card, Card)

    async def save(self, number: int) -> None:
        """What the editor's [Save] does; drafts are opened before."""
        draft = (self.folder / f"draft-{number}").read_text()
        saved = await self.editor.save(caller(f"save {number}"), draft, Boxes())
        assert isinstance(saved, Saved)

    async def promote(self, number: int) -> None:
        """What the end of a training does: the model gets its place and its name, and goes live."""
        with suppress(ModelExists):  # where an earlier try got so far
            install(self.folder / f"job-{number}" / "model", self.models, number)
        model = Model(project_id=1, version=number, labels=("DRUG",), created_at=NOW)
        async with self.store.writing(HERE) as tx:
            await Models(tx).add(model, run_id=1)
            expected = number - 1 or None
            assert await Models(tx).set_live(1, number, expected=expected, person=ANN)


def caller(request: str) -> Caller:
    return Caller(HERE, "C0", ANN, request)


async def migrate(folder: Path, say: Say) -> int:
    """The first start in an empty folder; where it ends it does so in words."""
    try:
        async with Place(folder).open():
            say(ACKS)
    except NerbotError:
        return 1
    return 0


def _each(work: Callable[[Place, int], Awaitable[None]]) -> Callable[[Place, Say], Awaitable[int]]:
    """Do it ACKS times, each again where it fails; how often it failed for good."""

    async def do(place: Place, say: Say) -> int:
        failed = 0
        for number in range(1, ACKS + 1):
            for last in range(TRIES):
                try:
                    await work(place, number)
                except Exception:  # noqa: BLE001 - any: the person is told, and tries again
                    if last == TRIES - 1:
                        return 1
                else:
                    say(number)
                    break
        return failed

    return do


OPERATIONS: Mapping[str, Callable[[Place, Say], Awaitable[int]]] = {
    "label": _each(Place.label),
    "undo": _each(Place.undo),
    "save": _each(Place.save),
    "promote": _each(Place.promote),
}
EVERY = (*OPERATIONS, "migrate")


async def prepare(what: str, folder: Path) -> None:
    """The folder in which an operation begins."""
    os.mkdir(folder)  # noqa: PTH102 - nothing else goes on here
    if what == "migrate":
        return
    async with Place(folder).open() as place:
        async with place.store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
            await Runs(tx).claim(new_run(project.id), owner="one", lease=LEASE)
        for number in range(1, ACKS + 1):
            if what in {"undo", "save"}:
                await place.label(number)
            if what == "save":
                editing = await place.editor.open_sentence(caller(f"open {number}"), number)
                (folder / f"draft-{number}").write_text(editing.draft.offer)
            if what == "promote":
                model = folder / f"job-{number}" / "model"
                save_model(model, write=write, facts=FACTS, verify=False)


async def _carry_out(what: str, folder: Path, say: Say, ready: Callable[[], None]) -> int:
    if what == "migrate":
        ready()
        return await migrate(folder, say)
    async with Place(folder).open() as place:
        ready()
        return await OPERATIONS[what](place, say)


def _child(what: str, folder: Path) -> None:
    """Wait for the tracer, do it, and leave without a word."""
    with (folder.parent / "ack").open("r+b") as file:
        said = mmap.mmap(file.fileno(), 1)

    def say(number: int) -> None:
        said[0] = number

    def ready() -> None:
        print("ready", os.getpid(), flush=True)  # noqa: T201 - the protocol
        signal.sigwait({signal.SIGUSR1})

    status = UNKNOWN
    try:
        status = asyncio.run(_carry_out(what, folder, say, ready))
    finally:
        os._exit(status)


def serve() -> None:
    """Fork for each `{"what": …, "folder": …}`, and say how the child ended."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.close(0)
            _child(wanted["what"], Path(wanted["folder"]))
        _, status = os.waitpid(pid, 0)
        print("done", os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def fresh(template: Path, folder: Path) -> None:
    """The folder as it was before the operation, and nothing acknowledged."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    (folder.parent / "ack").write_bytes(b"\0")


if __name__ == "__main__":
    serve()
