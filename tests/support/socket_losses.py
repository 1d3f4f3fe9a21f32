"""People who type while the Socket Mode link is lost again and again: nothing is lost, each is acted on once."""

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.playground import Answer, Playground
from tests.support.patience import patient

PEOPLE = ("ada", "grace", "linus")
_STORED = (
    "SELECT text, count(*) FROM sentence JOIN event ON sentence_id = sentence.id GROUP BY text"
)


@dataclass
class Typed:
    """One command, and what the person was told in the end."""

    text: str
    answer: Answer
    tries: int = 1


@dataclass
class Losses:
    """What was done to the link, and what was typed meanwhile."""

    slack: Playground
    chance: random.Random
    lost: Counter[str] = field(default_factory=Counter)
    typed: list[Typed] = field(default_factory=list)
    on: bool = True

    async def types_on(self, person: str) -> None:
        """Type sentences; what Slack says has failed is delivered again until it is answered."""
        number = 0
        while self.on:
            number += 1
            text = f"Visit {number} of {person}: codeine."
            line = text.replace("codeine", "{codeine=DRUG}")
            typed = Typed(text, await self.slack.command(person, "#triage", "/label", line))
            self.typed.append(typed)
            while typed.answer.error is not None:
                await self.slack.until(lambda: self.slack.connected, timeout=patient(60))
                await asyncio.sleep(0.02)
                typed.answer = await self.slack.deliver_again(typed.answer)
                typed.tries += 1
            if self.chance.random() < 0.1:
                await self.slack.deliver_again(typed.answer)
            await asyncio.sleep(self.chance.uniform(0, 0.05))

    async def lose(self) -> None:
        """Lose the link in one of three ways at a random moment, and wait until it is there again."""
        await asyncio.sleep(self.chance.uniform(0, 0.1))
        how = self.chance.choice(["warning", "refresh_requested", "cut"])
        self.lost[how] += 1
        if how == "cut":
            await self.slack.drop_connections()
        elif how == "warning":
            await self.slack.disconnect("warning")
        else:
            await self.slack.disconnect("refresh_requested")
        await self.slack.until(lambda: self.slack.connected, timeout=patient(60))
        seen = len(self.typed)
        await self.slack.until(lambda: len(self.typed) > seen, timeout=patient(60))

    def wrong(self, file: Path) -> list[str]:
        """What is stored in another number than once, and what nobody typed."""
        with closing(sqlite3.connect(file, timeout=60)) as database:
            stored = dict(database.execute(_STORED))
        typed = {each.text for each in self.typed}
        said = [each.text for each in self.typed if "Saved" not in each.answer.text]
        return [
            *(f"{text}: {stored.get(text, 0)} times" for text in typed if stored.get(text, 0) != 1),
            *(f"{text}: nobody typed it" for text in stored.keys() - typed),
            *(f"{text}: not told that it is saved" for text in said),
        ]

    def sum_up(self) -> str:
        again = sum(each.tries - 1 for each in self.typed)
        return f"{dict(self.lost)}; {len(self.typed):,} commands, {again} delivered again"


async def lose_links(slack: Playground, *, losses: int, seed: int) -> Losses:
    """So many losses while people type."""
    lost = Losses(slack, random.Random(seed))
    typing = [asyncio.create_task(lost.types_on(person)) for person in PEOPLE]
    for _ in range(losses):
        await lost.lose()
    lost.on = False
    await asyncio.gather(*typing)
    return lost
