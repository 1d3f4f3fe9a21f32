"""People who label without a pause while processes come and go, and what became of all that they were told."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.playground import Answer
from tests.support.scale.cluster import Cluster

PEOPLE = ("ada", "grace", "linus", "mei")
PAUSE_SECONDS = 0.1
_DRUGS = ("aspirin", "codeine", "insulin")


@dataclass
class People:
    """All answers they were given, of every request that may store something."""

    cluster: Cluster
    chance: random.Random
    answers: list[Answer] = field(default_factory=list)
    longest: float = 0.0
    """Seconds of the longest answer."""
    _typed: int = 0

    @property
    def saved(self) -> list[Answer]:
        """Those that say that it is saved."""
        return [each for each in self.answers if _is_saved(each)]

    @property
    def unanswered(self) -> list[Answer]:
        """Those that Slack had no answer to, for whatever reason."""
        return [each for each in self.answers if each.error is not None]

    async def label_on(self, name: str) -> None:
        """Label until it is cancelled."""
        while True:
            await self.does(name)
            await asyncio.sleep(PAUSE_SECONDS)

    async def does(self, name: str) -> Answer:
        """Label one sentence that is new."""
        self._typed += 1
        drug = self.chance.choice(_DRUGS)
        line = f"Patient {self._typed} of {name} takes {{{drug}=DRUG}}."
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer = await self.cluster.slack.command(name, "#triage", "/label", line)
        self.longest = max(self.longest, loop.time() - began)
        self.answers.append(answer)
        return answer

    @asynccontextmanager
    async def labelling(self) -> AsyncIterator[None]:
        """All of them at once, until the block is left; what is under way then is seen through."""
        tasks = [asyncio.create_task(self.label_on(name)) for name in PEOPLE]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def wrong(self) -> list[str]:
        """What was acknowledged and is not there exactly once, and what is there and nobody asked for."""
        rows = await self.cluster.ask("SELECT request FROM event WHERE kind = 'finished'")
        made = Counter(str(request) for (request,) in rows)
        saved = {str(each.request["trigger_id"]): each for each in self.saved}
        found = [
            f"{made[request]} times: {answer.text!r}"
            for request, answer in saved.items()
            if made[request] != 1
        ]
        return found + [f"{n} times: {request}" for request, n in made.items() if n > 1]


def _is_saved(answer: Answer) -> bool:
    return answer.error is None and "Saved" in answer.text
