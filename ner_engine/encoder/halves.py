"""Numbers of half precision, in which vectors are kept, as the floats that a network reckons with."""

import numpy as np
from numpy.typing import NDArray

Halves = NDArray[np.float16]
Floats = NDArray[np.float32]

#: How many bits more a float has behind the point, and what keeps its sign, exponent and those of a half.
_SHIFT, _KEPT = 13, -0x70002000
#: A float's exponent is counted from 127, a half's from 15.
_BIAS = np.float32(2.0**112)


def to_floats(halves: Halves, *, times: float = 1.0) -> Floats:
    """Finite halves as floats, multiplied by a number.

    numpy converts them one by one; this takes a fifth of its time, which was a sixth of a training's.
    """
    floats = np.empty(halves.shape, np.float32)
    bits = floats.view(np.int32)
    np.left_shift(halves.view(np.int16), _SHIFT, out=bits, dtype=np.int32)
    np.bitwise_and(bits, _KEPT, out=bits)
    np.multiply(floats, _BIAS * np.float32(times), out=floats)
    return floats
