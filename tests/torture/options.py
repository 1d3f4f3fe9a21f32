"""How much torture: numbers in the environment, which the Makefile names, and what was seen."""

import os
import secrets


def number(name: str, default: int) -> int:
    """A number from the environment."""
    return int(os.environ.get(name) or default)


SEED = number("SEED", secrets.randbelow(2**32))


def tell(words: str) -> None:
    """Say it where the person who started the loop reads it."""
    print(words, flush=True)  # noqa: T201 - so that it can be repeated


def bound(tries: int) -> str:
    """What so many tries without a failure say: the rule of three."""
    return f"0 failures in {tries:,}: at 95 % fewer than {3 / max(tries, 1):.2g} of all"
