"""Roles, actions and surfaces: every command, button and modal is allowed or refused as the table says.

What is refused changes no row, and nothing a person is shown who is not of a closed project comes out of it.
"""

import asyncio
import re

import pytest

from bot.domain.roles import Role
from bot.playground import Playground
from bot.projects.repositories.access import NO_GUESTS
from bot.slack import action_ids as ids
from tests.bot.projects.conftest import Ward
from tests.bot.projects.people import answered_to, rows, shown_to, with_button
from tests.bot.projects.permissions import (
    BUTTONS,
    COMMANDS,
    HOME,
    IN_A_CHANNEL,
    LABELLER,
    PEOPLE,
    RANKS,
    REVIEWER,
    SECRETS,
)


def verdict(kind: str, needed: Role, text: str) -> str | None:
    """What is wrong with an answer: None where it is allowed or refused as it should be."""
    if kind == "guest":
        return None if NO_GUESTS in text else "a guest was let in"
    if kind == "outsider":
        return next((f"{secret} was shown" for secret in SECRETS if secret in text), None)
    is_refused = "Only an owner can" in text or "Only a reviewer or an owner can" in text
    if RANKS[kind].may(needed):
        return "refused" if is_refused else None
    return None if is_refused else "allowed"


TRAININGS = frozenset({"run", "sqlite_sequence", "outbox"})
"""Rows of trainings that end meanwhile, as those of a process that is gone do."""


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("surface", ["channel", "direct message"])
async def test_each_command_is_allowed_or_refused_as_the_table_says(
    ward: Ward, kind: str, surface: str
) -> None:
    person = PEOPLE[kind]
    wrong: dict[str, str] = {}
    at_home = "#triage" if kind == "outsider" else "#ward"
    channel = at_home if surface == "channel" else "dm"
    for line, needed in (COMMANDS | (IN_A_CHANNEL if surface == "channel" else {})).items():
        before, ours = rows(ward.data, but=TRAININGS), ward.of_the_project()
        text = (await ward.team.types(line, person=person, channel=channel)).text
        typed = line.partition(" ")[2]
        found = verdict(kind, needed, text.replace(typed, "") if kind == "outsider" else text)
        refused = kind == "guest" or (kind in RANKS and not RANKS[kind].may(needed))
        if (refused and rows(ward.data, but=TRAININGS) != before) or (
            kind == "outsider" and ward.of_the_project() != ours
        ):
            found = "rows were changed"
        wrong |= {line: found} if found else {}
    assert wrong == {}


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("surface", ["channel", "direct message"])
async def test_each_button_is_allowed_or_refused_as_the_table_says(
    ward: Ward, kind: str, surface: str
) -> None:
    """An outsider presses buttons with the numbers of the closed project, as if they had guessed them."""
    person, slack = PEOPLE[kind], ward.team.slack
    wrong: dict[str, str] = {}
    at_home = "#triage" if kind == "outsider" else "#ward"
    place = at_home if surface == "channel" else "dm"
    message = slack.say(person, place, "hello")
    for action, (value, needed) in BUTTONS.items():
        await _calm(slack, person)
        before, ours = rows(ward.data, but=TRAININGS), ward.of_the_project()
        seen = len(answered_to(slack, person))
        button = with_button(message, action, value.format(**ward.numbers))
        await slack.click(person, button, action)
        found = verdict(kind, needed, await ward.is_answered(person, seen))
        refused = kind == "guest" or (kind in RANKS and not RANKS[kind].may(needed))
        if (refused and rows(ward.data, but=TRAININGS) != before) or (
            kind == "outsider" and ward.of_the_project() != ours
        ):
            found = "rows were changed"
        wrong |= {action: found} if found else {}
    assert wrong == {}
    slack.problems.clear()


@pytest.mark.parametrize("kind", PEOPLE)
async def test_home_is_about_what_its_person_may_see(ward: Ward, kind: str) -> None:
    person, slack = PEOPLE[kind], ward.team.slack
    wrong: dict[str, str] = {}
    seen = len(shown_to(slack, person))
    await slack.open_home(person)
    home = await ward.reads(person, seen)
    assert verdict(kind, LABELLER, home) is None
    assert (kind in RANKS) == ("Oncology" in home)
    for action in HOME:
        ours, seen = ward.of_the_project(), len(shown_to(slack, person))
        if kind == "guest":  # whose Home has no buttons, so it is that of a member
            slack.views.homes[slack.workspace.person(person).id]["blocks"] = list(
                with_button(slack.messages("#triage")[0], action, "home").blocks
            )
        await slack.press(person, action)
        found = verdict(kind, LABELLER, await ward.reads(person, seen))
        slack.views.clear(slack.workspace.person(person).id)
        if kind in {"guest", "outsider"} and ward.of_the_project() != ours:
            found = "rows were changed"
        wrong |= {action: found} if found else {}
    assert wrong == {}


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize(
    ("callback", "needed"), [(ids.FLAG_WHY, LABELLER), (ids.REVIEW_WHY, REVIEWER)]
)
async def test_each_modal_is_allowed_or_refused_as_the_table_says(
    ward: Ward, kind: str, callback: str, needed: Role
) -> None:
    person, slack = PEOPLE[kind], ward.team.slack
    place = slack.workspace.channel("triage" if kind == "outsider" else "ward").id
    words = {"type": "plain_text", "text": "x"}
    number = ward.numbers["sentence"]
    typed = {"type": "plain_text_input", "action_id": callback, "initial_value": "because"}
    slack.views.open(
        slack.workspace.person(person).id,
        {
            "type": "modal",
            "callback_id": callback,
            "private_metadata": f'{{"sentence": {number}, "channel": "{place}"}}',
            "title": words,
            "submit": words,
            "blocks": [{"type": "input", "block_id": callback, "label": words, "element": typed}],
        },
    )
    ours = ward.of_the_project()
    answer = await slack.submit(person)
    told = f"{answer.errors} {answer.body}"
    assert verdict(kind, needed, told) is None
    if kind in {"guest", "outsider"} or not RANKS[kind].may(needed):
        assert ward.of_the_project() == ours


def test_the_table_names_every_button() -> None:
    """Those of the editor are in its modal, which belongs to one person; the menu of Home has a test of its own."""
    named = {re.sub(r"\.\d$", "", action) for action in BUTTONS} | {*HOME, ids.HOME_PROJECT}
    named |= {ids.REVIEW_WHY}  # opens the modal that is tried above
    named |= {ids.CHOICE_MENU}  # chooses as the buttons of CHOICE do
    named |= {ids.HOME_ASK, ids.HOME_CLOSE}  # tried with Home's own tests
    every = {
        value
        for name, value in vars(ids).items()
        if name.isupper() and isinstance(value, str) and "." in value
    }
    assert {action for action in every - named if not action.startswith("editor")} == set()


async def _calm(slack: Playground, person: str) -> None:
    """Wait until nothing more is said: some presses are answered twice."""
    seen = -1
    while seen != (now := len(answered_to(slack, person))):
        seen = now
        await asyncio.sleep(0.05)
