"""Two bots on one database, each with its own disk, behind one address."""

from pathlib import Path

import pytest

from tests.db.conftest import Server
from tests.support.patience import patient
from tests.support.pgbouncer import PROGRAM, pgbouncer
from tests.support.scale.cluster import Cluster, open_cluster

LABELS = 6


async def test_two_bots_share_the_work_and_one_that_is_killed_loses_nothing(
    cluster: Cluster,
) -> None:
    """Labels go to both in turn; what the killed one has saved is there, and the other goes on alone."""
    await cluster.start_bot("one")
    await cluster.start_bot("two")
    for number in range(LABELS):
        answer = await cluster.slack.command(
            "ada", "#triage", "/label", f"Patient {number} takes {{aspirin=DRUG}}."
        )
        assert "Saved" in answer.text, answer
    assert min(cluster.proxy.answered["one"], cluster.proxy.answered["two"]) >= LABELS // 3
    await cluster.kill("one")
    answer = await cluster.slack.command("ada", "#triage", "/label", "Now {insulin=DRUG}.")
    assert "Saved" in answer.text
    saved = await cluster.ask("SELECT count(*) FROM annotation WHERE finished")
    assert saved == [(LABELS + 1,)]
    assert cluster.proxy.lost == 0
    status, seconds = await cluster.stop("two")
    assert status == 0
    assert seconds < patient(10)


@pytest.mark.scale
@pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not on this machine")
async def test_two_bots_behind_pgbouncer_label_with_four_connections(
    server: Server, tmp_path: Path
) -> None:
    """In transaction mode, with fewer connections of the server's than one bot has."""
    name = server.create()
    async with (
        pgbouncer(server.url(name), connections=4) as url,
        open_cluster(tmp_path, url) as cluster,
    ):
        await cluster.start_bot("one")
        await cluster.start_bot("two")
        for number in range(20):
            person = ("ada", "grace", "linus", "mei")[number % 4]
            answer = await cluster.slack.command(
                person, "#triage", "/label", f"Patient {number} takes {{aspirin=DRUG}}."
            )
            assert "Saved" in answer.text, answer
        assert min(cluster.proxy.answered.values()) > 3
        for each in ("one", "two"):
            assert "Traceback" not in cluster.log(each)
    server.drop(name)
