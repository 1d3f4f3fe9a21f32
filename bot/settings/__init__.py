"""Typed settings from the environment; what is missing or malformed ends the start with one line that names it."""

from bot.settings.reading import read_settings, settings_of
from bot.settings.settings import Settings

__all__ = ["Settings", "read_settings", "settings_of"]
