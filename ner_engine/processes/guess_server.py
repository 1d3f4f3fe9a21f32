"""``python -m ner_engine.processes.guess_server``: first guesses as a process of its own, all of them in memory.

Reads requests from stdin, one JSON object a line, and answers each in order with a line on stdout that
carries its ``id``:

- ``{"id": n, "learn": project, "labels": [[name, description], …], "gold": [{"text": …, "spans": …}, …],
  "texts": […]}``: know this, and nothing from before, of a project, ``{"id": n, "learned": sentences}``;
  ``texts`` are some of its sentences that nobody has finished;
- ``{"id": n, "guess": project, "texts": […]}``: ``{"id": n, "texts": [{"spans": …, "confidences": …,
  "uncertainty": …}, …]}``;

- ``{"id": n, "hints": project, "text": …}``: ``{"id": n, "hints": [{"span": …, "probability": …}, …]}``, phrases that
  may be entities, the most probable first;

or ``{"id": n, "error": code, "message": …}``. When stdin ends the parent is gone, and so is the process. Where nobody
asks for a quarter of an hour it ends automatically, so that no memory is held for projects that have their models.
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import NothingLearned
from ner_engine.formats.json_lines import from_json
from ner_engine.processes.answering import failure, restrain
from ner_engine.processes.memory_limit import MemoryLimit
from ner_engine.settings import TrainingSettings
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.prediction.first_guesses import Guesser

#: Projects whose guesses are kept ready, about 3 MB each beside what they share.
KEPT = 8

IDLE_SECONDS = 900.0

Answer = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m ner_engine.processes.guess_server")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="give way to others")
    parser.add_argument("--memory-mb", type=int, metavar="N", help="the most memory to use")
    options = parser.parse_args(arguments)
    restrain(nice=options.nice)
    # What is lost is taught again; whoever asks sees that nobody answers.
    MemoryLimit(options.memory_mb).enforce(lambda: os._exit(1))
    guesses = Guesses()
    # Libraries that print must not be taken for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    idle = _start_idling()
    for line in sys.stdin:
        idle.cancel()
        answers.write(json.dumps(guesses.answer(json.loads(line))) + "\n")
        answers.flush()
        idle = _start_idling()
    idle.cancel()
    return 0


def _start_idling() -> threading.Timer:
    """End the process in a while, unless somebody asks before; whoever asks just then starts another one."""
    idle = threading.Timer(IDLE_SECONDS, os._exit, (0,))
    idle.daemon = True
    idle.start()
    return idle


class Guesses:
    """What guesses for each project. Nothing of it is ever on disk."""

    def __init__(self, settings: TrainingSettings | None = None) -> None:
        self._settings = settings or TrainingSettings()
        self._guessers: LRUCache[str, Guesser] = LRUCache(KEPT)

    def answer(self, request: Mapping[str, Any]) -> Answer:
        """The answer to one request, whatever it is."""
        number = {"id": request.get("id")}
        try:
            if "learn" in request:
                return number | self._learn(request)
            if "hints" in request:
                return number | self._hints(str(request["hints"]), request["text"])
            return number | self._guess(str(request["guess"]), request["texts"])
        except Exception as error:  # noqa: BLE001 - the edge of the process
            return number | failure(error)

    def _learn(self, request: Mapping[str, Any]) -> Answer:
        import_spacy()
        from ner_engine.prediction.meanings import MeantLabel  # noqa: PLC0415 - after the limits on threads
        from ner_engine.training.first_guesses import make_guesser  # noqa: PLC0415

        project = str(request["learn"])
        gold: list[AnnotatedText] = [from_json(each) for each in request["gold"]]
        labels = [MeantLabel(*label) for label in request["labels"]]
        self._forget(project)
        self._settings = replace(
            self._settings,
            encoder_dir=request.get("encoder"),
            language=request.get("language", "en"),
        )
        made = make_guesser(labels, gold, texts=request["texts"], settings=self._settings)
        self._guessers[project] = made
        return {"learned": made.sentences}

    def _guess(self, project: str, texts: Sequence[str]) -> Answer:
        return {"texts": [asdict(found) for found in self._guesser(project).find(texts)]}

    def _hints(self, project: str, text: str) -> Answer:
        return {"hints": [asdict(hint) for hint in self._guesser(project).hints(text)]}

    def _guesser(self, project: str) -> "Guesser":
        if project not in self._guessers:
            raise NothingLearned
        return self._guessers[project]

    def _forget(self, project: str) -> None:
        from ner_engine.encoder.frozen_encoder import encoder_for  # noqa: PLC0415 - after the limits on threads

        if self._guessers.pop(project, None) is not None:
            encoder = encoder_for(self._settings)
            if encoder is not None:
                encoder.forget()


if __name__ == "__main__":
    sys.exit(main())
