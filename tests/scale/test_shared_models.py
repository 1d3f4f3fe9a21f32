"""Two bots with disks of their own share their models in an object store."""

import shutil
import sys
import time

import pytest

from tests.bot.conftest import GOLD
from tests.support.object_store import STORES, Bucket, make_bucket
from tests.support.patience import patient
from tests.support.scale.cluster import Cluster

LATER = "the answer is posted here"
QUESTION = "/ner She takes codeine for a cough."
ANSWERED_WITHIN_SECONDS = 5.0
ROUNDS = 4


@pytest.fixture(params=[STORES[1]])
def bucket(request: pytest.FixtureRequest, endpoint: str) -> Bucket:
    return make_bucket(endpoint)


@pytest.fixture
def cluster_environment(bucket: Bucket) -> dict[str, str]:
    """Both bots keep their models in one bucket, and each its copies in its own folder."""
    return {**bucket.environment, "NERBOT_MODELS": f"{bucket.url}/models"}


async def test_what_goes_live_on_one_answers_on_the_other(cluster: Cluster) -> None:
    """A model that the first bot trains answers on the second within five seconds of going live, is there before
    anybody asks, and is never damaged: not even where the copies of both are rotten."""
    await cluster.start_bot("one")
    await cluster.start_bot("two")
    only(cluster, "one")
    for line in GOLD:
        command, _, rest = line.partition(" ")
        assert (await cluster.slack.command("ada", "#triage", command, rest)).error is None
    await cluster.slack.command("ada", "#triage", "/train")
    await live(cluster, 1)
    only(cluster, "two")
    seconds = await seconds_until_answered(cluster)
    sys.stdout.write(f"\nlive on one, answered on two after {seconds:.1f} s\n")
    assert seconds < patient(ANSWERED_WITHIN_SECONDS)
    assert "was fetched in" in cluster.log("two")

    # Copies of both rot while they are down: each fetches again what it cannot read.
    for name in ("one", "two"):
        await cluster.stop(name)
        for file in cluster.data(name).glob("models/*/1/**/*"):
            if file.is_file() and file.name != "MANIFEST.json":
                file.write_bytes(file.read_bytes()[:-1] + b"?")
    for name in ("one", "two"):
        await cluster.start_bot(name)
        only(cluster, name)
        await seconds_until_answered(cluster)
    # And copies that are gone come back.
    for name in ("one", "two"):
        await cluster.stop(name)
        shutil.rmtree(cluster.data(name) / "models")
        await cluster.start_bot(name)
        only(cluster, name)
        await seconds_until_answered(cluster)
    assert await cluster.ask("SELECT count(*) FROM model WHERE damaged_at IS NOT NULL") == [(0,)]


async def live(cluster: Cluster, version: int) -> None:
    """Wait until a version is live."""
    question = "SELECT live_version FROM project WHERE live_version IS NOT NULL"
    await cluster.until(question, lambda rows: rows == [(version,)], within=120)


async def seconds_until_answered(cluster: Cluster) -> float:
    """Ask once; the seconds until what the model found was shown. It says so later where the model has to be loaded."""
    began = time.monotonic()
    command, _, rest = QUESTION.partition(" ")
    answer = await cluster.slack.command("ada", "#triage", command, rest)
    assert answer.error is None

    def shown() -> str:
        told = cluster.slack.messages("#triage", viewer="ada")
        return next(m for m in reversed(told) if m.thread_ts is None).shown

    if LATER in answer.text:
        await cluster.slack.until(lambda: LATER not in shown(), timeout=patient(60))
    else:
        assert "DRUG" in answer.text
        return time.monotonic() - began
    assert "DRUG" in shown(), shown()
    return time.monotonic() - began


def only(cluster: Cluster, name: str) -> None:
    """Let one bot alone get requests; the others run on."""
    for other in [*cluster.proxy.backends]:
        cluster.proxy.remove(other)
    cluster.proxy.add(name, cluster.bots[name].address)


@pytest.mark.scale
async def test_each_of_many_models_answers_on_the_other_bot(cluster: Cluster) -> None:
    """Both train in turn; what each makes answers on the other within five seconds of going live."""
    await cluster.start_bot("one")
    await cluster.start_bot("two")
    for line in GOLD:
        command, _, rest = line.partition(" ")
        assert (await cluster.slack.command("ada", "#triage", command, rest)).error is None
    for version in range(1, ROUNDS + 1):
        trainer, other = ("one", "two") if version % 2 else ("two", "one")
        only(cluster, trainer)
        text = f"Patient {version} has {{headache=SYMPTOM}} and takes {{codeine=DRUG}}."
        await cluster.slack.command("ada", "#triage", "/label", text)
        await cluster.slack.command("ada", "#triage", "/train")
        made = "SELECT max(version) FROM model"
        await cluster.until(made, lambda rows, n=version: rows == [(n,)], within=120)  # type: ignore[misc]
        if await cluster.ask("SELECT max(live_version) FROM project") != [(version,)]:
            # Held back by its scores, which are not what this is about.
            await cluster.slack.command("ada", "#triage", "/nerbot", f"models live {version}")
            await live(cluster, version)
        only(cluster, other)
        seconds = await seconds_until_answered(cluster)
        sys.stdout.write(
            f"\nmodel {version}: live on {trainer}, on {other} {seconds:.1f} s later\n"
        )
        assert seconds < patient(ANSWERED_WITHIN_SECONDS)
    assert await cluster.ask("SELECT count(*) FROM model WHERE damaged_at IS NOT NULL") == [(0,)]
