"""PgBouncer in transaction mode before a PostgreSQL of a package's, where this machine has it."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, make_url

from tests.support.patience import patient

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_SETTINGS = """
[databases]
{database} = {server} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
server_reset_query =
"""


@asynccontextmanager
async def pgbouncer(url: str, *, connections: int) -> AsyncIterator[str]:
    """The address by which the server is reached with so few connections; it is gone when the block is left."""
    assert PROGRAM is not None
    address = make_url(url)
    socket = address.query.get("host") or address.host
    user = address.username or "postgres"
    server = f"host={socket} port={address.port or address.query.get('port', 5432)} user={user}"
    port = await _free_port()
    # It does not run as root: as whoever may reach the server's socket.
    owner = Path(str(socket)).stat().st_uid  # noqa: ASYNC240 - one look at a socket
    with tempfile.TemporaryDirectory(prefix="nerbot-pgbouncer-") as folder:
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text(
            _SETTINGS.format(
                database=address.database, server=server, port=port, connections=connections
            )
        )
        if os.geteuid() == 0:
            os.chown(folder, owner, -1)
            os.chown(settings, owner, -1)
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            "-q",
            str(settings),
            stderr=asyncio.subprocess.DEVNULL,
            user=owner if os.geteuid() == 0 else None,
        )
        try:
            await _listening(port)
            yield _reached(user, port, str(address.database))
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


def _reached(user: str, port: int, database: str) -> str:
    reached = URL.create(
        "postgresql+asyncpg",
        username=user,
        host="127.0.0.1",
        port=port,
        database=database,
        query={"pgbouncer": "true"},
    )
    return reached.render_as_string(hide_password=False)


async def _free_port() -> int:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def _listening(port: int) -> None:
    async with asyncio.timeout(patient(5)):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)
