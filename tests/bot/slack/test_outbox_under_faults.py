"""Faults at three calls in ten, and a sender that is killed again and again: nothing that was kept is lost."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Database, Store
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.served import EVERY_WORKSPACE
from bot.playground import Playground
from bot.playground.web_api.failures import Failure, Failures
from bot.slack.messenger import FollowedMessage, Post
from bot.slack.outbox import OutboxSender
from bot.slack.telling.messages import SlackMessenger
from bot.slack.text import words_view
from tests.bot.slack.faults import FAULTS
from tests.bot.slack.test_messenger import Clock
from tests.support.clients import one_client
from tests.support.opening import open_database, patient_timing, tables_in
from tests.support.patience import patient

HERE = "T1"
SHARE = 0.3
"""Of the calls meet a fault."""
KILLED = 0.3
"""Of the rounds end with a sender that is killed."""
ROUND = 30
"""States that are told between two looks at the clock."""
SILENT_SECONDS = 0.2


class RandomFaults(Failures):
    """Meets calls with any of the faults that pass."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__()
        self._draw = draw
        self.met: Counter[str] = Counter()

    def take(self, method: str) -> Failure | None:
        if self._draw.random() >= SHARE:
            return None
        fault = self._draw.choice(sorted(FAULTS))
        self.met[fault] += 1
        self.add(
            method, **{"status": 429, "headers": None, "times": 1, "error": None} | FAULTS[fault]
        )
        return super().take(method)


@dataclass
class Told:
    """What was to be told: the states of each message, the last one final; a post has one."""

    states: list[list[str]]
    is_post: list[bool]
    said: list[int] = field(default_factory=list)

    @classmethod
    def planned(cls, draw: random.Random, messages: int) -> "Told":
        is_post = [draw.random() < 0.5 for _ in range(messages)]
        states = [
            [
                f"message {number} state {state}"
                for state in range(1 if once else draw.randint(1, 4))
            ]
            for number, once in enumerate(is_post)
        ]
        return cls(states, is_post, [0] * messages)


class Torture:
    """One life of an outbox: what is told, when its sender dies, and what Slack has in the end."""

    def __init__(
        self,
        slack: Playground,
        database: Database,
        client: AsyncWebClient,
        *,
        clock: Clock,
        draw: random.Random,
    ) -> None:
        self.slack = slack
        self.store = Store(database, clock)
        self.delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock)
        self.clock = clock
        self.client = client
        self.draw = draw
        self.kills = 0
        self.retried = 0
        self.channel = slack.workspace.channel("#triage").id

    @asynccontextmanager
    async def sender(self) -> AsyncIterator[OutboxSender]:
        """A sender that is killed at the end: cancelled, with nothing flushed."""
        sender = OutboxSender(
            self.delivery, one_client(self.client), clock=self.clock, call_within=SILENT_SECONDS
        )
        await sender.__aenter__()
        try:
            yield sender
        finally:
            assert sender._running is not None
            tasks = [sender._running, *sender.at_work]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def live(self, told: Told) -> None:
        """Tell everything, in any order between messages, through senders that are killed in the middle."""
        left = list(range(len(told.states)))
        while left:
            async with self.sender() as sender:
                messenger = SlackMessenger(self.store, sender, one_client(self.client))
                while left:
                    some = self.draw.sample(left, min(ROUND, len(left)))
                    await asyncio.gather(*(self._say(messenger, told, number) for number in some))
                    left = [n for n in left if told.said[n] < len(told.states[n])]
                    self.clock.now += timedelta(seconds=self.draw.uniform(0, 60))
                    sender.wake()
                    if self.draw.random() < KILLED:
                        self.kills += 1
                        await asyncio.sleep(self.draw.uniform(0, 0.05))
                        break
                    await self._idle(sender)
        await self._finish()

    async def _say(self, messenger: SlackMessenger, told: Told, number: int) -> None:
        state, last = told.said[number], len(told.states[number]) - 1
        view = words_view(told.states[number][state])
        told.said[number] += 1
        key = f"message {number}"
        if told.is_post[number]:
            await messenger.post(Post(HERE, key, self.channel, view))
            return
        ada = self.slack.workspace.person("ada").id
        await messenger.follow(
            FollowedMessage(
                HERE, key, self.channel, view, person=ada, subject="this", final=state == last
            )
        )

    async def _finish(self) -> None:
        """Let time pass until all is delivered; what was given up is tried again, as an owner does."""
        async with self.sender() as sender:
            while True:
                await self._idle(sender)
                due = await self.delivery.next_due()
                if due is not None:
                    self.clock.now = max(due, self.clock.now + timedelta(seconds=61))
                    sender.wake()
                    continue
                again = await self.delivery.try_again()
                if not again:
                    return
                self.retried += again

    async def _idle(self, sender: OutboxSender) -> None:
        sender.wake()
        async with asyncio.timeout(patient(60)):
            while True:
                due = await self.delivery.next_due()
                held = due is not None and due <= self.clock.now and not sender.at_work
                if not sender.at_work and (due is None or due > self.clock.now):
                    return
                if held:  # claimed by a sender that was killed, for a minute
                    self.clock.now += timedelta(seconds=5)
                    sender.wake()
                await asyncio.sleep(0.005)


async def live_through(folder: Path, *, messages: int, seed: int) -> None:
    """Tell so many messages, and compare what Slack has with what was told."""
    print(f"told with the seed {seed}")  # noqa: T201 - so that it can be lived again
    draw, began, clock = random.Random(seed), time.monotonic(), Clock()
    told = Told.planned(draw, messages)
    async with (
        Playground.open(data=folder / "slack", timing=patient_timing()) as slack,
        open_database(tables_in(folder)) as database,
        ClientSession() as session,
    ):
        slack.failures = faults = RandomFaults(draw)
        client = AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )
        torture = Torture(slack, database, client, clock=clock, draw=draw)
        await torture.live(told)
        seen = Counter(message.shown for message in slack.messages("#triage"))
    never = [states[-1] for states in told.states if seen[states[-1]] == 0]
    twice = sum(count - 1 for count in seen.values())
    met, kills, took = sum(faults.met.values()), torture.kills, time.monotonic() - began
    print(f"{messages} messages, {met} faults of {len(faults.met)} kinds, {kills} kills,")  # noqa: T201 - as above
    print(f"{torture.retried} tried again, {twice} told twice, {took:.0f} s")  # noqa: T201 - as above
    assert not never
    assert len(faults.met) == len(FAULTS) or messages < 500


@pytest.mark.parametrize("messages", [300])
async def test_nothing_that_was_kept_is_lost(tmp_path: Path, messages: int) -> None:
    """Each message ends with its final state, and each post is delivered at least once."""
    await live_through(tmp_path, messages=messages, seed=random.SystemRandom().randrange(2**32))
