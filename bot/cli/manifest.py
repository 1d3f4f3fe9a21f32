"""`nerbot manifest`: the app as Slack is told it is, with the rights that the settings need."""

import json

import typer

from bot.cli.terminal.output import AsJson, tell, warn


def add_manifest(commands: typer.Typer) -> None:
    """Make `manifest` known to a command line."""
    commands.command("manifest")(_manifest)


def _manifest(*, as_json: AsJson = False) -> None:
    """Print the app's manifest, to be pasted into Slack.

    In: the settings: NERBOT_FILE_IMPORTS adds the scope and the shortcut that files need, NERBOT_WATCHING the
    scopes and events of watched channels, NERBOT_SLACK_OUTPUTS the scopes of outputs in Slack,
    NERBOT_WORKFLOW_STEPS the steps for Workflow Builder, SLACK_REDIRECT_URI beside SLACK_CLIENT_ID the addresses
    of a nerbot that workspaces install by themselves.

    Out: the manifest, as YAML or JSON.
    """
    import yaml  # noqa: PLC0415 - as below

    from bot.settings import read_settings  # noqa: PLC0415 - pydantic comes here
    from bot.slack.diagnosis import read_manifest, switched_on  # noqa: PLC0415 - Slack's SDK comes here

    settings = read_settings()
    if settings.is_installable and settings.redirect_uri is None:
        warn(
            "SLACK_REDIRECT_URI is not set, so the manifest is without the addresses of your host; set it to "
            "https://<your host>/slack/oauth_redirect"
        )
    manifest = read_manifest(**switched_on(settings))
    tell(json.dumps(manifest) if as_json else yaml.safe_dump(manifest, sort_keys=False))
