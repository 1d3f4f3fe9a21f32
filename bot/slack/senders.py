"""Which workspace a request is for, who sent it, and from which workspace that person is.

In a channel that is shared by Slack Connect the two differ: the app is installed in one workspace, and whoever presses
its button may be a member of another one.
"""

from collections.abc import Mapping
from typing import Any

Payload = Mapping[str, Any]
CARD_MODAL = "label_card"
"""The callback id of a modal whose buttons are those of a message."""


def workspace_of(body: Payload) -> str:
    """The workspace whose nerbot is meant, in any kind of payload; empty where none is named.

    Of the several places the one that speaks of the installation counts first: a modal that was opened in a shared
    channel is submitted with the team of the person, and so is what is typed there.
    """
    view, granted = _mapping(body.get("view")), body.get("authorizations")
    installed = _mapping(granted[0]) if isinstance(granted, list) and granted else {}
    return _first(
        _team(view.get("app_installed_team_id")),
        body.get("context_team_id"),
        _team(installed.get("team_id")),
        _mapping(body.get("team")).get("id"),
        body.get("team_id"),
    )


def team_of_person(body: Payload) -> str:
    """The workspace whose member the person is; empty where none is named."""
    return _first(
        _mapping(body.get("user")).get("team_id"),
        _mapping(body.get("event")).get("user_team"),
        _mapping(body.get("team")).get("id"),
        body.get("team_id"),
    )


def is_guest(body: Payload) -> bool:
    """Whether the person is a member of another workspace than the one the request is for."""
    return team_of_person(body) != workspace_of(body)


def person_of(body: Payload) -> str:
    """The id of whoever did it, in any kind of payload; empty for what nobody does."""
    event = _mapping(body.get("event"))
    return _first(_mapping(body.get("user")).get("id"), body.get("user_id"), event.get("user"))


def is_in_channel(body: Payload) -> bool:
    """Whether it is an event about a message that people in a channel wrote to each other."""
    event = _mapping(body.get("event"))
    return event.get("type") == "message" and event.get("channel_type") in {"channel", "group"}


def is_private_channel(name: object) -> bool:
    """Whether the channel of that name is private: Slack tells the names of public ones only."""
    return isinstance(name, str) and (name == "privategroup" or name.startswith("mpdm-"))


def is_leaving(body: Payload) -> bool:
    """Whether Slack says that the app, or a token of it, was taken out of a workspace."""
    return _mapping(body.get("event")).get("type") in {"app_uninstalled", "tokens_revoked"}


def _team(found: object) -> object:
    """The workspace; where an organization installed the app, some places name that one instead."""
    return None if isinstance(found, str) and found.startswith("E") else found


def _first(*found: object) -> str:
    return next((each for each in found if isinstance(each, str) and each), "")


def _mapping(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}


def is_own_surface(body: Payload) -> bool:
    """Whether something was pressed in Home or in a modal with a card, which are in no channel."""
    view = body.get("view") or {}
    return view.get("type") == "home" or view.get("callback_id") == CARD_MODAL
