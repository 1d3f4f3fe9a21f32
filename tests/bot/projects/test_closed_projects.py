"""A project that is closed is for the people of its channels; nobody else reads its name or a sentence of it."""

from pathlib import Path

import pytest

from bot.playground import Message
from bot.slack import action_ids as ids
from tests.bot.conftest import Team
from tests.bot.projects.people import open_channel, rows, with_button

SECRET = "Confidential pericarditis"


async def types(team: Team, person: str, channel: str, line: str) -> Message:
    """What a person is answered there."""
    answer = await team.types(line, person=person, channel=channel)
    assert answer.message
    return answer.message


@pytest.fixture
async def ward(team: Team, tmp_path: Path) -> Team:
    """Ada owns nerbot; she and Mei use a project in a private channel, the others know nothing of it."""
    await team.types("/nerbot")
    open_channel(team.slack, "ward", "ada", "mei", is_private=True)
    await types(team, "ada", "#ward", "/nerbot project new Oncology")
    await types(team, "ada", "#ward", "/nerbot project use Oncology")
    await types(team, "ada", "#ward", f"/label none in: {SECRET} was found.")
    await types(team, "ada", "#ward", "/label SARCOMA mass in: A mass in the lung.")
    await types(team, "mei", "#ward", "/label skip")
    await team.slack.until(lambda: seen_in(team, "ward", tmp_path) >= {"ada", "mei"})
    return team


def seen_in(team: Team, channel: str, folder: Path) -> set[str]:
    """The names of those who are known to be in a channel: it is kept after the answer."""
    there, people = team.slack.workspace.channel(channel).id, team.slack.workspace.people
    kept = rows(folder / "data")["channel_member"]
    return {people[person].name for _, place, person, *_ in kept if place == there}


async def home(team: Team, person: str) -> str:
    team.slack.views.homes.pop(team.slack.workspace.person(person).id, None)
    await team.slack.open_home(person)
    await team.slack.until(lambda: team.slack.home(person))
    return str(team.slack.home(person))


async def test_a_project_made_in_a_private_channel_is_closed(ward: Team) -> None:
    shown = (await types(ward, "ada", "#ward", "/nerbot project")).shown
    assert "This channel uses the project Oncology." in shown
    assert "(closed)" in shown


async def test_a_project_made_in_an_open_channel_is_open(ward: Team) -> None:
    await types(ward, "ada", "#triage", "/nerbot project new Cardiology")
    shown = (await types(ward, "grace", "#triage", "/nerbot project")).shown
    assert "The other projects: Cardiology." in shown


async def test_a_project_first_used_in_a_private_channel_is_closed(ward: Team) -> None:
    await types(ward, "ada", "#triage", "/nerbot project new Cardiology")
    await types(ward, "ada", "#ward", "/nerbot project use Cardiology")
    shown = (await types(ward, "grace", "#triage", "/nerbot project")).shown
    assert "Cardiology" not in shown


@pytest.mark.parametrize("channel", ["#triage", "dm"])
@pytest.mark.parametrize(
    "line",
    [
        "/nerbot project",
        "/nerbot project use Oncology",
        "/nerbot project use Nothing",
        "/nerbot labels",
        "/nerbot history",
        "/nerbot stats",
        "/nerbot review",
        "/nerbot flags",
        "/nerbot models",
        "/train status",
        "/train history",
        "/label",
        "/label SARCOMA mass everywhere",
        "/ner Confidential pericarditis was found.",
    ],
)
async def test_an_outsider_reads_neither_its_name_nor_a_sentence_of_it(
    ward: Team, channel: str, line: str
) -> None:
    # Grace is an owner, too: a role opens no closed project.
    await types(ward, "ada", "#triage", "/nerbot roles owner @grace")
    shown = (await types(ward, "grace", channel, line)).shown
    secrets = {"Oncology", "pericarditis", "SARCOMA"} - {*line.split()}
    assert not [word for word in secrets if word in shown]


async def test_homes_menu_shows_it_to_its_people_alone(ward: Team) -> None:
    assert "Oncology" in await home(ward, "mei")
    assert "Oncology" not in await home(ward, "grace")


