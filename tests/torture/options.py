"""How much torture: SEED, KILLS and YEARS in the environment."""

import os
import secrets


def number(name: str, default: int) -> int:
    """A number from the environment."""
    return int(os.environ.get(name) or default)


SEED = number("SEED", secrets.randbelow(2**32))
