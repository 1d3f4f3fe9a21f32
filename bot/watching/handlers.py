"""Listens to what is written in channels."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.payloads import Payload
from bot.slack.senders import is_in_channel, workspace_of
from bot.watching.message_events import read_event
from bot.watching.receiving import Receiving


def register(app: AsyncApp, receiving_of: Callable[[str], Receiving | None]) -> None:
    """Listen to messages in channels; those to nerbot are not among them. `receiving_of` a workspace is None where no
    channel of it is watched."""

    async def is_mine(body: Payload) -> bool:
        return is_in_channel(body)

    async def heard(body: Payload, context: AsyncBoltContext) -> None:
        # Noted before Slack is answered: what could not be is told again.
        channel = str((body.get("event") or {}).get("channel") or "")
        receiving = receiving_of(workspace_of(body))
        if receiving is None or not receiving.is_watched(channel):
            return
        message = read_event(body, our_id=str(context.bot_user_id or ""))
        if message is not None:
            await receiving.receive([message])

    app.event("message", matchers=[is_mine])(heard)
