"""What the doctor asks Slack: whether our tokens hold, what they allow, and what time it is there."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Unpack

from aiohttp import ClientSession

from bot.cli.doctor.findings import Finding, failed, ok, warning
from bot.cli.run import ask_no_proxy_for
from bot.errors import SettingsError
from bot.listening import COMMANDS
from bot.operations.skew import MOST_SECONDS, ClockSkew
from bot.slack.command_help import all_usage_view
from bot.slack.connection import Ourselves, make_client, open_session, who_we_are
from bot.slack.diagnosis import (
    BlocksChecked,
    SwitchedOn,
    app_token_refusal,
    check_blocks,
    client_refusal,
    read_manifest_scopes,
    switched_on,
)

if TYPE_CHECKING:
    from bot.settings import Settings

WORRYING_SECONDS = 30
"""A clock that is so far off will be too far off some day."""
_REINSTALL = (
    "paste what nerbot manifest prints into the app's settings again and install the app again"
)


async def check_slack(settings: "Settings") -> AsyncIterator[Finding]:
    """The tokens, the scopes, the clock, and the blocks of our messages; without a token of ours the app itself."""
    ask_no_proxy_for(settings.api_url)
    skew = ClockSkew()
    async with open_session(settings, skew) as session:
        if settings.bot_token is None:
            yield await _check_client(settings, session)
            yield check_clock(skew)
            return
        client = make_client(settings, session, settings.bot_token.get_secret_value())
        try:
            ourselves = await who_we_are(client)
        except SettingsError as error:
            yield failed("Slack", str(error), "copy the token again, and look at the network")
            return
        yield ok("Slack", f"the bot token holds in workspace {ourselves.workspace}")
        yield check_scopes(ourselves, **switched_on(settings))
        yield check_clock(skew)
        if settings.app_token is not None:
            refusal = await app_token_refusal(client, settings.app_token.get_secret_value())
            yield (
                failed("app token", refusal, "make one with the scope connections:write")
                if refusal
                else ok("app token", "it opens a connection")
            )
        yield told_of_blocks(await check_blocks(client, _blocks()))


async def _check_client(settings: "Settings", session: ClientSession) -> Finding:
    """Whether workspaces can install the app whose id and secret are set."""
    assert settings.client_id is not None
    assert settings.client_secret is not None
    secret = settings.client_secret.get_secret_value()
    client = make_client(settings, session, None)
    refusal = await client_refusal(client, settings.client_id, secret)
    if refusal is None:
        return ok("Slack", "it takes the app's client id and secret")
    return failed("Slack", refusal, "copy both again from the app's Basic Information")


def _blocks() -> list[dict[str, Any]]:
    """Blocks of ours that need nothing from a database: the help of every command."""
    return [block.to_dict() for block in all_usage_view(COMMANDS).blocks]


def check_scopes(ourselves: Ourselves, **switched: Unpack[SwitchedOn]) -> Finding:
    """What the workspace granted beside what the manifest asks for."""
    asked, optional = read_manifest_scopes(**switched)
    missing = sorted(asked - optional - ourselves.scopes)
    if not ourselves.scopes:
        return warning("scopes", "Slack does not say which ones were granted")
    if missing:
        return failed("scopes", f"not granted: {', '.join(missing)}", _REINSTALL)
    refused = sorted(optional - ourselves.scopes)
    if refused:
        told = f"optional ones that were not granted: {', '.join(refused)}"
        return warning("scopes", told, f"nothing, or {_REINSTALL}")
    more = sorted(ourselves.scopes - asked)
    if more:
        told = f"granted beyond what the manifest asks for: {', '.join(more)}"
        return warning("scopes", told, f"take them away: {_REINSTALL}")
    return ok("scopes", "those of manifest.yml are granted")


def check_clock(skew: ClockSkew) -> Finding:
    """This machine's clock beside the Date of Slack's answers."""
    apart = abs(skew.seconds)
    told = f"{apart:.0f} s {'ahead of' if skew.seconds > 0 else 'behind'} Slack's"
    if apart >= MOST_SECONDS:
        return failed(
            "clock", told, "set it right, for example by NTP: Slack's signatures do not hold"
        )
    if apart >= WORRYING_SECONDS:
        return warning("clock", told, "set it right, for example by NTP")
    return ok("clock", "it agrees with Slack's")


def told_of_blocks(checked: BlocksChecked) -> Finding:
    """What Slack's own check says of messages of ours."""
    if checked.trouble == "unknown_method":
        return ok("blocks", "this Slack does not know blocks.validate, so nothing was checked")
    if checked.trouble:
        return warning(
            "blocks", f"blocks.validate gave no answer ({checked.trouble})", "try again later"
        )
    if checked.refused:
        told = f"Slack refuses blocks of ours: {'; '.join(checked.refused[:3])}"
        return failed("blocks", told, "update nerbot, or report it")
    return ok("blocks", "Slack's blocks.validate takes the help of every command")
