"""The protocol on standard input and output."""

import anyio

from bot.mcp.asking import AskThere
from bot.mcp.server import make_server


def serve(url: str, token: str) -> None:
    """Answer until standard input ends."""
    anyio.run(_serve, url, token)


async def _serve(url: str, token: str) -> None:
    ask = AskThere(url, token)
    try:
        await make_server(ask).run_stdio_async()
    finally:
        await ask.close()
