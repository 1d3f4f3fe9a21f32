"""How invariants are tried: by as many examples as the machine has time for, none of them timed."""

from hypothesis import settings

unhurried = settings(deadline=None)
