"""The link to Slack is lost again and again while people type."""

import random
from pathlib import Path

from bot.app import open_bot
from bot.playground import Playground, Timing
from tests.bot.conftest import settings_for
from tests.support.patience import patient
from tests.support.socket_losses import lose_links

LOSSES = 30


async def test_what_is_typed_while_the_link_is_lost_is_done_once(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    # Slack waits a second for each answer, so that what went into a lost link is soon delivered again.
    timing = Timing(ack=1, until=patient(5))
    async with (
        Playground.open(data=tmp_path / "slack", timing=timing) as slack,
        open_bot(settings_for(slack, tmp_path / "data")),
    ):
        lost = await lose_links(slack, losses=LOSSES, seed=seed)
        assert lost.wrong(tmp_path / "data" / "nerbot.db") == [], seed
