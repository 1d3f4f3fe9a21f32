"""The settings of how much one workspace, one token, one person and one address may take."""

from typing import Annotated

from pydantic_settings import BaseSettings

from bot.settings.field import setting


class LimitSettings(BaseSettings):
    """Limits, so that nobody takes what is for all."""

    workspace_sentences: Annotated[
        int | None,
        setting(
            "NERBOT_WORKSPACE_SENTENCES",
            "how many sentences one workspace may have; unset: any",
            ge=1,
        ),
    ] = None
    workspace_trainings: Annotated[
        int | None,
        setting(
            "NERBOT_WORKSPACE_TRAININGS",
            "how many trainings one workspace may begin within 24 hours; unset: any",
            ge=1,
        ),
    ] = None
    workspace_requests: Annotated[
        int | None,
        setting(
            "NERBOT_WORKSPACE_REQUESTS",
            "how many requests of one workspace's people and programs are answered a minute; unset: any",
            ge=1,
        ),
    ] = None
    questions_per_minute: Annotated[
        int,
        setting("NERBOT_QUESTIONS_PER_MINUTE", "how often one person may ask `/ner`", ge=1),
    ] = 20
    api_requests_per_minute: Annotated[
        int,
        setting("NERBOT_API_REQUESTS_PER_MINUTE", "how often one token may use the API", ge=1),
    ] = 600
    connections: Annotated[
        int,
        setting("NERBOT_CONNECTIONS", "how many connections a port holds at a time", ge=1),
    ] = 500
    connections_per_address: Annotated[
        int,
        setting(
            "NERBOT_CONNECTIONS_PER_ADDRESS",
            "how many of those come from one address; behind a proxy all of them do",
            ge=1,
        ),
    ] = 200
