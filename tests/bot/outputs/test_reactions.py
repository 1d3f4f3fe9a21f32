"""Emoji under messages that something was found in."""

import pytest

from bot.outputs.ports import OutputFailed
from bot.outputs.reactions import ReactionWriter
from bot.playground import Message
from tests.bot.outputs.conftest import Desk


def shown(desk: Desk, message: Message) -> list[str]:
    """The emoji under a message."""
    now = desk.slack.now(message)
    return [] if now is None else [reaction["name"] for reaction in now.reactions]


@pytest.fixture
def writer(desk: Desk) -> ReactionWriter:
    return ReactionWriter(desk.store, desk.calls)


async def test_an_emoji_stands_for_each_label_until_nothing_of_it_is_left(
    desk: Desk, writer: ReactionWriter
) -> None:
    output = await desk.output("reaction", SYMPTOM="face_with_thermometer", emoji=":eyes:")
    said = desk.says("Fever and a cough, takes aspirin.")
    first, second = desk.found(said, "Fever"), desk.found(said, "cough")
    drug = desk.found(said, "aspirin", "DRUG")
    await writer.write(output, [first, second, drug])
    assert shown(desk, said) == ["eyes", "face_with_thermometer"]
    await writer.write(output, [desk.retracted(first)])
    assert shown(desk, said) == ["eyes", "face_with_thermometer"]
    await writer.write(output, [desk.amended(second, label="DRUG")])
    assert shown(desk, said) == ["eyes"]
    await writer.write(output, [desk.retracted(second), desk.retracted(drug)])
    assert shown(desk, said) == []


async def test_what_comes_again_changes_nothing(desk: Desk, writer: ReactionWriter) -> None:
    output = await desk.output("reaction")
    said, other = desk.says("Fever."), desk.says("Cough.")
    changes = [desk.found(said, "Fever"), desk.found(other, "Cough")]
    changes.append(desk.retracted(changes[0]))
    for _ in range(2):
        await writer.write(output, changes)
    assert (shown(desk, said), shown(desk, other)) == ([], ["label"])


async def test_an_emoji_whose_answer_is_lost_is_there_once(
    desk: Desk, writer: ReactionWriter
) -> None:
    output = await desk.output("reaction")
    said = desk.says("Fever.")
    found = desk.found(said, "Fever")
    desk.slack.workspace.react(said, desk.slack.workspace.identity.bot_user_id, "label")
    await writer.write(output, [found])
    assert shown(desk, said) == ["label"]


async def test_a_message_that_is_gone_holds_nothing_up(desk: Desk, writer: ReactionWriter) -> None:
    output = await desk.output("reaction")
    gone, there = desk.says("Fever."), desk.says("Cough.")
    changes = [desk.found(gone, "Fever"), desk.found(there, "Cough")]
    desk.slack.delete("ada", gone)
    await writer.write(output, changes)
    assert shown(desk, there) == ["label"]


async def test_an_emoji_that_slack_does_not_have_is_named(
    desk: Desk, writer: ReactionWriter
) -> None:
    output = await desk.output("reaction", emoji="no_such_emoji")
    with pytest.raises(OutputFailed, match="Slack has no emoji :no_such_emoji:"):
        await writer.write(output, [desk.found(desk.says("Fever."), "Fever")])


async def test_a_rate_limit_is_waited_for(desk: Desk, writer: ReactionWriter) -> None:
    output = await desk.output("reaction")
    said = desk.says("Fever.")
    desk.slack.fail_next("reactions.add", headers={"Retry-After": "0"}, times=2)
    await writer.write(output, [desk.found(said, "Fever")])
    assert shown(desk, said) == ["label"]
