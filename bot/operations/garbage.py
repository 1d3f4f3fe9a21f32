"""When Python looks for garbage that refers to itself."""

import gc

_USUAL = gc.get_threshold()
_PUT_OFF = (50_000, 20, 50)


def put_off_rounds() -> None:
    """Look rarely: nothing of what is imported at a start is garbage, and to walk through it took an eighth of that."""
    gc.set_threshold(*_PUT_OFF)


def look_as_usual() -> None:
    """For a process that stays."""
    gc.set_threshold(*_USUAL)
