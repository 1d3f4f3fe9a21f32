"""The faults that `make torture` makes are faults of the code as it is now."""

import pytest

from tests.torture.sabotages import ROOT, SABOTAGES, Sabotage


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda each: each.what)
def test_what_is_sabotaged_is_there_once(sabotage: Sabotage) -> None:
    assert (ROOT / sabotage.file).read_text("utf-8").count(sabotage.before) == 1
    assert all((ROOT / path).exists() for path in sabotage.tests.split())


def test_there_are_enough_of_them() -> None:
    assert len({each.what for each in SABOTAGES}) == len(SABOTAGES) >= 40
