"""SOCKETS losses of the Socket Mode link while people type: nothing is lost, each command is acted on once."""

import time
from pathlib import Path

import pytest

from bot.playground import Playground, Timing
from tests.support.bot_process import bot_process, socket_mode
from tests.support.patience import PATIENCE
from tests.support.socket_losses import lose_links
from tests.torture.options import SEED, bound, number, tell
from tests.torture.soundness import faults


@pytest.mark.timeout(0)
async def test_what_is_typed_while_the_link_is_lost_is_done_once(tmp_path: Path) -> None:
    """SOCKETS of them, the seed printed."""
    losses = number("SOCKETS", 500)
    tell(f"\n{losses:,} losses with the seed {SEED}")
    started, data = time.monotonic(), tmp_path / "data"
    async with (
        Playground.open(data=tmp_path / "slack", timing=Timing(ack=3, until=60)) as slack,
        bot_process(data, socket_mode(slack), patience=PATIENCE),
    ):
        lost = await lose_links(slack, losses=losses, seed=SEED)
        assert lost.wrong(data / "nerbot.db") == []
        assert faults(data / "nerbot.db") == []
    tell(f"{lost.sum_up()}; {time.monotonic() - started:.0f} s")
    tell(f"losses: {bound(losses)}; commands: {bound(len(lost.typed))}")
