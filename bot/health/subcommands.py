"""/nerbot health."""

from bot.health import changes, checks
from bot.health.parsing import read_check, read_queue_changed, read_show
from bot.health.values import CloseDraw, Said, ShowHealth
from bot.health.views import health_view, queued_view
from bot.projects.entries import button, subcommand
from bot.projects.use_cases import reads, writes
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.subcommands import without_more

SUBCOMMANDS = (
    subcommand(
        ("health",),
        without_more(ShowHealth(), "/nerbot health takes no arguments."),
        reads(checks.show),
        health_view,
        HelpLine(
            "/nerbot health",
            "precision and recall in watched channels, and the week's sentences to check",
        ),
    ),
)

BUTTONS = (
    button(ids.HEALTH_SHOW, read_show, reads(checks.show), health_view),
    button(ids.HEALTH_CLOSE, lambda _: CloseDraw(), writes(checks.close), health_view),
    button(ids.HEALTH_RIGHT, read_check(Said.RIGHT), writes(checks.check), health_view),
    button(ids.HEALTH_EDIT, read_check(Said.EDIT), writes(checks.check), health_view),
    button(ids.DRIFT_LABEL, read_queue_changed, writes(changes.queue), queued_view),
    button(ids.HEALTH_SKIP, read_check(Said.SKIP), writes(checks.check), health_view),
)
