"""Serves the protocol over HTTP where it is switched on; where it is not, nothing of it is imported."""

from contextlib import AsyncExitStack

from aiohttp.web import AbstractResource

from bot.adapters import Adapters
from bot.api.opening import make_tools
from bot.composition import Services
from bot.errors import SettingsError
from bot.settings import Settings


async def mcp_resources(
    settings: Settings,
    adapters: Adapters,
    services: Services,
    stack: AsyncExitStack,
) -> tuple[AbstractResource, ...]:
    """What is served for assistants until the stack is closed. Raises SettingsError where it cannot be."""
    if not settings.mcp:
        return ()
    if not settings.api:
        raise SettingsError("NERBOT_MCP: it is served beside the API; set NERBOT_API=on, too")
    try:
        from bot.mcp.http import make_resource  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"NERBOT_MCP: it needs the package {error.name}: pip install 'nerbot[mcp]'"
        ) from error
    resource = await make_resource(
        make_tools(settings, adapters, services),
        requests_per_minute=settings.api_requests_per_minute,
        is_out=lambda: adapters.is_out,
        stack=stack,
    )
    return (resource,)
