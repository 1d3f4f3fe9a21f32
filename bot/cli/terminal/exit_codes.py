"""How a command ends: the one table, which the help of `nerbot` and docs/command-line.md show."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a shell reads as `$?`."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        """A code with what it means, in words for people."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    FINE = 0, "done"
    NOTHING = 1, "nothing was found or done, only a part could be done, or a check failed"
    USER_ERROR = 2, "not possible as asked: the command line, a setting, a file or a place is wrong"
    BUG = 70, "an error of nerbot's own; its traceback is on stderr"
    INTERRUPTED = 130, "stopped by Ctrl-C"
    PIPE_CLOSED = 141, "whoever read the output stopped reading"
    TERMINATED = 143, "ended by SIGTERM (nerbot run: 0, since that is how it is stopped)"
