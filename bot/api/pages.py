"""Pages: an opaque cursor says where the next one begins, so that rows that are added meanwhile move nothing."""

import base64
import re
from typing import Annotated

from fastapi import Path, Query

from bot.api.problems import Problem
from bot.api.schemas.base import MAX_PAGE

_CURSOR = re.compile(r"v1:([0-9]{1,18})")
SIZE = 50
"""Of a page of which nothing is said."""

After = Annotated[
    str | None,
    Query(max_length=40, description="The `after` of the page before; none for the first."),
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many on a page.")]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


def cursor(number: int) -> str:
    """The place behind a row, for whoever asks for more."""
    return base64.urlsafe_b64encode(f"v1:{number}".encode()).decode().rstrip("=")


def place_of(after: str | None) -> int | None:
    """The row a page begins behind; None for the first page. Raises Problem."""
    if after is None:
        return None
    try:
        read = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode("ascii")
    except ValueError:
        read = ""
    found = _CURSOR.fullmatch(read)
    if found is None:
        raise Problem(422, "invalid-cursor", "“after” is not the cursor of a page before.")
    return int(found[1])
