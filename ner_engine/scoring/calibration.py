"""Confidences that mean what they say: of entities called 80 % sure four in five should be right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Bins of equal width over which confidence and accuracy are compared.
BINS = 10
#: How strongly few observations are held to "a probability is what it says" (a variance of 1/8).
_PRIOR = 8.0
_UNCHANGED: Floats = np.array([1.0, 0.0])
_STEPS = 50
#: Probabilities nearer to 0 or 1 count as this near: a conditional random field is never surer.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A line through the log odds: those of a confidence from those of a model's probability."""

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, probability: float) -> float:
        """The confidence for a probability."""
        return logistic(self.slope * log_odds(probability) + self.intercept)


def log_odds(probability: float) -> float:
    """The logarithm of the odds, kept finite."""
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def logistic(value: float) -> float:
    """The probability with these log odds."""
    return 1 / (1 + math.exp(-value))


def fit_calibration(probabilities: Sequence[float], right: Sequence[bool]) -> Calibration:
    """The line under which what was observed is most likely; near to none where little was.

    Platt's method (1999) by Newton's steps, halved where they would go too far, with a normal prior
    around slope 1 and intercept 0.
    """
    inputs = np.array([[log_odds(share), 1.0] for share in probabilities]).reshape(-1, 2)
    signs = np.where(np.array(right, dtype=bool), 1.0, -1.0)
    line = _UNCHANGED
    for _ in range(_STEPS):
        shares = 1 / (1 + np.exp(np.clip(signs * (inputs @ line), -500, 500)))
        gradient = _PRIOR * (line - _UNCHANGED) - inputs.T @ (signs * shares)
        curvature = (inputs.T * (shares * (1 - shares))) @ inputs + _PRIOR * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        while _cost(line - step, inputs, signs) > _cost(line, inputs, signs):
            step = step / 2
        line = line - step
        if np.abs(step).max() < 1e-9:
            break
    return Calibration(float(line[0]), float(line[1]))


def _cost(line: Floats, inputs: Floats, signs: Floats) -> float:
    distance = line - _UNCHANGED
    unlikely = np.logaddexp(0, -signs * (inputs @ line)).sum()
    return float(unlikely + _PRIOR / 2 * distance @ distance)


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """The mean distance of confidence and accuracy over BINS, each by its share of the entities.

    Naeini, Cooper and Hauskrecht (2015); 0 where there is nothing to compare.
    """
    if not confidences:
        return 0.0
    sure, wanted = np.array(confidences), np.array(right, dtype=np.float64)
    numbers = np.minimum((sure * BINS).astype(int), BINS - 1)
    distances = np.bincount(numbers, weights=sure - wanted, minlength=BINS)
    return float(np.abs(distances).sum() / len(sure))
