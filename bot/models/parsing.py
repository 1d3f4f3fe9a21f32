"""What stands behind /nerbot models, read."""

import re
from collections.abc import Sequence

from bot.domain.evaluation import LivePolicy
from bot.errors import NotUnderstood
from bot.models.commands import (
    CompareModels,
    GoLive,
    LookAt,
    ModelsCommand,
    RollBack,
    SetPolicy,
    ShowModels,
)
from bot.slack.payloads import read_id

_POLICIES = {
    "better": LivePolicy.BETTER,
    "not worse": LivePolicy.NOT_WORSE,
    "ask": LivePolicy.ASK,
}


def read_models(words: str) -> ModelsCommand:
    """Read the words after `models`; raises NotUnderstood with what can be said."""
    match words.lower().split():
        case [] | ["list"]:
            return ShowModels()
        case ["compare", *numbers]:
            return CompareModels(*_numbers(numbers, 2, "compare 3 5"))
        case ["live", *numbers]:
            return GoLive(*_numbers(numbers, 1, "live 4"))
        case ["rollback"] | ["roll", "back"]:
            return RollBack()
        case ["policy", *policy] if " ".join(policy) in _POLICIES:
            return SetPolicy(_POLICIES[" ".join(policy)])
        case ["policy", *_]:
            raise NotUnderstood(
                "When does a new model go live? One of: /nerbot models policy better · policy not worse · policy ask"
            )
    raise NotUnderstood(
        "/nerbot models takes nothing, or one of: compare 3 5 · live 4 · rollback · policy better, not worse or ask."
    )


def _numbers(words: Sequence[str], count: int, example: str) -> list[int]:
    numbers = [word.removeprefix("#") for word in words if word != "and"]
    if len(numbers) != count or not all(re.fullmatch(r"[0-9]{1,9}", word) for word in numbers):
        raise NotUnderstood(f"Which model? Type the number: /nerbot models {example}")
    return [int(word) for word in numbers]


def read_finding(value: str) -> LookAt:
    """A run's id and the number of its finding out of a button."""
    run, _, finding = value.partition(":")
    return LookAt(read_id(run), read_id(finding))