async def test_an_outsider_who_guesses_its_number_in_homes_menu_is_refused(ward: Team) -> None:
    await home(ward, "mei")
    await home(ward, "grace")
    menu = next(b for b in ward.slack.home("mei")["blocks"] if "home.project" in b["block_id"])  # type: ignore[index]
    ward.slack.views.homes[ward.slack.workspace.person("grace").id]["blocks"].append(menu)
    await ward.slack.choose("grace", ids.HOME_PROJECT, "Oncology")
    await ward.slack.until(lambda: "That project is not here" in ward.slack.reads("grace"))
    assert "1 finished" not in ward.slack.reads("grace")


async def test_its_people_choose_it_for_their_direct_messages(ward: Team) -> None:
    await types(ward, "mei", "dm", "/nerbot project use Oncology")
    shown = (await types(ward, "mei", "dm", "/nerbot history")).shown
    assert SECRET in shown


async def test_its_name_is_not_told_to_who_wants_to_use_it_for_another(ward: Team) -> None:
    await types(ward, "ada", "#triage", "/nerbot roles owner @grace")
    shown = (await types(ward, "grace", "#triage", "/nerbot project new Oncology")).shown
    assert shown == "That name cannot be used. Choose another one for the project."


async def test_an_owner_opens_it_and_closes_it_again(ward: Team) -> None:
    await types(ward, "ada", "#ward", "/nerbot project settings open")
    assert "Oncology" in (await types(ward, "grace", "#triage", "/nerbot project")).shown
    await types(ward, "ada", "#ward", "/nerbot project settings closed")
    assert "Oncology" not in (await types(ward, "grace", "#triage", "/nerbot project")).shown


async def test_a_closed_default_project_stays_with_the_channel_where_it_was_closed(
    ward: Team,
) -> None:
    """Other channels that chose none get a new one."""
    await types(ward, "ada", "#triage", "/label none in: A sentence of triage.")
    await types(ward, "ada", "#triage", "/nerbot project settings closed")
    assert "1 finished" in (await types(ward, "grace", "#triage", "/train status")).shown
    open_channel(ward.slack, "hall", "linus")
    assert "1 finished" not in (await types(ward, "linus", "#hall", "/train status")).shown
    shown = (await types(ward, "linus", "#hall", "/nerbot project")).shown
    assert "This channel uses the project default 2." in shown


async def test_a_project_is_not_closed_from_a_direct_message(ward: Team) -> None:
    shown = (await types(ward, "ada", "dm", "/nerbot project settings closed")).shown
    assert "close it in one of them" in shown


async def test_the_first_use_of_a_workspace_in_a_private_channel_makes_a_closed_project(
    team: Team,
) -> None:
    open_channel(team.slack, "ward", "ada", "mei", is_private=True)
    await types(team, "ada", "#ward", f"/label none in: {SECRET} was found.")
    assert "1 finished" in (await types(team, "mei", "#ward", "/train status")).shown
    assert "1 finished" not in (await types(team, "grace", "#triage", "/train status")).shown
    assert "pericarditis" not in (await types(team, "grace", "#triage", "/nerbot history")).shown


async def test_who_has_used_nerbot_in_which_channel_is_kept(ward: Team, tmp_path: Path) -> None:
    assert seen_in(ward, "ward", tmp_path) == {"ada", "mei"}


async def test_a_button_of_the_record_does_not_bind_a_channel_to_a_project_that_is_not_ones_own(
    ward: Team,
) -> None:
    """An owner who is not of the project cannot bring it back into a channel by an old step."""
    await types(ward, "ada", "#triage", "/nerbot roles owner @grace")
    await types(ward, "ada", "#triage", "/nerbot project use Oncology")
    await types(ward, "ada", "#triage", "/nerbot project use default")
    history = await types(ward, "grace", "#triage", "/nerbot history")
    action, value = next(
        (element["action_id"], element["value"])
        for _, element in history.actions
        if str(element["action_id"]).startswith(ids.UNDO_EVENT)
    )
    await ward.slack.click("grace", with_button(history, action, value), action)
    await ward.slack.until(
        lambda: any(
            "ask another owner" in m.shown for m in ward.slack.messages("#triage", viewer="grace")
        )
    )
    assert "Oncology" not in (await types(ward, "grace", "#triage", "/nerbot project")).shown
