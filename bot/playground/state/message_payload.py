"""Messages as Slack sends them to apps."""

from urllib.parse import quote

from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Message


def message_payload(message: Message, workspace: Workspace) -> JSON:
    """A message as Slack sends it to apps."""
    me = workspace.identity
    body: JSON = {
        "type": "message",
        **({"subtype": message.subtype} if message.subtype else {}),
        **({"user": message.user} if message.user else {"username": message.username}),
        "ts": message.ts,
        "text": message.text,
        "team": me.team_id,
    }
    if message.bot_id and message.bot_id != me.bot_id:
        body["bot_id"] = message.bot_id
    elif message.bot_id:
        body |= {
            "bot_id": message.bot_id,
            "app_id": me.app_id,
            "bot_profile": {"id": me.bot_id, "app_id": me.app_id, "name": me.bot_name},
        }
    if message.blocks:
        body["blocks"] = list(message.blocks)
    body |= _thread(message, workspace)
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = [dict(reaction) for reaction in message.reactions]
    if message.files:
        body["files"] = [file_payload(file, workspace) for file in message.files]
        body |= {} if message.bot_id else {"subtype": "file_share"}
    return body


def file_payload(file: JSON, workspace: Workspace) -> JSON:
    """A file with the addresses of its bytes, which want a token."""
    private = f"{workspace.address}files-pri/{workspace.identity.team_id}-{file['id']}"
    name = quote(str(file["name"]))
    return {
        **file,
        "mode": "hosted",
        "is_external": False,
        "url_private": f"{private}/{name}",
        "url_private_download": f"{private}/download/{name}",
    }


def _thread(message: Message, workspace: Workspace) -> JSON:
    """Which thread a message belongs to; of its first message also who answered how often."""
    if message.thread_ts and message.thread_ts != message.ts:
        parent = workspace.find(message.channel, message.thread_ts)
        return {
            "thread_ts": message.thread_ts,
            **({"parent_user_id": parent.user} if parent else {}),
        }
    replies = workspace.replies(message)
    if not replies:
        return {}
    users = list(dict.fromkeys(m.user for m in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": replies[-1].ts,
    }
