"""A button or a modal that Slack delivers twice is done once: the second delivery changes no row and says the same."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.playground import Message, Playground
from bot.playground.values import JSON, interactive
from bot.slack import action_ids as ids
from tests.bot.conftest import Team
from tests.bot.labelling.test_bulk import PAINS, add
from tests.bot.labelling.test_cards import card, label_samples
from tests.bot.labelling.test_shortcuts import SEVERAL, label, say
from tests.bot.projects.conftest import Ward
from tests.bot.projects.people import rows, shown_to, with_button
from tests.bot.projects.permissions import BUTTONS, HOME
from tests.bot.recognition.test_feedback import ask
from tests.bot.team.test_nerbot import disagree
from tests.bot.test_deliveries import PASSING
from tests.support.patience import patient

QUIET = frozenset({ids.EDIT, ids.EDIT_SUGGESTION, ids.FIX, ids.FLAG_WHY, ids.REVIEW_EDIT})
"""What opens a modal with its trigger, which is good for one."""
TRAININGS = frozenset({"run", "sqlite_sequence"})
"""The training that goes on there is said to be another process's, whose death is noticed meanwhile; those of this one
are in tests/bot/test_deliveries.py and in Home's."""
PRESSED = {action: value for action, (value, _) in BUTTONS.items() if "made-up" not in value}

Ask = Callable[[Team], Awaitable[Message | None]]


def answers(slack: Playground) -> list[str]:
    """What was answered to presses, oldest first: nothing of trainings, which tell of themselves, and not under which
    id the next card's suggestion is kept."""
    direct = {"response_url", "views.open"}
    return [
        re.sub(r"'value': '[\w-]{16}", "'value': '", str(call.payload))
        for call in slack.calls
        if call.method in direct
    ]


