"""Questions to Slack for whoever runs nerbot: what our tokens and our blocks are worth there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack

import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack import action_ids as ids
from bot.slack.public_addresses import declare_addresses
from bot.slack.shared_files import SCOPE
from bot.slack.step_declarations import declare_steps

_INVALID = frozenset({"invalid_blocks", "invalid_message", "invalid_view"})
_PLACES = (
    Path(__file__).resolve().parents[2] / "manifest.yml",
    Path(__file__).resolve().parents[1] / "manifest.yml",
)
"""In the repository, and in the installed package."""

_IMPORT_FILE = {
    "name": "Import sentences of file",
    "type": "message",
    "callback_id": ids.IMPORT_FILE,
    "description": "Import the sentences of this file, after a look at what is in it",
}

WATCHING_SCOPES = ("channels:history", "groups:history", "channels:read", "groups:read")
"""To hear of messages, to read what was missed, and to see who is in a channel that is to be watched."""
_WATCHING_EVENTS = ("message.channels", "message.groups")
_READS_NONE = "it reads no channel history"
_READS_WATCHED = "it reads only channels that an owner lets it watch and it is invited to, and keeps what it finds"


OUTPUT_SCOPES = {"reaction": ("reactions:write",), "list": ("lists:read", "lists:write")}
"""What outputs in Slack need beside the right to post."""


class SwitchedOn(TypedDict, total=False):
    """What the app is asked to be able to do beyond manifest.yml."""

    file_imports: bool
    watching: bool
    slack_outputs: frozenset[str]
    workflow_steps: bool
    redirect_uri: str | None


def switched_on(settings: Settings) -> SwitchedOn:
    """What the settings switch on."""
    return {
        "file_imports": bool(settings.file_imports),
        "watching": bool(settings.watching),
        "slack_outputs": settings.slack_outputs or frozenset(),
        "workflow_steps": bool(settings.workflow_steps),
        "redirect_uri": settings.redirect_uri if settings.is_installable else None,
    }


def read_manifest(
    *,
    file_imports: bool = False,
    watching: bool = False,
    slack_outputs: frozenset[str] = frozenset(),
    workflow_steps: bool = False,
    redirect_uri: str | None = None,
) -> dict[str, Any]:
    """What manifest.yml says, and what else is needed by what is switched on."""
    path = next(path for path in _PLACES if path.is_file())
    manifest: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    if file_imports:
        manifest["oauth_config"]["scopes"]["bot"].append(SCOPE)
        manifest["features"]["shortcuts"].append(_IMPORT_FILE)
    if watching:
        manifest["oauth_config"]["scopes"]["bot"] += WATCHING_SCOPES
        manifest["settings"]["event_subscriptions"]["bot_events"] += _WATCHING_EVENTS
        told = manifest["display_information"]
        told["long_description"] = told["long_description"].replace(_READS_NONE, _READS_WATCHED)
    for kind in sorted(slack_outputs):
        manifest["oauth_config"]["scopes"]["bot"] += OUTPUT_SCOPES[kind]
    if workflow_steps:
        declare_steps(manifest)
    if redirect_uri is not None:
        declare_addresses(manifest, redirect_uri)
    return manifest


def read_manifest_scopes(
    **switched: Unpack[SwitchedOn],
) -> tuple[frozenset[str], frozenset[str]]:
    """The scopes that the app asks for, and those of them that a workspace may refuse."""
    scopes = read_manifest(**switched)["oauth_config"]["scopes"]
    return frozenset(scopes["bot"]), frozenset(scopes.get("bot_optional", ()))


async def app_token_refusal(client: AsyncWebClient, token: str) -> str | None:
    """Why Slack refuses a token for Socket Mode; None where it does not. No connection is opened."""
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        return f"SLACK_APP_TOKEN: Slack refuses it ({error.response.get('error')})"
    except OSError as error:
        return f"SLACK_API_URL: Slack cannot be reached there ({type(error).__name__})"
    return None


async def client_refusal(client: AsyncWebClient, client_id: str, client_secret: str) -> str | None:
    """Why Slack does not take the app's id and secret; None where it does. It is asked with a code of nobody."""
    try:
        await client.oauth_v2_access(client_id=client_id, client_secret=client_secret, code="none")
    except SlackApiError as error:
        said = str(error.response.get("error"))
        if said == "invalid_code":
            return None
        named = "SLACK_CLIENT_SECRET" if said == "bad_client_secret" else "SLACK_CLIENT_ID"
        return f"{named}: Slack refuses it ({said})"
    except OSError as error:
        return f"SLACK_API_URL: Slack cannot be reached there ({type(error).__name__})"
    return None


@dataclass(frozen=True, slots=True)
class BlocksChecked:
    """What Slack's own check says of blocks; `trouble` is why there is no answer, "" where there is one."""

    refused: tuple[str, ...] = ()
    trouble: str = ""


async def check_blocks(client: AsyncWebClient, blocks: list[dict[str, Any]]) -> BlocksChecked:
    """What `blocks.validate` says against these blocks, by place."""
    try:
        # The SDK's own method puts the blocks into the address, which has no room for them.
        await client.api_call("blocks.validate", json={"blocks": blocks})
    except SlackApiError as error:
        data = error.response.data
        answer: dict[str, Any] = data if isinstance(data, dict) else {}
        if answer.get("error") in _INVALID:
            return BlocksChecked(refused=tuple(map(_said, answer.get("errors") or [{}])))
        return BlocksChecked(trouble=str(answer.get("error") or "no answer that can be read"))
    except OSError as error:
        return BlocksChecked(trouble=type(error).__name__)
    return BlocksChecked()


def _said(error: dict[str, Any]) -> str:
    told = error.get("message") or error.get("code") or "refused"
    return f"{error.get('pointer', '')} {told}".strip()
