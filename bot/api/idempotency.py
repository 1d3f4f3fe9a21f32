"""A request that is sent twice with the same Idempotency-Key: done once, and never mistaken for another one."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from bot.api.problems import Problem
from bot.api.tools import CallerOf, Tools, ToolsOf
from bot.db.records.idempotency import IdempotencyRecords
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller


@dataclass(frozen=True, slots=True)
class RequestKept:
    """What a key was used for first, as a hash."""

    digest: str
    type: Literal["api_request"] = "api_request"


_KEPT: JsonForm[RequestKept] = JsonForm(RequestKept)


async def write_caller(request: Request, caller: CallerOf, tools: ToolsOf) -> Caller:
    """Who asks for a change. The answer to it is kept by the use case, under the request's own name."""
    if "idempotency-key" in request.headers:
        digest = hashlib.sha256(await request.body()).hexdigest()
        await check_same(tools, caller, request, digest)
    return caller


async def check_same(tools: Tools, caller: Caller, request: Request, digest: str) -> None:
    """Note what a key is used for; raises Problem where that was something else before."""
    asked = f"{request.method} {request.url.path}?{request.url.query} {digest}"
    named = f"{caller.request} body"
    now = RequestKept(hashlib.sha256(asked.encode()).hexdigest())
    async with tools.store.writing(caller.workspace) as tx:
        records = IdempotencyRecords(tx)
        before = await records.get(named, _KEPT)
        if before is None and not await records.erased(named):
            await records.put(named, now)
            before = now
    if before is not None and before != now:
        raise Problem(
            422,
            "key-used-before",
            "This Idempotency-Key was used for another request within two days. Send each request with a key of "
            "its own.",
        )


WriterOf = Annotated[Caller, Depends(write_caller)]
