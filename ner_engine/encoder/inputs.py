"""What an encoder's graph is fed with, by the names, sizes and order of its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ner_engine.errors import EncoderUnreadable

Role = Literal["ids", "mask", "kinds", "places"]

#: The order in which exporters list them where names say nothing.
_ORDER: tuple[Role, ...] = ("ids", "mask", "kinds", "places")
_NAMED: Mapping[str, Role] = {
    "mask": "mask",
    "position": "places",
    "segment": "kinds",
    "type": "kinds",
}
_TYPES: Mapping[str, Any] = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
}


@dataclass(frozen=True, slots=True)
class GraphInput:
    """An input as onnxruntime tells it: a type such as tensor(int64); a size is a number or a name."""

    name: str
    type: str
    shape: Sequence[int | str | None]


@dataclass(frozen=True, slots=True)
class Feeding:
    """Which input takes what."""

    roles: Mapping[str, tuple[Role, Any]]

    def feed(self, ids: Sequence[int]) -> dict[str, NDArray[Any]]:
        """One text's word pieces, all of them looked at, all of the first kind."""
        length = len(ids)
        values: Mapping[Role, Any] = {
            "ids": ids,
            "mask": np.ones(length),
            "kinds": np.zeros(length),
            "places": np.arange(length),
        }
        return {
            name: np.asarray(values[role], dtype=kind)[None]
            for name, (role, kind) in self.roles.items()
        }


def plan_feeding(inputs: Sequence[GraphInput]) -> Feeding:
    """Find out what each input is for: by its name, else in the usual order.

    Raises EncoderUnreadable, with the names of those that nothing is known for.
    """
    strange = [given for given in inputs if len(given.shape) != 2 or given.type not in _TYPES]
    if strange:
        told = ", ".join(
            f"{given.name} ({given.type}, {len(given.shape)} axes)" for given in strange
        )
        raise EncoderUnreadable(
            reason=f"it has inputs that a text does not give: {told}; known are word pieces' ids, "
            "attention mask, token types and positions, each with 2 axes"
        )
    roles = {given.name: _named(given.name) for given in inputs}
    taken = set(roles.values())
    free = [role for role in _ORDER if role not in taken]
    for name, role in roles.items():
        roles[name] = role or (free.pop(0) if free else None)
    found = list(roles.values())
    if None in found or len(set(found)) < len(found) or "ids" not in found:
        raise EncoderUnreadable(
            reason=f"it is not clear which of its inputs are word pieces' ids: {', '.join(roles)}"
        )
    _check_ids(next(given for given in inputs if roles[given.name] == "ids"))
    return Feeding(
        {
            given.name: (role, _TYPES[given.type])
            for given in inputs
            if (role := roles[given.name]) is not None
        }
    )


def _named(name: str) -> Role | None:
    return next((role for part, role in _NAMED.items() if part in name.lower()), None)


def _check_ids(given: GraphInput) -> None:
    if "int" not in given.type:
        raise EncoderUnreadable(
            reason=f"its input {given.name} is a {given.type}, not whole numbers"
        )
    if isinstance(given.shape[1], int):
        raise EncoderUnreadable(
            reason=f"its input {given.name} takes {given.shape[1]} word pieces, no more and no "
            "fewer; export it with a dynamic axis"
        )
