"""A PostgreSQL of a package's, and a cluster on a database of its own in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.db.conftest import Server, server
from tests.support.scale.cluster import Cluster, open_cluster

__all__ = ["server"]


@pytest.fixture
def cluster_environment() -> dict[str, str]:
    """What all bots and workers of a test's cluster are told; a module of tests says something else."""
    return {}


@pytest.fixture
async def cluster(
    server: Server, tmp_path: Path, cluster_environment: dict[str, str]
) -> AsyncIterator[Cluster]:
    """Slack, a proxy and an empty database; the test starts bots and workers."""
    name = server.create()
    async with open_cluster(tmp_path, server.url(name), environment=cluster_environment) as opened:
        yield opened
    server.drop(name)
