"""Listens to what is written in channels."""

from slack_bolt.async_app import AsyncApp

from bot.slack.payloads import Payload
from bot.slack.senders import is_in_channel
from bot.watching.message_events import read_event
from bot.watching.receiving import Receiving


def register(app: AsyncApp, receiving: Receiving, *, our_id: str) -> None:
    """Listen to messages in channels; those to nerbot are not among them."""

    async def is_mine(body: Payload) -> bool:
        return is_in_channel(body)

    async def heard(body: Payload) -> None:
        # Noted before Slack is answered: what could not be is told again.
        channel = str((body.get("event") or {}).get("channel") or "")
        if not receiving.is_watched(channel):
            return
        message = read_event(body, our_id=our_id)
        if message is not None:
            await receiving.receive([message])

    app.event("message", matchers=[is_mine])(heard)
