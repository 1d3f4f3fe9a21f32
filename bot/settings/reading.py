"""Reads the environment; what is wrong with it is one line."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_settings import InitSettingsSource

from bot.errors import SettingsError
from bot.settings.settings import Settings


def read_settings() -> Settings:
    """Read the environment; raises SettingsError with one line that names the first setting that is wrong."""
    return _named(Settings)


def settings_of(values: Mapping[str, str]) -> Settings:
    """The settings that an environment with these alone would give; raises SettingsError as above."""

    class Given(Settings):
        @classmethod
        def settings_customise_sources(cls, *_: Any, **__: Any) -> tuple[Any, ...]:
            return (InitSettingsSource(cls, init_kwargs=dict(values)),)

    return _named(Given)


def _named(make: Callable[[], Settings]) -> Settings:
    try:
        return make()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {reason}" if name else reason) from None
