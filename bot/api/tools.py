"""What the routes reach the rest of nerbot by, and who asks: the dependencies of every route."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from weakref import WeakValueDictionary

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer

from bot.api.problems import Problem
from bot.api.schemas.base import ProblemOut
from bot.api.schemas.entities import EntityOut, SpanOut
from bot.api.values import Scope, Token
from bot.db.database import Store
from bot.domain.project import Caller
from bot.engine.ports import Engine
from bot.errors import TextRefused
from bot.labelling.service import Labelling
from bot.operations.allowance import Allowed
from bot.projects.use_cases import UseCases
from bot.recognition.service import Recognition
from bot.redaction.service import Redaction
from bot.redaction.storing import Masking
from bot.slack.text_normalization import CleanText, clean
from bot.training.service import Training
from ner_engine.annotation import Prediction, Span

_BEARER = HTTPBearer(
    scheme_name="token", description="A token of `nerbot tokens create`.", auto_error=False
)


PlaceOf = Callable[[str], Awaitable[str | None]]
"""The workspace of the token with a secret of this hash; None where it has none."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The use cases, and what they need."""

    store: Store
    engine: Engine
    recognition: Recognition
    redaction: Redaction
    masking: Masking
    labelling: Labelling
    training: Training
    use_cases: UseCases
    place_of: PlaceOf
    requests: Allowed | None
    data: Path
    owners: frozenset[str]
    stopping: asyncio.Event
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def turn(self, request: str) -> asyncio.Lock:
        """Of repeats of one request one goes on, and the others wait for what it did."""
        return self.turns.setdefault(request, asyncio.Lock())


def tools_of(request: Request) -> Tools:
    """What the app was made with."""
    found: Tools = request.app.state.tools
    return found


def token_of(request: Request, _: Annotated[object, Depends(_BEARER)]) -> Token:
    """Whose request it is; the door has looked at the token before."""
    found: Token = request.state.token
    return found


def caller_of(
    token: Annotated[Token, Depends(token_of)],
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[!-~]+$",
            description="A request that is sent again with the same key and body is done once, and answered the same.",
        ),
    ] = None,
) -> Caller:
    """Who asks, in which request."""
    return token.caller(idempotency_key)


ToolsOf = Annotated[Tools, Depends(tools_of)]
TokenOf = Annotated[Token, Depends(token_of)]
CallerOf = Annotated[Caller, Depends(caller_of)]


def needs(scope: Scope) -> Any:
    """Only for tokens with this scope."""

    def check(token: TokenOf) -> None:
        if scope not in token.scopes:
            raise Problem(
                403,
                "missing-scope",
                f"This token has no scope “{scope.value}”. Whoever runs nerbot makes one that has: "
                f"nerbot tokens create --scope {scope.value}",
                scope=scope.value,
            )

    return Depends(check)


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "An error: what happened, and what to do next.",
        "content": {"application/problem+json": {}},
        "model": ProblemOut,
    }
}


def cleaned(texts: Sequence[str]) -> list[CleanText]:
    """Each text as it is stored; raises Problem that names the one that cannot be."""
    found = []
    for number, text in enumerate(texts):
        try:
            found.append(clean(text))
        except TextRefused as error:
            raise Problem(
                422,
                "text-refused",
                f"Text {number} was refused. {error}",
                errors=[{"in": "body", "pointer": f"/texts/{number}", "detail": str(error)}],
            ) from error
    return found


def spans_out(text: str, spans: Sequence[Span]) -> list[SpanOut]:
    """Spans with the words they cover."""
    return [
        SpanOut(start=span.start, end=span.end, label=span.label, text=text[span.start : span.end])
        for span in spans
    ]


def entities_out(text: str, found: Prediction) -> list[EntityOut]:
    """What a model found, with the words it is in."""
    return [
        EntityOut(
            start=span.start,
            end=span.end,
            label=span.label,
            text=text[span.start : span.end],
            confidence=sure,
        )
        for span, sure in zip(found.spans, found.confidences, strict=True)
    ]
