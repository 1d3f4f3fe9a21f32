"""/nerbot webhooks, and its buttons."""

from bot.domain.roles import Role
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button, with_id
from bot.slack.subcommands import Subcommand, without_more
from bot.webhooks.service import WebhookService
from bot.webhooks.values import ShowWebhooks, TestWebhook
from bot.webhooks.views import tested_view, webhooks_view

SUBCOMMANDS = (
    Subcommand(
        words=("webhooks", "webhook"),
        parse=without_more(ShowWebhooks(), "/nerbot webhooks takes no arguments."),
        handle=WebhookService.show,
        view=webhooks_view,
        help=(
            HelpLine(
                "/nerbot webhooks",
                "where what happens here is sent, and whether it arrives",
                who=Role.OWNER,
            ),
        ),
    ),
)

BUTTONS = (
    Button(
        ids.one_of(ids.TEST_WEBHOOK),
        with_id(TestWebhook),
        WebhookService.test,
        tested_view,
        replaces=False,
    ),
)
