"""Two bots on one database, each with its own disk, behind one address."""

from tests.support.patience import patient
from tests.support.scale.cluster import Cluster

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
