"""The files of a job as objects, on their way to a worker and back. All calls block."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bot.errors import ObjectAbsent
from bot.objects.ports import ObjectStore

JOBS = "jobs"
ASKED = ("job.json", "gold.jsonl", "sentence_ids.txt")
TEXTS = "texts.json"
#: What only some trainings are given.
IF_THERE = ("unlabelled.jsonl",)
MODEL, LOG, OUTCOME = "model", "log", "outcome.json"
"""What comes back; the outcome is the last to be there."""


class JobFiles:
    """The objects of jobs."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def send(self, key: str, folder: Path, names: Iterable[str] = ASKED) -> None:
        """Keep files of a folder; raises ObjectsUnavailable."""
        for name in names:
            self._objects.put(f"{key}/{name}", folder / name)

    def send_training(self, key: str, folder: Path) -> None:
        """Keep what a training is given."""
        self.send(key, folder, [*ASKED, *(name for name in IF_THERE if (folder / name).exists())])

    def send_bytes(self, key: str, name: str, content: bytes) -> None:
        """Keep a small file."""
        self._objects.put(f"{key}/{name}", content)

    def send_folder(self, key: str, folder: Path, name: str) -> None:
        """Keep all files of a folder, under another name."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self._objects.put(f"{key}/{name}/{path.relative_to(folder).as_posix()}", path)

    def read(self, key: str, name: str) -> bytes:
        """A small file; raises ObjectAbsent, ObjectsUnavailable."""
        return self._objects.read(f"{key}/{name}")

    def receive(self, key: str, folder: Path, names: Iterable[str] = ASKED) -> None:
        """Bring them to a folder; raises ObjectAbsent, ObjectsUnavailable."""
        for name in names:
            self._objects.get(f"{key}/{name}", folder / name)

    def receive_training(self, key: str, folder: Path) -> None:
        """Bring what a training is given to a folder."""
        self.receive(key, folder)
        for name in IF_THERE:
            with suppress(ObjectAbsent):
                self.receive(key, folder, (name,))

    def send_back(self, key: str, folder: Path, outcome: bytes, *, with_model: bool) -> None:
        """Keep what a training left, and at last how it ended."""
        if with_model:
            self.send_folder(key, folder / MODEL, MODEL)
        if (folder / LOG).exists():
            self.send(key, folder, (LOG,))
        self.send_bytes(key, OUTCOME, outcome)

    def outcome(self, key: str) -> bytes:
        """How a training ended."""
        return self.read(key, OUTCOME)

    def receive_log(self, key: str, folder: Path) -> None:
        """Its log, where it left one."""
        (folder / LOG).unlink(missing_ok=True)
        try:
            self.receive(key, folder, (LOG,))
        except ObjectAbsent:
            return

    def receive_model(self, key: str, folder: Path) -> None:
        """The model it left; whoever takes it checks it by its manifest."""
        for each in self._objects.list(f"{key}/{MODEL}"):
            name = each.key.removeprefix(f"{key}/")
            (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._objects.get(each.key, folder / name)

    def folders(self) -> dict[str, int]:
        """The folders of jobs and of what consists of several, each with how many objects are in it."""
        return Counter("/".join(each.key.split("/")[:2]) for each in self._objects.list(JOBS))

    def remove(self, key: str) -> None:
        """Nothing is left of a job."""
        self._objects.delete([each.key for each in self._objects.list(key)])
