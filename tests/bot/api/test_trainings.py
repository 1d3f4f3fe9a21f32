"""Trainings that programs start and follow."""

import json
from typing import Any

import aiohttp

from bot.api.values import Scope
from tests.bot.api.conftest import Program, Served
from tests.support.patience import patient


async def events(program: Program, number: int) -> list[tuple[str, dict[str, Any]]]:
    """All events of a training, to its end."""
    url = f"{program.address}/api/v1/trainings/{number}/events"
    headers = {"Authorization": f"Bearer {program.secret}"}
    told: list[tuple[str, dict[str, Any]]] = []
    kind = ""
    limit = aiohttp.ClientTimeout(total=patient(120))
    async with program.session.get(url, headers=headers, timeout=limit) as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            name, _, value = line.decode().strip().partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                told.append((kind, json.loads(value)))
    return told


async def test_a_training_is_started_once_and_followed_to_its_end(taught: Served) -> None:
    program = await taught.program()
    said = await program.asks("POST", "/trainings", json={}, key="night")
    assert said.status == 201, said
    number = said.body["number"]
    assert said.headers["Location"] == f"/api/v1/trainings/{number}"
    again = await program.asks("POST", "/trainings", json={}, key="night")
    assert (again.status, again.body["number"]) == (201, number)
    active = await program.asks("POST", "/trainings", json={})
    assert (active.status, active.kind, active.body["training"]) == (409, "training-active", number)
    told = await events(program, number)
    assert {kind for kind, _ in told[:-1]} == {"progress"}
    kind, ended = told[-1]
    assert (kind, ended["state"], ended["model"]) == ("ended", "succeeded", 2)
    assert 0 < ended["f1"] <= 1
    assert await program.gets(f"/trainings/{number}") == ended
    assert await events(program, number) == [told[-1]]
    models = (await program.gets("/models"))["models"]
    assert [each["version"] for each in models] == [2, 1]
    assert sum(each["live"] for each in models) == 1
    page = await program.gets("/trainings", limit=1)
    assert [each["number"] for each in page["trainings"]] == [number]
    rest = await program.gets("/trainings", after=page["after"])
    assert [each["number"] for each in rest["trainings"]] == [1]


async def test_what_cannot_be_trained_or_followed_says_why(served: Served) -> None:
    program = await served.program()
    said = await program.asks("POST", "/trainings", json={})
    assert (said.status, said.kind) == (409, "training-refused")
    assert "10 finished sentences" in said.body["detail"]
    assert (await program.asks("POST", "/trainings", json={"preset": "x"})).status == 422
    for path in ("/trainings/1", "/trainings/1/events", f"/trainings/{10**18}"):
        assert (await program.asks("GET", path)).kind == "not-found", path
    for path in ("/trainings/0", "/trainings/x", f"/trainings/{10**30}"):
        assert (await program.asks("GET", path)).status == 422, path
    reader = await served.program(frozenset({Scope.READ}))
    assert (await reader.asks("POST", "/trainings", json={})).kind == "missing-scope"
