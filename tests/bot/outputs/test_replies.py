"""Replies in the thread of a message that something was found in."""

import pytest

from bot.outputs.ports import OutputFailed
from bot.outputs.replies import ReplyWriter
from bot.playground import Message
from tests.bot.outputs.conftest import Desk, Killed


def replies(desk: Desk, message: Message) -> list[str]:
    """What nerbot said in the thread of a message."""
    us = desk.slack.workspace.identity.bot_user_id
    return [reply.text for reply in desk.slack.thread(message) if reply.user == us]


@pytest.fixture
def writer(desk: Desk) -> ReplyWriter:
    return ReplyWriter(desk.store, desk.calls)


async def test_one_reply_says_what_is_found_and_follows_it(desk: Desk, writer: ReplyWriter) -> None:
    output = await desk.output("reply")
    said = desk.says("Fever and a cough, takes aspirin & <b>.")
    fever, drug = desk.found(said, "Fever"), desk.found(said, "aspirin & <b>", "DRUG")
    await writer.write(output, [fever, drug])
    assert replies(desk, said) == ["SYMPTOM  Fever  97%\nDRUG  aspirin &amp; &lt;b&gt;  97%"]
    await writer.write(output, [desk.amended(drug, text="aspirin", score=None, model=None)])
    assert replies(desk, said) == ["SYMPTOM  Fever  97%\nDRUG  aspirin  labelled by hand"]
    await writer.write(output, [desk.found(said, "cough"), desk.retracted(fever)])
    assert replies(desk, said) == ["DRUG  aspirin  labelled by hand\nSYMPTOM  cough  97%"]


async def test_the_reply_goes_with_the_last_entity(desk: Desk, writer: ReplyWriter) -> None:
    output = await desk.output("reply")
    said = desk.says("Fever.")
    found = desk.found(said, "Fever")
    await writer.write(output, [found])
    await writer.write(output, [desk.retracted(found)])
    assert replies(desk, said) == []
    await writer.write(output, [desk.found(said, "Fever", "DISEASE")])
    assert replies(desk, said) == ["DISEASE  Fever  97%"]


async def test_what_comes_again_changes_nothing(desk: Desk, writer: ReplyWriter) -> None:
    output = await desk.output("reply")
    said = desk.says("Fever and a cough.")
    changes = [desk.found(said, "Fever"), desk.found(said, "cough")]
    await writer.write(output, changes)
    calls = len(desk.slack.calls)
    await writer.write(output, changes)
    assert len(desk.slack.calls) == calls
    assert len(replies(desk, said)) == 1


async def test_a_reply_whose_answer_is_lost_is_found_again(desk: Desk, writer: ReplyWriter) -> None:
    """The message is itself in a thread, in which there are other replies of ours."""
    output = await desk.output("reply")
    first = desk.says("Fever.")
    second = desk.slack.reply("grace", first, "And a cough.")
    await writer.write(output, [desk.found(first, "Fever")])
    cough = desk.found(second, "cough")

    with pytest.raises(Killed):
        await ReplyWriter(desk.store, desk.cut_off("chat.postMessage")).write(output, [cough])
    await writer.write(output, [cough, desk.amended(cough, label="SIGN")])
    assert replies(desk, first) == ["SYMPTOM  Fever  97%", "SIGN  cough  97%"]


async def test_a_reply_that_was_never_posted_is_posted(desk: Desk, writer: ReplyWriter) -> None:
    output = await desk.output("reply")
    said = desk.says("Fever.")
    found = desk.found(said, "Fever")
    desk.slack.fail_next("chat.postMessage", status=500)
    with pytest.raises(OutputFailed, match="not answering"):
        await writer.write(output, [found])
    await writer.write(output, [found])
    assert replies(desk, said) == ["SYMPTOM  Fever  97%"]


async def test_a_reply_that_somebody_deleted_is_not_written_again(
    desk: Desk, writer: ReplyWriter
) -> None:
    output = await desk.output("reply")
    said = desk.says("Fever.")
    found = desk.found(said, "Fever")
    await writer.write(output, [found])
    [reply] = desk.slack.workspace.replies(said)
    desk.slack.workspace.remove(reply)
    await writer.write(output, [desk.amended(found, label="SIGN"), desk.found(said, "cough")])
    assert replies(desk, said) == []


async def test_a_channel_that_nerbot_was_removed_from_holds_nothing_up(
    desk: Desk, writer: ReplyWriter
) -> None:
    output = await desk.output("reply")
    elsewhere = desk.slack.say("ada", "#random", "Cough.")
    said = desk.says("Fever.")
    await writer.write(output, [desk.found(elsewhere, "Cough"), desk.found(said, "Fever")])
    assert replies(desk, said) == ["SYMPTOM  Fever  97%"]


async def test_a_reply_shows_as_many_as_a_message_takes(desk: Desk, writer: ReplyWriter) -> None:
    output = await desk.output("reply")
    said = desk.says("cough " * 60)
    await writer.write(output, [desk.found(said, "cough " * 50) for _ in range(60)])
    [reply] = desk.slack.workspace.replies(said)
    assert len(reply.blocks) == 42  # with [Fix]
    assert "There are more entities than are shown here." in reply.shown
    assert not desk.slack.problems
