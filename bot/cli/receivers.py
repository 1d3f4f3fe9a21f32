"""What `nerbot outputs` and `nerbot webhooks` have in common: both are receivers of what happens in a project."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer

from bot.cli.terminal.output import tell, tell_json
from bot.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from bot.cli.opened import Opened
    from bot.db.transaction import Transaction

DEFAULT = "default"
FROM_NOW_ON = "goes on with what it has not had"

Project = Annotated[str, typer.Option(metavar="NAME", help="The project.")]

T = TypeVar("T")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class _Receiver(Protocol):
    @property
    def error(self) -> str | None: ...
    @property
    def paused_at(self) -> "datetime | None": ...


class _Numbered(Protocol[R_co]):
    async def get(self, number: int, /) -> R_co | None: ...


def with_repository(
    make: "Callable[[Transaction], R]",
    work: "Callable[[Opened, R], Coroutine[Any, Any, T]]",
    project: str | None,
    workspace: str | None,
    *,
    writes: bool,
) -> T:
    """Do something with the receivers of a project, in one transaction of the database that the settings name."""

    async def run() -> T:
        from bot.cli.opened import open_project  # noqa: PLC0415 - SQLAlchemy comes here

        async with open_project(project or DEFAULT, workspace) as opened:
            begun = opened.store.writing if writes else opened.store.reading
            async with begun(opened.workspace) as tx:
                return await work(opened, make(tx))

    return asyncio.run(run())


async def one_of(receivers: "_Numbered[R]", number: int, kind: str) -> R:
    """A receiver by its number; raises NotFound."""
    found = await receivers.get(number)
    if found is None:
        raise NotFound(f"there is no {kind} {number}; nerbot {kind}s lists them")
    return found


def as_never_failed(now: "datetime") -> dict[str, Any]:
    """The columns of a receiver that is due at once."""
    fine = {"attempts": 0, "error": None, "failing_since": None, "paused_at": None}
    return fine | {"due_at": now, "claimed_until": None}


async def an_owner(tx: "Transaction") -> str:
    """Whoever is told when something fails that nobody is named for."""
    from bot.domain.events import NOBODY  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.domain.roles import Role  # noqa: PLC0415 - as above
    from bot.projects.context import read_roles  # noqa: PLC0415 - as above
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    roles = await read_roles(tx, read_settings().owners)
    return next((person for person, role in roles.items() if role is Role.OWNER), NOBODY)


def tell_done(kind: str, number: int, words: str, *, as_json: bool) -> None:
    """What became of a receiver."""
    if as_json:
        tell_json({"id": number, "state": words})
    else:
        tell(f"{kind.capitalize()} {number} {words}.")


def state_of(receiver: _Receiver) -> str:
    """Whether it is fine, and what is wrong."""
    state = "paused" if receiver.paused_at else "failing" if receiver.error else "fine"
    return f"{state}: {receiver.error}" if receiver.error else state


def troubles_of(receiver: _Receiver) -> dict[str, str | None]:
    """The same for programs."""
    paused = receiver.paused_at.isoformat() if receiver.paused_at else None
    return {"error": receiver.error, "paused_at": paused}
