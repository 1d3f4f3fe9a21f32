"""The requests that the command line sends with `--url`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from bot.api.schemas.entities import PredictionsOut
from bot.api.schemas.exchange import ImportOut, ImportsOut, ImportUndoneOut, Which
from bot.api.schemas.project import StatsOut
from bot.api.schemas.redactions import RedactionsOut
from bot.errors import NerbotError

ROOT = "/api/v1"
SECONDS = 120.0
"""How long an answer may take to begin or to go on: an import answers when all of it is stored."""

M = TypeVar("M", bound=BaseModel)


class ApiUnavailable(NerbotError):
    """No nerbot answered at that address."""


class ApiRefused(NerbotError):
    """The API said no; its own words say why and what to do."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.kind = status, kind


class ApiClient:
    """Speaks to the API at a URL such as `https://nerbot.example.org`; raises ApiUnavailable and ApiRefused."""

    def __init__(self, url: str, token: str, *, seconds: float = SECONDS) -> None:
        self._url = url
        self._http = httpx.Client(
            base_url=url.rstrip("/").removesuffix(ROOT) + ROOT,
            headers={"Authorization": f"Bearer {token}"},
            timeout=seconds,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def predict(self, texts: Sequence[str]) -> PredictionsOut:
        """What the live model finds in up to 100 texts."""
        return self._ask(PredictionsOut, "POST", "/predictions", json={"texts": list(texts)})

    def redact(self, texts: Sequence[str], **asked: Any) -> RedactionsOut:
        """Up to 100 texts without what the live model finds in them."""
        return self._ask(RedactionsOut, "POST", "/redactions", json={"texts": list(texts), **asked})

    def stats(self) -> StatsOut:
        """How far the token's project is."""
        return self._ask(StatsOut, "GET", "/stats")

    def export(
        self,
        to: BinaryIO,
        *,
        form: str = "jsonl",
        which: Which = "gold",
        labels: Sequence[str] = (),
        people: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> None:
        """Write the project's file in a format; what is a folder on the command line is a zip here."""
        query: dict[str, Any] = {"format": form, "which": which}
        query |= {"label": list(labels)} if labels else {}
        query |= {"person": list(people)} if people else {}
        query |= {"since": since.isoformat()} if since else {}
        query |= {"until": until.isoformat()} if until else {}
        with self._answered(), self._http.stream("GET", "/export", params=query) as answer:
            _check(answer)
            to.writelines(answer.iter_bytes())

    def import_file(
        self,
        path: Path,
        *,
        form: str | None = None,
        encoding: str | None = None,
        column: str | None = None,
        people: Sequence[str] = (),
        labels: Sequence[str] = (),
        split: bool = False,
        unfinished: bool = False,
        dry_run: bool = False,
    ) -> ImportOut:
        """Send a file; what was found in it and done."""
        asked = {"filename": path.name, "format": form, "encoding": encoding, "column": column}
        switches = {"split": split, "unfinished": unfinished, "dry_run": dry_run}
        query: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        query |= {"person": list(people)} if people else {}
        query |= {"label": list(labels)} if labels else {}
        with path.open("rb") as file:
            return self._ask(
                ImportOut, "POST", "/import", params={**query, **switches}, content=file
            )

    def imports(self) -> ImportsOut:
        """The newest imports."""
        return self._ask(ImportsOut, "GET", "/imports")

    def undo_import(self, number: int) -> ImportUndoneOut:
        """Take an import back."""
        return self._ask(ImportUndoneOut, "POST", f"/imports/{number}/undo")

    def _ask(self, kind: type[M], method: str, path: str, **options: Any) -> M:
        with self._answered():
            answer = self._http.request(method, path, **options)
            _check(answer)
            try:
                return kind.model_validate_json(answer.content)
            except ValidationError as error:
                raise ApiUnavailable(
                    f"what answers at {self._url} is not the API of this version of nerbot"
                ) from error

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ApiUnavailable(
                f"no nerbot answers at {self._url} ({type(error).__name__}); is NERBOT_API=on there?"
            ) from error


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    answer.read()
    try:
        problem = answer.json()
        detail, kind = str(problem["detail"]), str(problem["type"])
    except (ValueError, KeyError, TypeError):
        detail, kind = f"the server answered {answer.status_code}", ""
    raise ApiRefused(answer.status_code, detail, kind)
