"""What is typed after /nerbot models, and what its buttons mean, as commands."""

import re

from bot.domain.evaluation import LivePolicy
from bot.errors import NotUnderstood
from bot.models.commands import CompareModels, ExportModel, GoLive, LookAt, SetPolicy
from bot.slack.payloads import read_id
from bot.slack.subcommands import Typed

NOTHING_OR = (
    "/nerbot models takes no arguments, or one of: compare 3 5 · live 4 · rollback · export 3 · policy better, "
    "not worse or ask."
)
_POLICIES = {
    "better": LivePolicy.BETTER,
    "not worse": LivePolicy.NOT_WORSE,
    "ask": LivePolicy.ASK,
}


def read_compared(typed: Typed) -> CompareModels:
    """Two versions."""
    return CompareModels(*_numbers(typed, 2, "compare 3 5"))


def read_page(value: str) -> CompareModels:
    """Two versions, and the first difference to show, out of a button."""
    numbers = [read_id(number) for number in value.split(" ")]
    if len(numbers) != 3:
        raise NotUnderstood(
            "This button is not one of nerbot's. Ask again: /nerbot models compare 3 5"
        )
    return CompareModels(*numbers)


def read_exported(typed: Typed) -> ExportModel:
    """One version, or the live one."""
    if not typed.text:
        return ExportModel()
    return ExportModel(*_numbers(typed, 1, "export 3"))


def read_live(typed: Typed) -> GoLive:
    """One version."""
    return GoLive(*_numbers(typed, 1, "live 4"))


def read_policy(typed: Typed) -> SetPolicy:
    """When a new model goes live."""
    policy = _POLICIES.get(" ".join(typed.text.lower().split()))
    if policy is None:
        raise NotUnderstood(
            "When does a new model go live? One of: /nerbot models policy better · policy not worse · policy ask"
        )
    return SetPolicy(policy)


def _numbers(typed: Typed, count: int, example: str) -> list[int]:
    words = typed.text.lower().split()
    numbers = [word.removeprefix("#") for word in words if word != "and"]
    if len(numbers) != count or not all(re.fullmatch(r"[0-9]{1,9}", word) for word in numbers):
        raise NotUnderstood(f"Which model? Type the number: /nerbot models {example}")
    return [int(word) for word in numbers]


def read_finding(value: str) -> LookAt:
    """A run's id and the number of its finding."""
    run, _, finding = value.partition(":")
    return LookAt(read_id(run), read_id(finding))
