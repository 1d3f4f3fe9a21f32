"""Every error as `application/problem+json` (RFC 9457): the one place where errors become answers."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from bot.errors import (
    Busy,
    CannotPromise,
    EngineUnavailable,
    InvalidSchedule,
    InvalidSetting,
    NotAllowed,
    NotFound,
    NothingToDo,
    NotUnderstood,
    PersonError,
    StoreUnavailable,
    TextRefused,
    TrainingRefused,
)
from bot.operations.logs import log_failure
from ner_engine.errors import AnnotationError, EngineError, TextError

MEDIA_TYPE = "application/problem+json"
_KIND = "urn:nerbot:problem:"
_RETRY_SECONDS = 5
_LISTED = 20
"""Faults of a body that are listed; the first ones tell what is wrong."""

log = logging.getLogger(__name__)

STATUSES: Mapping[type[Exception], tuple[int, str]] = {
    NotUnderstood: (422, "not-understood"),
    TextRefused: (422, "text-refused"),
    InvalidSchedule: (422, "invalid-value"),
    InvalidSetting: (422, "invalid-value"),
    NotFound: (404, "not-found"),
    NothingToDo: (409, "conflict"),
    CannotPromise: (409, "cannot-promise"),
    TrainingRefused: (409, "training-refused"),
    NotAllowed: (403, "not-allowed"),
    Busy: (429, "too-many-requests"),
    PersonError: (422, "refused"),
    AnnotationError: (422, "invalid-annotation"),
    TextError: (422, "text-refused"),
    EngineError: (422, "refused"),
    StoreUnavailable: (503, "database-unavailable"),
    EngineUnavailable: (503, "engine-unavailable"),
}
"""What is answered to which error: a subclass goes before its class."""


class Problem(HTTPException):
    """Something that only programs can get wrong: what it is called, and what is said of it."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.kind, self.more = kind, more

    def body(self) -> dict[str, Any]:
        """The members of the answer."""
        return {
            "type": _KIND + self.kind,
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
            **self.more,
        }

    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse(
            self.body(), status_code=self.status_code, headers=self.headers, media_type=MEDIA_TYPE
        )


def problem_of(error: Exception) -> Problem:
    """What is said of an error; of one of our own only that it was one."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _malformed(error.errors())
    if isinstance(error, StarletteHTTPException):
        return Problem(
            error.status_code,
            HTTPStatus(error.status_code).name.lower().replace("_", "-"),
            _SAID.get(error.status_code, str(error.detail)),
            headers=error.headers,
        )
    found = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), None)
    if found is None:
        return Problem(
            500,
            "internal-error",
            "Something went wrong inside nerbot. Please try again; its log says more.",
        )
    status, kind = found
    after = error.seconds if isinstance(error, Busy) else _RETRY_SECONDS
    headers = {"Retry-After": str(after)} if status in {429, 503} else {}
    more = {"who": list(error.who)} if isinstance(error, NotAllowed) and error.who else {}
    words = str(error)
    return Problem(status, kind, words[:1].upper() + words[1:], headers=headers, **more)


_SAID = {
    404: "There is nothing at this address. /api/v1/openapi.json says what there is.",
    405: "This address takes another method. /api/v1/openapi.json says which.",
}


def _malformed(errors: Sequence[Any]) -> Problem:
    """What is wrong with a request, by JSON pointer; never what was sent."""
    if any(each["type"] == "json_invalid" for each in errors):
        return Problem(400, "malformed-json", "The body is not valid JSON.")
    listed = [
        {"in": str(each["loc"][0]), "pointer": _pointer(each["loc"]), "detail": each["msg"]}
        for each in errors[:_LISTED]
    ]
    words = f"{listed[0]['in']} {listed[0]['pointer']}: {listed[0]['detail']}" if listed else ""
    return Problem(422, "invalid-request", f"The request is not valid: {words}.", errors=listed)


def _pointer(place: Sequence[object]) -> str:
    escaped = (str(each).replace("~", "~0").replace("/", "~1") for each in place[1:])
    return "".join(f"/{each}" for each in escaped)


def add_problems(app: FastAPI) -> None:
    """Answer every error so."""

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error)
        if isinstance(error, StoreUnavailable | EngineUnavailable):
            log_failure(log, "a request of the API failed", error)
        return problem.response()

    for kind in (
        Problem,
        PersonError,
        EngineError,
        StoreUnavailable,
        EngineUnavailable,
        StarletteHTTPException,
        RequestValidationError,
        # What nobody expected is logged by the door, which sees all of it.
        Exception,
    ):
        app.add_exception_handler(kind, answer)
