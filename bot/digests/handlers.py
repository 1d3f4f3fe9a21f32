"""The button of a digest."""

from slack_bolt.async_app import AsyncApp

from bot.digests.commands import DigestOff
from bot.digests.service import DigestService
from bot.digests.views import digest_off_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.responders import Replies
from bot.slack.text import View


def register(app: AsyncApp, digests: DigestService, replies: Replies) -> None:
    """Listen to [Switch this off]."""

    async def switched_off(body: payloads.Payload) -> View:
        command = DigestOff(payloads.read_id(payloads.action_value(body)))
        return digest_off_view(await digests.off(payloads.caller_of_action(body), command))

    app.action(ids.DIGEST_OFF)(replies.to_button(switched_off, replace=False))
