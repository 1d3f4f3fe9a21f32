"""What a token is, and what it lets a program do."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.project import Caller
from bot.errors import InvalidSetting

PREFIX = "nerbot_"
"""What a token begins with, so that it is recognised where it was pasted by mistake."""
_BYTES = 32


class Scope(StrEnum):
    """What a token is for; none contains another."""

    READ = "read"
    WRITE = "write"
    TRAIN = "train"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: who made it and for what, without the secret."""

    id: int
    workspace: str
    project_id: int
    name: str
    scopes: frozenset[Scope]
    person: str
    created_at: datetime
    last_used_at: datetime | None = None
    """To a few minutes."""
    revoked_at: datetime | None = None

    def caller(self, key: str | None = None) -> Caller:
        """A request by this token: by its person, as in their direct messages; one with the same key is a repeat."""
        request = f"api {self.id} {key or secrets.token_hex(16)}"
        return Caller(
            self.workspace,
            self.person,
            self.person,
            request,
            is_direct=True,
            project_id=self.project_id,
        )


def new_secret() -> str:
    """A token that nobody has: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def hash_of(secret: str) -> str:
    """What is kept of a token. A plain hash is enough for random bits, which nobody can try out."""
    return hashlib.sha256(secret.encode()).hexdigest()


def parse_scopes(words: str) -> frozenset[Scope]:
    """`read,write` as scopes; raises InvalidSetting."""
    return _scopes(word.strip() for word in words.split(","))


def _scopes(words: Iterable[str]) -> frozenset[Scope]:
    known = [scope.value for scope in Scope]
    given = [word for word in words if word]
    if not given or not set(given) <= set(known):
        raise InvalidSetting(
            f"The scopes of a token are {', '.join(known)}, with commas between them."
        )
    return frozenset(map(Scope, given))
