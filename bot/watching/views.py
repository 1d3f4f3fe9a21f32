"""Watched channels as people see them."""

from slack_sdk.models.blocks import RichTextElement

from bot.slack.text import Line, Parts, View, counted, said
from bot.watching.values import WatchesShown, WatchShown

_NO_OUTPUT = "Nothing is sent anywhere yet. To add an output, on the machine nerbot runs on: nerbot outputs add"
_ENTITIES = ("entities", "entity")
_KEPT = "Texts of messages are not kept, apart from the entities in them on their way to outputs."


def watches_view(shown: WatchesShown) -> View:
    """The watched channels of a project, and what was just done about one."""
    lines: list[Line] = []
    if shown.did == "watching":
        back = f", and those of the last {counted(shown.days, 'day')}" if shown.days else ""
        told = (
            f"{back} are read by the live model of {shown.project}. People there should know: tell them what is done "
            "with what they write. To end it: /nerbot watch stop "
        )
        channel = _channel(shown.channel)
        lines.append(["New messages in ", channel, told, channel])
    if shown.did == "stopped":
        lines.append(["Messages in ", _channel(shown.channel), " are no longer read."])
    if not shown.watches:
        lines.append(
            [
                f"{shown.project} watches no channel. To read one as people write: /nerbot watch #channel"
            ]
        )
        return said(*lines)
    lines += [_line(each) for each in shown.watches]
    if not shown.outputs:
        lines.append([_NO_OUTPUT])
    elif shown.did == "watching":
        lines.append([_KEPT])
    return said(*lines)


def _line(watch: WatchShown) -> Line:
    told = (
        f": {counted(watch.messages, 'message')} seen, {watch.entities:,} {_ENTITIES[watch.entities == 1]} out"
        f"{f', {watch.waiting:,} to be read' if watch.waiting else ''}"
    )
    if watch.reached is not None:
        told += ", older messages are being read"
    if watch.refused is not None:
        told += f". Slack does not show it ({watch.refused}): type /invite @nerbot there"
    return [_channel(watch.channel), told]


def _channel(channel: str) -> RichTextElement:
    return Parts.Channel(channel_id=channel)
