"""kill -9 of the bot at random moments while several people label: what was acknowledged is there, once."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.playground import Answer, Playground, Timing
from tests.support.bot_process import bot_process, socket_mode
from tests.support.patience import patient
from tests.torture.options import SEED, bound, number, tell
from tests.torture.soundness import faults, of_requests

PEOPLE = ("ada", "grace", "linus", "mei")
CYCLES = number("CYCLES", 10_000)
SAVED = ("Saved", "Skipped #", "Flagged #", "Undone.")
LATE = "the answer is posted here"
_DRUGS = ("aspirin", "codeine", "insulin")


@dataclass
class Step:
    """A request that may store something, and whether its person was told that it is saved."""

    answer: Answer
    what: str
    saved: bool

    @property
    def request(self) -> str:
        return str(self.answer.request["trigger_id"])


@dataclass
class Labeller:
    """A person who labels without a pause."""

    name: str
    slack: Playground
    chance: random.Random
    steps: list[Step] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    typed: int = 0

    async def label_on(self) -> None:
        """Until Slack says that nobody is there."""
        while await self.does(self.chance.choices(list(_WAYS), list(_WAYS.values()))[0]):
            pass

    async def does(self, what: str) -> bool:
        """One thing; False where the bot did not answer."""
        if what == "none":
            await self._types("")
        needed = _OFFERED.get(what)
        if needed is not None and needed not in self.offered:
            return True  # it would change nothing, and say so or not
        answer = await self._types(self._line(what))
        self.steps.append(Step(answer, what, _is_saved(answer)))
        return answer.error is None

    def _line(self, what: str) -> str:
        self.typed += 1
        drug = self.chance.choice(_DRUGS)
        text = f"Patient {self.typed} of {self.name} takes {drug} for a cough."
        match what:
            case "whole":
                marked = text.replace(drug, f"{{{drug}=DRUG}}")
                return marked.replace("a cough", "{a cough=SYMPTOM}")
            case "phrase":
                return f"SYMPTOM a cough in: {text}"
            case "none in":
                return f"none in: Visit {self.typed} of {self.name}."
            case "flag":
                return f"flag: reason {self.typed}"
        return what

    async def _types(self, text: str) -> Answer:
        answer = await self.slack.command(self.name, "#triage", "/label", text)
        self.offered = answer.message.buttons if answer.message else []
        return answer


_WAYS = {
    "whole": 4,
    "phrase": 5,
    "none in": 1,
    "none": 1,
    "done": 2,
    "skip": 2,
    "flag": 1,
    "undo": 4,
}
_OFFERED = {"none": "No entities", "done": "Finished"}


def _is_saved(answer: Answer) -> bool:
    return answer.error is None and any(word in answer.text for word in SAVED)


def _first_line(answer: Answer) -> str:
    return answer.text.partition("\n")[0]


@dataclass
class Ward:
    """One data folder, through many bots."""

    slack: Playground
    data: Path
    chance: random.Random
    told: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.people = [
            Labeller(name, self.slack, random.Random(self.chance.random())) for name in PEOPLE
        ]

    def steps(self) -> list[Step]:
        return [step for person in self.people for step in person.steps]

    def look(self) -> None:
        """What must hold after each restart."""
        file = self.data / "nerbot.db"
        wrong = faults(file)
        steps = self.steps()
        made = of_requests(file, (step.request for step in steps))
        for step in steps:
            times = made[step.request]
            if times > 1 or (step.saved and times == 0):
                wrong.append(f"{step.what}: {times} times, {step.answer.text!r}")
        assert not wrong, wrong[:10]

    async def again(self) -> None:
        """Slack delivers once more what it had no answer to, and now and then what it had."""
        for person in self.people:
            for step in person.steps[-3:]:
                if step.saved and self.chance.random() < 0.5:
                    continue
                answer = await self.slack.deliver_again(step.answer)
                # An answer that came too late says nothing; what is suggested for the sentence is looked for anew.
                if step.saved and answer.error is None and LATE not in answer.text:
                    assert _first_line(answer) == _first_line(step.answer)
                self.told["again"] += 1
                if step.answer.error is not None and _is_saved(answer):
                    step.answer, step.saved = answer, True

    async def cycle(self) -> None:
        """Let them label, and kill the bot in the middle of it."""
        log = self.data.with_suffix(".log")
        log.unlink(missing_ok=True)
        async with bot_process(self.data, socket_mode(self.slack), log=log) as bot:
            self.look()
            await self.again()
            before = len(self.steps())
            labelling = [asyncio.create_task(person.label_on()) for person in self.people]
            enough = before + self.chance.randrange(60)
            await self.slack.until(lambda: len(self.steps()) > enough, timeout=patient(60))
            await asyncio.sleep(self.chance.uniform(0, 0.1))
            await bot.kill()
            await asyncio.gather(*labelling)
        self.told["kills"] += 1

    def sum_up(self) -> str:
        steps = self.steps()
        saved = sum(step.saved for step in steps)
        unknown = sum(step.answer.error is not None for step in steps)
        return (
            f"{self.told['kills']} kills, {len(steps):,} steps, {saved:,} acknowledged, "
            f"{unknown} cut off, {self.told['again']} delivered again"
        )


@pytest.mark.timeout(0)
async def test_what_was_acknowledged_is_there_once_after_every_kill(tmp_path: Path) -> None:
    """CYCLES of them, the seed printed."""
    tell(f"\n{CYCLES:,} kills while {len(PEOPLE)} people label, with the seed {SEED}")
    started = time.monotonic()
    async with Playground.open(data=tmp_path / "slack", timing=Timing(ack=3, until=60)) as slack:
        ward = Ward(slack, tmp_path / "data", random.Random(SEED))
        for cycle in range(CYCLES):
            await ward.cycle()
            if cycle % 10 == 9:
                tell(ward.sum_up())
        async with bot_process(ward.data, socket_mode(slack)):
            ward.look()
            await ward.again()
            ward.look()
    saved = sum(step.saved for step in ward.steps())
    tell(f"{ward.sum_up()}; {time.monotonic() - started:.0f} s")
    tell(f"kills: {bound(CYCLES)}; acknowledged steps: {bound(saved)}")
