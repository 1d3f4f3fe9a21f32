"""The app's manifest where Slack reaches it over HTTP and workspaces install it by themselves."""

from typing import Any

REDIRECT_PATH = "/slack/oauth_redirect"
EVENTS_PATH = "/slack/events"


def declare_addresses(manifest: dict[str, Any], redirect_uri: str) -> None:
    """Add where people come back to, and, at the same host, where Slack sends what they do.

    Tokens end and are renewed: nerbot keeps both (https://docs.slack.dev/reference/app-manifest).
    """
    events = redirect_uri.removesuffix(REDIRECT_PATH) + EVENTS_PATH
    manifest["oauth_config"]["redirect_urls"] = [redirect_uri]
    for command in manifest["features"]["slash_commands"]:
        command["url"] = events
    settings = manifest["settings"]
    settings["event_subscriptions"] = {"request_url": events, **settings["event_subscriptions"]}
    settings["interactivity"]["request_url"] = events
    settings["socket_mode_enabled"] = False
    settings["token_rotation_enabled"] = True
