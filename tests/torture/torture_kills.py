"""kill -9 at random moments of a training: the bot, the training, or both."""

from pathlib import Path

import pytest

from tests.support.kills import kill_at_random
from tests.torture.options import SEED, number


@pytest.mark.timeout(4 * 3600)
async def test_kills_leave_no_run_stuck_no_orphan_no_leftover_and_the_live_model(
    tmp_path: Path,
) -> None:
    """KILLS of them, the seed printed."""
    kills = number("KILLS", 200)
    print(f"{kills} kills with the seed {SEED}")  # noqa: T201
    print(await kill_at_random(tmp_path, kills=kills, seed=SEED))  # noqa: T201
