"""An upgrade while people label: old and new bots beside each other on one database, both ways."""

import os
import random
import re
import shutil
from pathlib import Path

import pytest

from bot.db.migrations import COMPATIBLE_FROM, HEAD
from tests.support.patience import patient
from tests.support.scale.cluster import Cluster
from tests.support.scale.people import People

ROOT = Path(__file__).parents[2]
NEWER = "9998"
OLD_CODE = os.environ.get("OLD_CODE")
"""The folder of an older checkout, of COMPATIBLE_FROM at least: `git worktree add /tmp/old COMMIT`."""
_MIGRATION = f'''
"""What the next release adds."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.online import OnlineIndex, create_online

revision = "{NEWER}"
down_revision = "{HEAD}"
online = (OnlineIndex("ix_event_upgraded", "event", ("workspace", "created_at")),)


def upgrade() -> None:
    op.add_column("annotation", sa.Column("seconds", sa.Integer(), server_default="0", nullable=False))
    op.create_table("upgraded", sa.Column("workspace", sa.String(), nullable=False))
    create_online(online)
'''


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """This checkout with a migration more."""
    folder = tmp_path / "next"
    for name in ("bot", "ner_engine"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manifest.yml", folder)
    migrations = folder / "bot" / "db" / "migrations"
    (migrations / "versions" / f"v{NEWER}.py").write_text(_MIGRATION)
    module = migrations / "__init__.py"
    raised = re.sub(r'^HEAD = "\d+"$', f'HEAD = "{NEWER}"', module.read_text(), flags=re.MULTILINE)
    assert raised != module.read_text()
    module.write_text(raised)
    return folder


async def some_more(people: People, number: int = 25) -> None:
    """Until people have been told more often that something is saved."""
    enough = len(people.saved) + number
    await people.cluster.slack.until(lambda: len(people.saved) >= enough, timeout=patient(60))


@pytest.mark.scale
async def test_an_upgrade_and_the_way_back_lose_nothing_while_people_label(
    cluster: Cluster, next_release: Path
) -> None:
    """A new bot migrates beside the old one; an old one that is restarted afterwards runs; the new one can go again."""
    people = People(cluster, random.Random(5))
    await cluster.start_bot("old")
    async with people.labelling():
        await some_more(people)
        await cluster.start_bot("new", code=next_release)
        found = await cluster.ask("SELECT version_num FROM alembic_version")
        assert found == [(NEWER,)]
        await some_more(people)
        assert (await cluster.stop("old"))[0] == 0
        await some_more(people)
        await cluster.start_bot("old")
        assert f"the database is at {NEWER}" in cluster.log("old")
        await some_more(people)
        assert (await cluster.stop("new"))[0] == 0
        await some_more(people)
    assert await people.wrong() == []
    assert people.unanswered == []
    assert cluster.proxy.lost == 0
    assert "Traceback" not in cluster.log("old") + cluster.log("new")


@pytest.mark.scale
@pytest.mark.skipif(OLD_CODE is None, reason="OLD_CODE names the folder of an older checkout")
async def test_bots_of_an_older_checkout_run_beside_those_of_this_one(cluster: Cluster) -> None:
    """The real code of before: it begins, this one migrates, and it is restarted on the newer database."""
    old = Path(str(OLD_CODE))
    people = People(cluster, random.Random(6))
    await cluster.start_bot("old", code=old)
    [(before,)] = await cluster.ask("SELECT version_num FROM alembic_version")
    assert before >= COMPATIBLE_FROM
    async with people.labelling():
        await some_more(people)
        await cluster.start_bot("new")
        await some_more(people)
        await cluster.stop("old")
        await cluster.start_bot("old", code=old)
        await some_more(people)
        await cluster.stop("new")
        await some_more(people)
    assert await cluster.ask("SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert await people.wrong() == []
    assert people.unanswered == []
    assert cluster.proxy.lost == 0
    told = (
        f"{before} → {HEAD}: {len(people.saved)} saved, the longest answer {people.longest:.2f} s"
    )
    print(told)  # noqa: T201 - for whoever runs it by hand
