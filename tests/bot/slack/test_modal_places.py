"""Each place that opens a modal tells where Slack does not open it; one more tap opens it."""

import re
from pathlib import Path

import pytest

import bot
from bot.app import open_bot
from bot.playground import Message, Playground
from tests.bot.conftest import Team, settings_for
from tests.bot.editor.test_editor import open_on
from tests.bot.labelling.test_cards import card, label_samples
from tests.bot.team.test_nerbot import disagree, owned
from tests.support.by_hand import execute
from tests.support.patience import patient

__all__ = ["owned"]  # a fixture

AGAIN = "press the button again"
WHOLE = "/label A patient with {chest pain=SYMPTOM}."


def newest(team: Team, person: str = "ada") -> Message:
    return team.slack.messages("#triage", viewer=person)[-1]


async def refused(team: Team, message: Message | None, button: str) -> Message:
    """Press a button whose modal Slack refuses; what is told beside it."""
    assert message is not None
    team.slack.fail_next("views.open", error="expired_trigger_id")
    await team.slack.click("ada", message, button)
    await team.slack.until(lambda: AGAIN in newest(team).shown)
    assert team.slack.view("ada") is None
    team.slack.problems.clear()
    return newest(team)


async def opens_after(team: Team, told: Message, button: str) -> None:
    """One tap on the button that was told with opens the modal."""
    assert told.only_for == team.slack.workspace.person("ada").id
    await team.slack.click("ada", told, button)
    await team.slack.until(lambda: team.slack.view("ada"))


async def test_edit_on_a_card(team: Team) -> None:
    answer = await team.types("/label SYMPTOM chest pain in: A patient with chest pain.")
    await opens_after(team, await refused(team, answer.message, "Edit"), "Edit")


async def test_what_is_saved_after_the_second_tap_is_shown(team: Team) -> None:
    answer = await team.types("/label SYMPTOM chest pain in: A patient with chest pain.")
    told = await refused(team, answer.message, "Edit")
    await opens_after(team, told, "Edit")
    assert (await team.slack.submit("ada")).error is None
    await team.slack.until(lambda: "Saved" in getattr(team.slack.now(told), "shown", ""))


async def test_fix_under_an_answer(trained: Team) -> None:
    await trained.asks("/ner A patient with fever.")
    told = await refused(trained, newest(trained), "Fix")
    await opens_after(trained, told, "Fix")


async def test_say_why_under_a_flag(team_with_samples: Team) -> None:
    team = team_with_samples
    await team.types("/label")
    answer = await team.types("/label flag")
    await opens_after(team, await refused(team, answer.message, "Say why"), "Say why")


async def test_edit_on_a_suggestion(team_with_samples: Team) -> None:
    team = team_with_samples
    await label_samples(team)
    await opens_after(team, await refused(team, await card(team), "Edit"), "Edit")


async def test_say_why_under_a_decision(owned: Team) -> None:
    await disagree(owned)
    shown = await owned.presses((await owned.types("/nerbot review")).message, "Take 1")
    name = next(each for each in shown.buttons if each.startswith("Say why"))
    await opens_after(owned, await refused(owned, shown, name), name)


async def test_a_change_in_the_editor_that_is_not_shown(team: Team) -> None:
    """The draft has it, and so has what is saved."""
    await open_on(team)
    team.slack.fail_next("views.update", error="internal_error", times=9)
    await team.slack.press("ada", "Remove")
    await team.slack.until(lambda: "The change is kept" in newest(team).shown)


async def test_a_refusal_in_the_editor_that_is_not_pushed(team: Team, tmp_path: Path) -> None:
    await open_on(team)
    await execute(tmp_path / "data", "DELETE FROM offer")
    before = newest(team)
    team.slack.fail_next("views.push", error="expired_trigger_id")
    await team.slack.press("ada", "Remove")
    await team.slack.until(lambda: newest(team) != before)
    assert newest(team).only_for == team.slack.workspace.person("ada").id
    team.slack.problems.clear()


@pytest.mark.parametrize("button", ["Training status", "Help"])
async def test_the_modals_of_home_are_shown_in_home(team: Team, button: str) -> None:
    slack = team.slack
    await slack.open_home("ada")
    await slack.until(lambda: slack.home("ada"))
    before = slack.home("ada")
    slack.fail_next("views.open", error="expired_trigger_id")
    await slack.press("ada", button)
    await slack.until(lambda: slack.home("ada") != before)
    slack.problems.clear()


@pytest.mark.parametrize("button", ["Training status", "Help", "Train", "Label next"])
async def test_what_neither_a_modal_nor_home_shows_is_a_direct_message(
    team: Team, button: str
) -> None:
    slack = team.slack
    await slack.open_home("ada")
    await slack.until(lambda: slack.home("ada"))
    slack.fail_next("views.open", error="expired_trigger_id")
    slack.fail_next("views.publish", error="invalid_arguments", times=3)
    await slack.press("ada", button)
    await slack.until(lambda: slack.messages("dm", viewer="ada"))
    slack.problems.clear()


async def test_the_next_sentence_soon_after_a_start(slack: Playground, tmp_path: Path) -> None:
    """The trigger may be spent by then; the words come by direct message, however slow Slack is."""
    async with open_bot(settings_for(slack, tmp_path / "data")) as opened:
        team = Team(slack, opened)
        slack.fail_next("views.open", error="expired_trigger_id")
        slack.fail_next("chat.postMessage", broken="cut")
        await slack.shortcut("ada", "label_next")
        await slack.until(lambda: slack.messages("dm", viewer="ada"), timeout=patient(60))
        assert "You have no sentence to label" in team.slack.messages("dm", viewer="ada")[-1].shown
        slack.problems.clear()


def test_nothing_opens_or_changes_a_modal_in_another_way() -> None:
    """A new place would be silent again where Slack refuses."""
    calls = re.compile(r"\.views_(open|push|update)\(|AsyncRespond|\brespond\(")
    ours = Path(bot.__file__).parent
    found = {
        file.relative_to(ours).as_posix()
        for file in ours.rglob("*.py")
        # The command line has no modal: it answers Slack's own command line.
        if file.relative_to(ours).parts[0] not in {"playground", "cli"}
        and calls.search(file.read_text("utf-8"))
    }
    assert found == {"slack/telling/modals.py"}
