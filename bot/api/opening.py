"""Makes the API where it is switched on; where it is not, nothing of it is imported."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from aiohttp.web import AbstractResource

from bot.adapters import Adapters
from bot.composition import Services
from bot.errors import SettingsError
from bot.redaction.storing import Masking
from bot.settings import Settings
from bot.slack.connection import Connection, serve

if TYPE_CHECKING:
    from bot.api.tools import Tools


def api_resources(
    settings: Settings, adapters: Adapters, services: Services
) -> tuple[AbstractResource, ...]:
    """What is served for programs. Raises SettingsError where its packages are not installed."""
    if not settings.api:
        return ()
    try:
        from bot.api.application import make_resource  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"NERBOT_API: it needs the package {error.name}: pip install 'nerbot[api]'"
        ) from error
    resource = make_resource(
        make_tools(settings, adapters, services),
        requests_per_minute=settings.api_requests_per_minute,
        is_out=lambda: adapters.is_out,
    )
    return (resource,)


def make_tools(settings: Settings, adapters: Adapters, services: Services) -> "Tools":
    """What the routes reach the rest of nerbot by."""
    from bot.api.tools import Tools  # noqa: PLC0415 - as above

    return Tools(
        store=adapters.store,
        engine=adapters.engine,
        recognition=services.recognition,
        redaction=services.redaction,
        masking=Masking(adapters.store, adapters.engine),
        labelling=services.labelling,
        training=services.training,
        use_cases=services.use_cases,
        place_of=adapters.token_place,
        requests=adapters.requests,
        data=settings.data,
        owners=settings.owners,
        stopping=adapters.background.stopping,
    )


async def serve_api(
    settings: Settings,
    connection: Connection,
    resources: Sequence[AbstractResource],
    stack: AsyncExitStack,
) -> str | None:
    """Where it is: at the port of HTTP mode, which has it already, else at one of its own. Raises SettingsError."""
    if not resources or connection.address is not None:
        return connection.address if resources else None
    return await serve(settings, (), settings.port, "NERBOT_PORT", stack, resources=resources)
