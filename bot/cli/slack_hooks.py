"""What Slack's own command line calls by .slack/hooks.json: `slack run` starts nerbot, with the tokens that it brings.

Source: https://docs.slack.dev/tools/slack-cli/reference/hooks
"""

import json
import sys
from collections.abc import Sequence

from bot.cli.main import main as nerbot
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import warn


def main(arguments: Sequence[str]) -> int:
    """Do what a hook is for; what Slack's command line adds behind its name says how it wants the answer."""
    match arguments[:1]:
        case ["get-manifest"]:
            from slack_cli_hooks.protocol import build_protocol  # noqa: PLC0415 - an extra

            from bot.settings import read_settings  # noqa: PLC0415 - as above
            from bot.slack.diagnosis import (  # noqa: PLC0415 - as above
                read_manifest,
                switched_on,
            )

            manifest = read_manifest(**switched_on(read_settings()))
            build_protocol(argv=[*arguments]).respond(json.dumps(manifest))
            return ExitCode.FINE
        case ["start"]:
            return nerbot(["run"])
        case _:
            warn("this is for Slack's command line: get-manifest or start is expected")
            return ExitCode.USER_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
