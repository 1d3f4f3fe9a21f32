"""Home is right from the first second: while the first sentences are put in it says so, and shows them afterwards."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from bot.domain.project import ProjectCounts
from bot.home.service import next_step
from bot.home.updates import HomeUpdates
from bot.home.values import HomePage, NextStep
from bot.home.views.home import home_view
from bot.jobs.background import Background
from bot.playground.values import words
from bot.slack.text import words_view
from tests.support.patience import patient

EMPTY = HomePage(ProjectCounts(), 10)


def shown(view: dict[str, Any]) -> str:
    return "\n".join(words(view["blocks"]))


@dataclass
class Places:
    """A Home whose sentences come, and a Slack that remembers what was published."""

    page: HomePage = EMPTY
    published: list[str] = field(default_factory=list)

    async def open(self, _workspace: str, _person: str) -> HomePage:
        return self.page

    async def publish_home(self, _workspace: str, _person: str, view: dict[str, Any]) -> bool:
        self.published.append(shown(view))
        return True


async def test_while_sentences_are_put_in_home_says_so_and_shows_them_then() -> None:
    places = Places()
    async with Background(grace=patient(5)) as background:
        updates = HomeUpdates(cast("Any", places), cast("Any", places), background)
        updates.seeded = asyncio.Event()
        await updates.show("T1", "U1")
        assert "nerbot is getting ready" in places.published[-1]
        assert "There is nothing to label" not in places.published[-1]
        places.page = HomePage(ProjectCounts(sentences=30), 10, waiting=30)
        updates.seeded.set()
        async with asyncio.timeout(patient(5)):
            while len(places.published) < 2:  # noqa: ASYNC110 - what is published is a list
                await asyncio.sleep(0.01)
    assert "30 sentences left for you to label" in places.published[-1]


async def test_what_became_of_a_button_is_gone_when_home_is_opened_again() -> None:
    places = Places()
    async with Background(grace=patient(5)) as background:
        updates = HomeUpdates(cast("Any", places), cast("Any", places), background)
        await updates.show("T1", "U1", words_view("Training 3 has begun."))
        assert "Training 3 has begun." in places.published[-1]
        await updates.show("T1", "U1")
        assert "Training 3 has begun." not in places.published[-1]


def test_nothing_is_green_until_nerbot_is_ready() -> None:
    starting = HomePage(ProjectCounts(), 10, starting=True)
    assert next_step(starting) is NextStep.START
    assert "primary" not in str(home_view(starting, NextStep.START))


def test_the_green_button_is_what_helps_most() -> None:
    ready = HomePage(ProjectCounts(finished=12), 10, waiting=3)
    for page, green in (
        (HomePage(ProjectCounts(finished=2), 10, waiting=3), "Label next"),
        (ready, "Train"),
    ):
        [row] = [b for b in home_view(page, next_step(page))["blocks"] if "primary" in str(b)]
        first = row["elements"][0]
        assert (first["text"]["text"], first["style"]) == (green, "primary")
