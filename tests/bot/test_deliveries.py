"""What Slack delivers twice is done once: the second delivery changes no row and gets the same answer, also from a bot
that was started again meanwhile."""

import asyncio
import random
import sqlite3
from pathlib import Path
from typing import Any, cast

from bot import nerbot_command, train_command
from bot.app import open_bot
from bot.playground import Answer, Playground
from bot.slack.subcommands import Route, Router
from tests.bot.conftest import SAMPLES, Team, settings_for
from tests.support.patience import patient

TRAIN = (
    "timezone Berlin",
    "status",
    "when",
    "history",
    "schedule every day at 03:00",
    "schedule off",
    "auto 500",
    "auto off",
    "digest every day at 09:00",
    "digest",
    "digest off",
    "cnn",
    "cancel",
)
NERBOT = (
    "labels",
    "labels add SIGN what a doctor finds",
    "labels describe SIGN what is seen",
    "labels rename SIGN FINDING",
    "labels merge FINDING SYMPTOM",
    "stats",
    "review",
    "review note it is a sign",
    "review errors",
    "import",
    "import undo 1",
    "export",
    "webhooks",
    "watch",
    "watch #triage",
    "watch stop #triage",
    "outputs",
    "flags",
    "history",
    "project",
    "project settings annotations 1 random 50",
    "project new Cardiology",
    "project use Triage",
    "models",
    "models compare 1 1",
    "models export 9",
    "models policy always",
    "models live 1",
    "models rollback",
    "precision 95",
    "precision off",
    "unsure",
    "health",
    "labels delete FINDING",
    "project delete Cardiology",
    "forget",
    "reminders off",
    "reminders on",
    "notices off",
    "notices on",
    "roles",
    "roles reviewer <@U0GRACE>",
)
LABEL = (
    "",
    "SYMPTOM chest pain",
    "undo",
    "SYMPTOM chest pain everywhere",
    "flag: the dose is cut off",
    "none",
    "skip",
    "undo",
    "A patient with {a rash=SYMPTOM}.",
    "none in: No new complaints today.",
    "SYMPTOM rash in: A rash since Monday.",
    "done",
    "delete #1",
)
PASSING = {"outbox", "offer", "visit", "home", "shown"}
"""Tables of what goes on beside: messages on their way, questions that were shown, what a person has seen or was
reminded of."""


def rows(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that something people did may change."""
    with sqlite3.connect(data / "nerbot.db", timeout=patient(5)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(database.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
            if name not in PASSING and not name.startswith("sqlite_")
        }


async def settled(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows once no training goes on and nothing changes any more."""
    before: object = None
    async with asyncio.timeout(patient(60)):
        while (now := rows(data)) != before or any(
            state in row for row in now["run"] for state in ("queued", "running")
        ):
            before = now
            await asyncio.sleep(0.1)
    return now


def lines() -> list[str]:
    """Everything that is typed."""
    return [
        *(f"/label {line}" for line in LABEL),
        *(f"/train {line}" for line in TRAIN),
        *(f"/nerbot {line}" for line in NERBOT),
    ]


def test_every_subcommand_is_delivered_twice_here() -> None:
    nothing = cast("Any", None)
    for router, typed in (
        (train_command.make_router(nothing, nothing, nothing), TRAIN),
        (nerbot_command.make_router(*[nothing] * 9), NERBOT),
    ):
        found = {router.find(line)[0].subcommand.handle for line in typed}
        assert [route for route in every(router) if route.subcommand.handle not in found] == []


def every(router: Router) -> list[Route]:
    """All its routes."""
    routes = (*router._routes.values(), *router._alone.values(), router._default)
    return [route for route in routes if route is not None]


READS = {
    "/train status",
    "/train when",
    "/train history",
    "/train digest",
    "/nerbot labels",
    "/nerbot stats",
    "/nerbot review",
    "/nerbot review errors",
    "/nerbot import",
    "/nerbot export",
    "/nerbot webhooks",
    "/nerbot watch",
    "/nerbot outputs",
    "/nerbot flags",
    "/nerbot history",
    "/nerbot project",
    "/nerbot models",
    "/nerbot models compare 1 1",
    "/nerbot models export 9",
    "/nerbot precision 95",
    "/nerbot unsure",
    "/nerbot health",
    "/nerbot roles",
}


def writes(line: str) -> bool:
    """What only reads says how things are now."""
    return line not in READS


ADVICE = "Tap entities."
"""How a card with suggestions begins."""


def said(answer: Answer) -> str:
    """What was answered; of a card the sentence: what helps with it is looked up each time."""
    if answer.request.get("command") != "/label":
        return answer.text
    return next(line for line in answer.text.split("\n") if not line.startswith(ADVICE))


async def test_a_second_delivery_changes_nothing_and_gets_the_same_answer(
    slack: Playground, trained_data: Path
) -> None:
    async def again(answer: Answer, *, told: bool) -> None:
        before = await settled(trained_data)
        repeated = await slack.deliver_again(answer)
        assert repeated.error is None
        if told:
            assert said(repeated) == said(answer), answer.request
        assert await settled(trained_data) == before, answer.request

    answers = []
    async with open_bot(settings_for(slack, trained_data), samples=SAMPLES) as bot:
        team = Team(slack, bot)
        for line in lines():
            answer = await team.types(line)
            answers.append(answer)
            await again(answer, told=writes(line))
    async with open_bot(settings_for(slack, trained_data)):
        random.Random(7).shuffle(answers)
        for answer in answers:
            line = f"{answer.request['command']} {answer.request['text']}".strip()
            await again(answer, told=writes(line))
