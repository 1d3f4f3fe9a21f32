"""The settings of what nerbot serves: ports, the API, how it stops and what it logs."""

from typing import Annotated, Literal

from pydantic_settings import BaseSettings

from bot.settings.field import setting


class ServingSettings(BaseSettings):
    """Where it listens, to what, and how it ends."""

    host: Annotated[
        str,
        setting("NERBOT_HOST", "the address at which the ports listen", min_length=1),
    ] = "127.0.0.1"
    port: Annotated[
        int,
        setting(
            "NERBOT_PORT",
            "the port of `/slack/events`, `/healthz` and `/readyz` in HTTP mode, and of the API",
            ge=0,
            le=65535,
        ),
    ] = 3000
    health_port: Annotated[
        int | None,
        setting(
            "NERBOT_HEALTH_PORT",
            "a port of its own, in both modes, for `/healthz`, `/readyz` and `/metrics`",
            ge=0,
            le=65535,
        ),
    ] = None
    api: Annotated[
        bool,
        setting(
            "NERBOT_API",
            "`on`: the HTTP API for programs, at `/api/v1` of `NERBOT_PORT`, in both modes; it needs the extra "
            "`nerbot[api]`",
        ),
    ] = False
    mcp: Annotated[
        bool,
        setting(
            "NERBOT_MCP",
            "`on`: the Model Context Protocol for assistants, at `/mcp` beside the API, which has to be on; it needs "
            "the extra `nerbot[mcp]`",
        ),
    ] = False
    drain_seconds: Annotated[
        float,
        setting(
            "NERBOT_DRAIN_SECONDS",
            "how long a bot that is to stop still answers while `/readyz` says that it is not ready: until a load "
            "balancer sends it nothing more",
            ge=0,
            le=300,
        ),
    ] = 0
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        setting("NERBOT_LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"),
    ] = "INFO"
    patience: Annotated[
        float,
        setting(
            "NERBOT_PATIENCE",
            "so many times as long as usual everything may take, for tests on slow machines; Slack's own limits stay",
            ge=1,
            allow_inf_nan=False,
        ),
    ] = 1