async def settled(data: Path, *, but: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """The rows that people's doings change, once nothing changes any more."""
    passing = but | PASSING
    calm, before = 0, rows(data, but=passing)
    async with asyncio.timeout(patient(20)):
        while calm < 3:
            await asyncio.sleep(0.1)
            now = rows(data, but=passing)
            calm, before = (calm + 1 if now == before else 0), now
    return before


def first_option(message: Message, action: str) -> str | None:
    """What is chosen in a menu."""
    for _, element in interactive(message.blocks):
        if element["action_id"] == action and element.get("options"):
            return str(element["options"][0]["value"])
        if element["action_id"] == action and element.get("option_groups"):
            return str(element["option_groups"][0]["options"][0]["value"])
    return None


async def pressed_twice(
    team: Team, data: Path, message: Message, action: str, *, but: frozenset[str] = frozenset()
) -> str:
    """Press, deliver the press again, and compare: what is wrong, if anything."""
    slack, is_quiet = team.slack, action in QUIET
    seen = len(answers(slack))
    press = await slack.click("ada", message, action, option=first_option(message, action))
    await slack.until(lambda: len(answers(slack)) > seen, timeout=patient(20))
    before, first = await settled(data, but=but), answers(slack)
    again = await slack.deliver_again(press)
    assert again.error is None
    if not is_quiet:
        await slack.until(lambda: len(answers(slack)) > len(first), timeout=patient(20))
    after = await settled(data, but=but)
    slack.views.stacks.clear()
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        return f"rows were changed: {changed}"
    said = answers(slack)[len(first) :]
    return "" if said == ([] if is_quiet else first[-1:]) else f"{said} instead of {first[seen:]}"


async def test_buttons_with_a_number_are_carried_out_once(ward: Ward) -> None:
    there = ward.team.slack.say("ada", "#ward", "hello")
    wrong: dict[str, str] = {}
    for action, value in PRESSED.items():
        button = with_button(there, action, value.format(**ward.numbers))
        found = await pressed_twice(ward.team, ward.data, button, action, but=TRAININGS)
        wrong |= {action: found} if found else {}
    assert wrong == {}
    ward.team.slack.problems.clear()


async def suggestion(team: Team) -> Message:
    await label_samples(team)
    return await card(team)


async def everywhere(team: Team) -> Message | None:
    await add(team, *PAINS)
    return (await team.types("/label SYMPTOM chest pain everywhere")).message


async def done_everywhere(team: Team) -> Message:
    asked = await everywhere(team)
    assert asked is not None
    return await team.presses(asked, next(each for each in asked.buttons if "Label all" in each))


async def renaming(team: Team) -> Message | None:
    await label_samples(team)
    return (await team.types("/nerbot labels rename SYMPTOM SIGN")).message


async def forgetting(team: Team) -> Message | None:
    await label_samples(team)
    return (await team.types("/nerbot forget #4")).message


async def deleting(team: Team) -> Message | None:
    await label_samples(team)
    return (await team.types("/label delete #4")).message


async def pieces(team: Team) -> Message:
    return await label(team, say(team, SEVERAL))


async def queued(team: Team) -> Message:
    return await team.presses(await pieces(team), "All 3 into the queue")


async def dispute(team: Team) -> Message | None:
    await disagree(team)
    return (await team.types("/nerbot review")).message


async def recognised(team: Team) -> Message:
    return await ask(team, "/ner A patient with fever takes codeine today.")


async def said_right(team: Team) -> Message:
    return await team.presses(await recognised(team), "Right")


OFFERED: dict[str, Ask] = {
    ids.ACCEPT: suggestion,
    ids.EDIT_SUGGESTION: suggestion,
    f"{ids.POINT}.0": suggestion,
    ids.POINT_WORD: suggestion,
    ids.POINT_CHANGE: suggestion,
    ids.CONFIRM: renaming,
    ids.DECLINE: renaming,
    ids.FORGET: forgetting,
    ids.KEEP: forgetting,
    ids.DELETE: deleting,
    f"{ids.CHOICE}.0": everywhere,
    ids.UNDO_TOGETHER: done_everywhere,
    f"{ids.PIECE}.0": pieces,
    ids.AS_ONE: pieces,
    ids.JOIN: pieces,
    ids.WITHDRAW: queued,
    f"{ids.REVIEW_TAKE}.0": dispute,
    ids.REVIEW_EDIT: dispute,
}
"""Buttons of what is kept for one person, and how it comes to be shown."""
ELSEWHERE = frozenset({ids.REVIEW_MERGE, f"{ids.ERROR_TAKE}.0"})
"""Pressed by tests of their own, once only: they need versions that can be merged, and a training's list of errors."""
OF_A_MODEL: dict[str, Ask] = {
    ids.RIGHT: recognised,
    ids.FIX: recognised,
    ids.SHARE: recognised,
    ids.UNDO_RIGHT: said_right,
}


def test_every_button_is_pressed_here() -> None:
    """A new one that is kept under an id needs a way to be shown; one with a number needs none."""
    assert {*PRESSED, *OFFERED, *OF_A_MODEL, *ELSEWHERE} == set(BUTTONS)


async def offered_twice(team: Team, data: Path, made: Ask, action: str) -> None:
    message = await made(team)
    assert message is not None
    assert any(element["action_id"] == action for _, element in interactive(message.blocks))
    assert await pressed_twice(team, data, message, action) == ""


@pytest.mark.parametrize("action", OFFERED)
async def test_a_button_of_what_is_kept_is_carried_out_once(
    team_with_samples: Team, tmp_path: Path, action: str
) -> None:
    await team_with_samples.types("/nerbot")
    await offered_twice(team_with_samples, tmp_path / "data", OFFERED[action], action)


@pytest.mark.parametrize("action", OF_A_MODEL)
async def test_a_button_under_an_answer_is_carried_out_once(
    trained: Team, tmp_path: Path, action: str
) -> None:
    await offered_twice(trained, tmp_path / "data", OF_A_MODEL[action], action)


@pytest.mark.parametrize("action", HOME)
async def test_a_button_of_home_is_carried_out_once(
    team_with_samples: Team, tmp_path: Path, action: str
) -> None:
    slack, data = team_with_samples.slack, tmp_path / "data"
    # The samples come in the background; what comes beside a press is not its effect.
    await slack.until(lambda: rows(data)["sentence"], timeout=patient(20))
    await slack.open_home("ada")
    await slack.until(lambda: slack.home("ada"))
    seen = len(shown_to(slack, "ada"))
    answer = await slack.press("ada", action)
    await slack.until(lambda: len(shown_to(slack, "ada")) > seen, timeout=patient(20))
    before = await settled(data)
    messages = [message.shown for message in slack.messages("dm", viewer="ada")]
    assert (await slack.deliver_again(answer)).error is None
    assert await settled(data) == before
    assert [message.shown for message in slack.messages("dm", viewer="ada")] == messages


@pytest.mark.parametrize("callback", [ids.FLAG_WHY, ids.REVIEW_WHY])
async def test_a_reason_is_kept_once(ward: Ward, callback: str) -> None:
    slack = ward.team.slack
    if callback == ids.FLAG_WHY:
        await ward.team.types("/label flag", channel="#ward")
    words: JSON = {"type": "plain_text", "text": "x"}
    channel, number = slack.workspace.channel("ward").id, ward.numbers["sentence"]
    typed = {"type": "plain_text_input", "action_id": callback, "initial_value": "because"}
    slack.views.open(
        slack.workspace.person("ada").id,
        {
            "type": "modal",
            "callback_id": callback,
            "private_metadata": f'{{"sentence": {number}, "channel": "{channel}"}}',
            "title": words,
            "submit": words,
            "blocks": [{"type": "input", "block_id": callback, "label": words, "element": typed}],
        },
    )
    answer = await slack.submit("ada")
    before = await settled(ward.data)
    again = await slack.deliver_again(answer)
    assert again.error is None
    assert again.body == answer.body
    assert await settled(ward.data) == before


def test_every_modal_is_submitted_twice() -> None:
    """The reasons here, the editor in tests/bot/editor/test_repeats.py."""
    ours = Path(bot.__file__).parent
    views = {
        found
        for file in ours.rglob("*.py")
        if "playground" not in file.parts
        for found in re.findall(r"app\.view\((.+?)\)", file.read_text("utf-8"))
    }
    assert views == {"asked.action", "ids.EDITOR"}
