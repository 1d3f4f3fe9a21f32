"""What people hear when a model finds what they put right in an earlier one's answers."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, StoreUnavailable
from bot.jobs.background import Background
from bot.jobs.lease_watch import Monotonic
from bot.labelling.knowledge import Knowledge, read_knowledge
from bot.projects.repositories.access import Access, alone
from bot.projects.seeding import name_among_several
from bot.recognition.announcer import CorrectionAnnouncer
from bot.recognition.repository import Corrections, CorrectionsToAsk
from bot.recognition.values import (
    Correction,
    Learned,
    Notices,
    SetNotices,
    ShowNotices,
)
from bot.team.repositories.visits import Visits

NEWEST = 200
"""Corrections of a project a model is asked about at most."""
AT_ONCE = 4
"""Sentences of one question to the engine: whoever types /ner meanwhile waits for no more of them."""
RETRY = timedelta(minutes=10)
"""How long a project is left alone whose model could not be asked."""

_NOTICES: JsonForm[Notices] = JsonForm(Notices)

log = logging.getLogger(__name__)


class CorrectionNotices:
    """Asks each model that went live about what people had to correct, and tells those who want to be told.

    What is to be asked is read from the tables: it does not matter how a model went live, nor in which process.
    """

    def __init__(
        self,
        store: Store,
        to_ask: CorrectionsToAsk,
        engine: Engine,
        announcer: CorrectionAnnouncer,
        background: Background,
        *,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._store = store
        self._to_ask = to_ask
        self._engine = engine
        self._announcer = announcer
        self._background = background
        self._monotonic = monotonic
        self._busy = False
        self._rests: dict[tuple[str, int], float] = {}

    # what a person wants to hear

    async def handle(self, caller: Caller, command: ShowNotices | SetNotices) -> Notices:
        """Whether a person is told, now and from now on."""
        if isinstance(command, ShowNotices):
            async with self._store.reading(caller.workspace) as tx:
                return Notices((await Visits(tx).of(caller.person)).notices)
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> Notices:
                was = (await Visits(tx).of(caller.person)).notices
                await Visits(tx).set_notices(caller.person, on=command.on)
                return Notices(command.on, changed=was != command.on)

            return await once(tx, caller.request, _NOTICES, work)

    # telling it

    async def look(self) -> None:
        """Begin to ask what is to be asked, unless that is under way."""
        if self._busy or self._background.stopping.is_set():
            return
        now = self._monotonic()
        todo = [
            place for place in await self._to_ask.projects() if self._rests.get(place, now) <= now
        ]
        if todo:
            self._busy = True
            self._background.start(self._tell_all(todo), name="corrections")

    async def _tell_all(self, todo: Sequence[tuple[str, int]]) -> None:
        try:
            for workspace, project_id in todo:
                await self._try_to_tell(workspace, project_id)
        finally:
            self._busy = False

    async def _try_to_tell(self, workspace: str, project_id: int) -> None:
        """One that fails keeps no other from being told, and is tried again after a while."""
        try:
            await self.tell(workspace, project_id)
        except (EngineUnavailable, StoreUnavailable) as error:
            log.warning("corrections of project %s could not be looked at: %s", project_id, error)
            self._rests[workspace, project_id] = self._monotonic() + RETRY.total_seconds()

    async def tell(self, workspace: str, project_id: int) -> None:
        """Ask the live model about a project's corrections, and tell each person what it finds of theirs."""
        async with self._store.reading(workspace) as tx:
            name = await name_among_several(tx, project_id)
            knowledge = await read_knowledge(tx, project_id)
            if knowledge.version is None:
                return
            waiting = await Corrections(tx).to_ask(project_id, knowledge.version, limit=NEWEST)
        found = await self._found(project_id, knowledge, waiting)
        for person in dict.fromkeys(correction.person for correction in found):
            mine = tuple(correction for correction in found if correction.person == person)
            if self._background.stopping.is_set():
                return  # who was not told yet is told after the next start
            learned = Learned(project_id, knowledge.version, person, mine, name)
            await self._tell_one(workspace, learned)
        if self._background.stopping.is_set():
            return
        async with self._store.writing(workspace) as tx:
            await Corrections(tx).mark_asked(project_id, knowledge.version)

    async def _found(
        self, project_id: int, knowledge: Knowledge, waiting: Sequence[Correction]
    ) -> list[Correction]:
        """Those in which the model finds just what the person has."""
        assert knowledge.version is not None
        found: list[Correction] = []
        for start in range(0, len(waiting), AT_ONCE):
            if self._background.stopping.is_set():
                break
            some = waiting[start : start + AT_ONCE]
            texts = [correction.sentence.text for correction in some]
            raw = await self._engine.predict(project_id, knowledge.version, texts)
            for correction, prediction in zip(some, raw, strict=True):
                spans = knowledge.as_now(prediction, correction.sentence).spans
                if sorted(spans) == sorted(correction.spans):
                    found.append(correction)
        return found

    async def _tell_one(self, workspace: str, learned: Learned) -> None:
        """Noted first: a message that is lost in a crash is better than one that is sent twice."""
        person = learned.person
        ids = [correction.sentence.id for correction in learned.corrections]
        async with self._store.writing(workspace) as tx:
            if not (await Visits(tx).of(person)).notices:
                return
            if not await Access(tx).sees(alone(workspace, person), learned.project_id):
                return
            new = await Corrections(tx).mark_told(learned.project_id, learned.version, person, ids)
        told = tuple(each for each in learned.corrections if each.sentence.id in new)
        if told:
            await self._announcer.tell_learned(workspace, replace(learned, corrections=told))
