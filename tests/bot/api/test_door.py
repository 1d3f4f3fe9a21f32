"""Who gets in, how often and how much; and that every error is a problem (RFC 9457)."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

from bot.api.door import MAX_BODY
from bot.api.repositories.tokens import Tokens
from bot.api.values import Scope, new_secret
from bot.playground import Playground
from tests.bot.api.conftest import Served, serving

TEXTS = {"texts": ["A cough."]}


async def test_without_a_known_token_nobody_gets_in(served: Served) -> None:
    revoked = await served.program()
    assert revoked.token is not None
    async with served.store.writing(served.bot.workspace) as tx:
        await Tokens(tx).revoke(revoked.token.id)
    strangers = [
        served.stranger(),
        served.stranger(new_secret()),
        served.stranger("nerbot_" + "x" * 5_000),
        served.stranger("xoxb-something-else"),
        revoked,
    ]
    for stranger in strangers:
        for path in ("/predictions", "/nothing-here", ""):
            said = await stranger.asks("POST", path, json=TEXTS)
            assert (said.status, said.kind) == (401, "unauthorized"), said
            assert said.headers["WWW-Authenticate"].startswith("Bearer ")
    basic = await revoked.asks(
        "POST", "/predictions", json=TEXTS, headers={"Authorization": "Basic bmVyYm90"}
    )
    assert basic.kind == "unauthorized"


async def test_a_token_without_the_scope_is_told_which_one_is_missing(served: Served) -> None:
    program = await served.program(frozenset({Scope.TRAIN}))
    said = await program.asks("POST", "/predictions", json=TEXTS)
    assert (said.status, said.kind, said.body["scope"]) == (403, "missing-scope", "read")


async def test_a_token_has_an_allowance_of_its_own(slack: Playground, tmp_path: Path) -> None:
    async with serving(slack, tmp_path / "data", api_requests_per_minute=3) as served:
        program, other = await served.program(), await served.program()
        kinds = [(await program.asks("POST", "/predictions", json=TEXTS)).kind for _ in range(4)]
        assert kinds == ["no-model"] * 3 + ["too-many-requests"]
        said = await program.asks("POST", "/predictions", json=TEXTS)
        assert said.status == 429
        assert int(said.headers["Retry-After"]) > 0
        assert (await other.asks("POST", "/predictions", json=TEXTS)).kind == "no-model"


async def test_a_body_is_as_large_as_it_may_be_whether_it_says_so_or_not(served: Served) -> None:
    program = await served.program()
    said = await program.asks("POST", "/predictions", data=io.BytesIO(b"x" * (MAX_BODY + 1)))
    assert (said.status, said.kind) == (413, "too-large")

    async def pieces() -> Any:
        for _ in range(MAX_BODY // 2**16 + 1):
            yield b" " * 2**16

    json_type = {"Content-Type": "application/json"}
    said = await program.asks("POST", "/predictions", data=pieces(), headers=json_type)
    assert (said.status, said.kind) == (413, "too-large")


MALFORMED: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "no body": ("POST", "/predictions", {}, 422),
    "not JSON": ("POST", "/predictions", {"data": b"{"}, 400),
    "a list": ("POST", "/predictions", {"json": []}, 422),
    "null": ("POST", "/predictions", {"json": None}, 422),
    "an unknown member": ("POST", "/predictions", {"json": {**TEXTS, "x": 1}}, 422),
    "no text": ("POST", "/predictions", {"json": {"texts": []}}, 422),
    "an empty text": ("POST", "/predictions", {"json": {"texts": [""]}}, 422),
    "blanks": ("POST", "/predictions", {"json": {"texts": ["  "]}}, 422),
    "a number for a text": ("POST", "/predictions", {"json": {"texts": [1]}}, 422),
    "many texts": ("POST", "/predictions", {"json": {"texts": ["a"] * 101}}, 422),
    "a long text": ("POST", "/predictions", {"json": {"texts": ["a b" * 1_000]}}, 422),
    "half a character": ("POST", "/predictions", {"data": b'{"texts": ["\\ud800"]}'}, 422),
    "a control character": ("POST", "/predictions", {"json": {"texts": ["a\x00b"]}}, 422),
    "another method": ("DELETE", "/predictions", {}, 405),
    "no such address": ("GET", "/elsewhere", {}, 404),
    "a slash too many": ("POST", "/predictions/", {"json": TEXTS}, 404),
    "another type": ("POST", "/predictions", {"data": {"texts": "a"}}, 422),
    "deep JSON": ("POST", "/predictions", {"data": b"[" * 100_000}, 400),
    "bytes": ("POST", "/predictions", {"data": b"\xff\xfe"}, 400),
}


async def test_a_malformed_request_gets_a_problem_and_says_nothing_back(served: Served) -> None:
    program = await served.program()
    for name, (method, path, options, status) in MALFORMED.items():
        if isinstance(options.get("data"), bytes):
            options = {**options, "headers": {"Content-Type": "application/json"}}  # noqa: PLW2901
        said = await program.asks(method, path, **options)
        assert said.status == status, (name, said)
        assert said.kind, name
        assert '"input":' not in json.dumps(said.body), name


async def test_answers_have_the_headers_that_keep_browsers_out_of_it(served: Served) -> None:
    said = await served.stranger().asks("GET", "/openapi.json")
    assert said.status == 200
    assert said.headers["Cache-Control"] == "no-store"
    assert said.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in said.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in said.headers


async def test_who_asks_at_once_is_answered_each(served: Served) -> None:
    program = await served.program()
    said = await asyncio.gather(
        *(program.asks("POST", "/predictions", json=TEXTS) for _ in range(20))
    )
    assert {each.kind for each in said} == {"no-model"}
