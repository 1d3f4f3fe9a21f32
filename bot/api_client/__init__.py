"""A client of another nerbot's API, typed by the same schemas as the server."""

from bot.api_client.client import ApiClient, ApiRefused, ApiUnavailable

__all__ = ["ApiClient", "ApiRefused", "ApiUnavailable"]
