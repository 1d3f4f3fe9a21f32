"""An app's responses: the body of an ack, and what it posts to a response_url."""

from bot.playground.block_kit.validation import ack_faults, refuse_bad_blocks
from bot.playground.state.expiring_ids import ResponseUrl
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Message, SlackError


def post_as_app(
    workspace: Workspace,
    body: JSON,
    *,
    channel: str,
    only_for: str | None,
    thread_ts: str | None = None,
) -> Message:
    """Post a message under the app's name."""
    return workspace.add(
        channel=channel,
        user=workspace.identity.bot_user_id,
        text=str(body.get("text") or ""),
        blocks=body.get("blocks") or (),
        bot_id=workspace.identity.bot_id,
        only_for=only_for,
        thread_ts=thread_ts,
    )


def show_ack(workspace: Workspace, body: JSON, *, user: str, channel: str) -> Message | None:
    """Show the body of a slash command's ack; SlackError where Slack refuses it."""
    faults = ack_faults(body)
    if faults:
        raise SlackError("invalid_command_response", messages=tuple(faults))
    if not body.get("text") and not body.get("blocks"):
        return None
    everyone = body.get("response_type") == "in_channel"
    return post_as_app(workspace, body, channel=channel, only_for=None if everyone else user)


def respond(workspace: Workspace, url: ResponseUrl, body: JSON) -> None:
    """Carry out a post to a response_url.

    Only where a message's button was pressed is there an original to replace or delete; after a
    slash command Slack always posts a new message. An ephemeral original stays ephemeral.
    """
    original = url.original and workspace.find(url.original.channel, url.original.ts)
    if body.get("delete_original") is True:
        if original:
            workspace.remove(original)
        return
    blocks = body.get("blocks")
    checked = refuse_bad_blocks(blocks) if blocks is not None else []
    if not checked and not body.get("text"):
        raise SlackError("no_text")
    if body.get("replace_original") is True and original:
        workspace.edit(original, text=str(body.get("text") or ""), blocks=checked)
        return
    everyone = body.get("response_type") == "in_channel"
    post_as_app(
        workspace,
        body,
        channel=url.channel,
        only_for=None if everyone else url.user,
        thread_ts=url.thread_ts,
    )
