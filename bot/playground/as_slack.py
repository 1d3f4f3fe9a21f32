"""A message as Slack sends it to apps."""

from bot.playground.values import JSON, Message
from bot.playground.workspace import Workspace


def as_slack(message: Message, workspace: Workspace) -> JSON:
    """A message as Slack sends it to apps."""
    me = workspace.identity
    body: JSON = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": me.team_id,
    }
    if message.bot_id:
        body |= {
            "bot_id": message.bot_id,
            "app_id": me.app_id,
            "bot_profile": {"id": me.bot_id, "app_id": me.app_id, "name": me.bot_name},
        }
    if message.blocks:
        body["blocks"] = list(message.blocks)
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.files:
        body["files"] = list(message.files)
    return body
