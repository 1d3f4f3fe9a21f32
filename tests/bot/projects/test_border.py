"""Nobody from another workspace is let in, whatever they do, unless a project says so."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground import Message, Playground
from bot.projects.handlers import ELSEWHERE
from bot.projects.repositories.access import NO_GUESTS
from bot.slack import action_ids as ids
from tests.bot.conftest import SAMPLES, Team
from tests.bot.projects.people import from_team, invite_guest, rows, with_button

COMMANDS = (
    "/label",
    "/label none in: No fever today.",
    "/label A {cough=SYMPTOM}.",
    "/ner She has a cough.",
    "/train",
    "/train status",
    "/train digest every day at 09:00",
    "/nerbot",
    "/nerbot project",
    "/nerbot history",
    "/nerbot labels add SYMPTOM",
)
ACTIONS = sorted(
    value
    for name, value in vars(ids).items()
    if name.isupper() and isinstance(value, str) and "." in value
)
NUMBERED = (
    ids.PIECE, ids.POINT, ids.CHOICE, ids.LABEL_FOR_MODEL, ids.OPEN_SENTENCE, ids.LOOK_AT, ids.REVIEW_TAKE,
    ids.UNDO_EVENT,
    ids.UNDO_IMPORT, ids.FLAG_LABEL, ids.FLAG_SETTLED, ids.ERROR_TAKE,
    ids.COMPARE_PAGE, ids.TEST_WEBHOOK,
)  # fmt: skip
MODALS = (ids.EDITOR, ids.FLAG_WHY, ids.REVIEW_WHY)
REFUSALS = {"guest": NO_GUESTS, "foreign team": ELSEWHERE, "no team": ELSEWHERE}


def as_from(slack: Playground, who: str) -> str:
    """The person to act as; what Slack sends is altered where no person can be played."""
    if who == "guest":
        return invite_guest(slack).name
    if who != "member":
        team = "T0FOREIGN" if who == "foreign team" else None
        slack.alter = lambda payload: from_team(payload, team)
    return "grace"


def refusals(slack: Playground, person: str) -> int:
    """How often this person reads a refusal: in the channel, in a modal, in Home."""
    told = [message.shown for message in slack.messages("#triage", viewer=person)]
    if slack.view(person) or slack.home(person):
        told.append(slack.reads(person))
    return sum(words in text for text in told for words in REFUSALS.values())


class Surfaces:
    """Everything a person can do with nerbot, and whether it was refused in words."""

    def __init__(self, team: Team, person: str) -> None:
        self.team, self.slack, self.person = team, team.slack, person
        self.message = next(m for m in self.slack.messages("#triage") if m.user != person)

    async def types(self, line: str) -> str:
        return (await self.team.types(line, person=self.person)).text

    async def told_after(self, act: Callable[[], Awaitable[object]], *, refused: bool) -> str:
        """The refusal that this person reads after an act, if one is expected."""
        before = refusals(self.slack, self.person)
        await act()
        if refused:
            await self.slack.until(lambda: refusals(self.slack, self.person) > before)
        found = refusals(self.slack, self.person) > before
        slack, self.slack.views.stacks = self.slack, {}
        slack.views.homes.pop(slack.workspace.person(self.person).id, None)
        return "refused" if found else ""

    async def presses(self, action: str) -> None:
        number = ".0" if action in NUMBERED else ""
        button = with_button(self.message, action + number, "1")
        answer = await self.slack.click(self.person, button, action + number)
        assert answer.error is None, (action, answer)

    async def submits(self, callback_id: str) -> None:
        channel = self.slack.workspace.channel("triage").id
        words = {"type": "plain_text", "text": "x"}
        place = (
            f'{{"sentence": 1, "channel": "{channel}", "draft": "d", "answer_to": "", "opened": 0}}'
        )
        said = {"type": "section", "block_id": "s", "text": words}
        self.slack.views.open(
            self.slack.workspace.person(self.person).id,
            {
                "type": "modal",
                "callback_id": callback_id,
                "private_metadata": place,
                "title": words,
                "submit": words,
                "blocks": [said],
            },
        )
        await self.slack.submit(self.person)

    async def uses_shortcut(self, callback_id: str, message: Message | None) -> None:
        await self.slack.shortcut(self.person, callback_id, message)


@pytest.mark.parametrize("who", ["guest", "foreign team", "no team"])
async def test_who_is_not_of_the_workspace_is_refused_on_every_surface(
    team_with_samples: Team, who: str, tmp_path: Path
) -> None:
    """Commands, buttons, modals, shortcuts and Home: one sentence each, and no row is written."""
    team, slack = team_with_samples, team_with_samples.slack
    await team.types("/nerbot")
    await team.types("/label none in: A secret sentence.")
    person = as_from(slack, who)
    at = Surfaces(team, person)
    before = rows(tmp_path / "data")
    let_in = [line for line in COMMANDS if await at.types(line) != REFUSALS[who]]
    for action in ACTIONS:
        told = await at.told_after(lambda action=action: at.presses(action), refused=True)  # type: ignore[misc]
        let_in += [] if told else [action]
    for modal in MODALS:
        told = await at.told_after(lambda modal=modal: at.submits(modal), refused=True)  # type: ignore[misc]
        let_in += [] if told else [modal]
    for shortcut, message in ((ids.LABEL_MESSAGE, at.message), (ids.LABEL_NEXT, None)):
        await at.told_after(
            lambda shortcut=shortcut, message=message: at.uses_shortcut(shortcut, message),  # type: ignore[misc]
            refused=True,
        )
    refused = who == "guest"  # nothing of ours is shown in another workspace's Home
    await at.told_after(lambda: slack.open_home(person), refused=refused)
    assert let_in == []
    assert rows(tmp_path / "data") == before
    seen = "\n".join(message.shown for message in slack.messages("#triage", viewer=person))
    assert "secret" not in seen
    slack.problems.clear()


async def test_a_member_is_let_in_on_every_surface(team_with_samples: Team) -> None:
    team, slack = team_with_samples, team_with_samples.slack
    await team.types("/nerbot")
    at = Surfaces(team, as_from(slack, "member"))
    for line in COMMANDS:
        assert await at.types(line) not in REFUSALS.values()
    for action in ACTIONS:
        if not action.startswith("editor"):  # a modal's own, which ask for the modal
            assert not await at.told_after(
                lambda action=action: at.presses(action),  # type: ignore[misc]
                refused=False,
            )
    assert not await at.told_after(
        lambda: at.uses_shortcut(ids.LABEL_MESSAGE, at.message), refused=False
    )
    assert await slack.open_home(at.person)
    await slack.until(lambda: slack.home("grace") and "What to do next" in slack.reads("grace"))
    slack.problems.clear()


async def test_a_guest_is_let_in_where_an_owner_says_so_and_out_again(
    team_with_samples: Team,
) -> None:
    team, slack = team_with_samples, team_with_samples.slack
    await team.types("/nerbot")
    guest = invite_guest(slack).name
    said = (await team.types("/nerbot project settings guests on")).text
    assert "Guests of other workspaces are let in (guests on)." in said
    assert "No entities" in (await team.types("/label", person=guest)).message.buttons  # type: ignore[union-attr]
    answer = await team.types("/label A {cough=SYMPTOM} since Monday.", person=guest)
    assert "Saved as finished" in answer.text
    await slack.open_home(guest)
    await slack.until(lambda: slack.home(guest))
    assert "1 finished" in slack.reads(guest)
    await team.types("/nerbot project settings guests off")
    assert (await team.types("/label", person=guest)).text == NO_GUESTS
    assert await slack.open_home(guest)
    await slack.until(lambda: NO_GUESTS in slack.reads(guest))


async def test_only_an_owner_lets_guests_in(team: Team) -> None:
    await team.types("/nerbot")
    said = (await team.types("/nerbot project settings guests on", person="grace")).text
    assert "Only an owner can change a project's settings." in said


async def test_a_guest_who_is_let_into_one_project_is_not_let_into_another(
    team_with_samples: Team,
) -> None:
    """The other project's channel refuses them, and Home and direct messages have the one that lets them in."""
    team, slack = team_with_samples, team_with_samples.slack
    await team.types("/nerbot project new Shared")
    await slack.command("ada", "#random", "/nerbot", "project use Shared")
    await slack.command("ada", "#random", "/nerbot", "project settings guests on")
    await slack.command("ada", "#random", "/label", "none in: A shared sentence.")
    guest = invite_guest(slack)
    random = slack.workspace.channel("random")
    slack.workspace.put_channel(replace(random, members=(*random.members, guest.id)))
    assert (await slack.command("zoe", "#triage", "/label")).text == NO_GUESTS
    shown = (await slack.command("zoe", "dm", "/nerbot", "project")).text
    assert "the project Shared" in shown
    assert "default" not in shown.replace("It is the default one", "")
    await slack.open_home("zoe")
    await slack.until(lambda: slack.home("zoe") and "1 finished" in slack.reads("zoe"))


async def test_the_first_owner_is_never_a_guest(team: Team) -> None:
    guest = invite_guest(team.slack).name
    await team.types("/nerbot", person=guest)
    assert "You are the owner" in (await team.types("/nerbot")).text


async def test_a_refusal_is_tried_again_and_leaves_no_row(
    team_with_samples: Team, tmp_path: Path
) -> None:
    """Also none in the outbox, which keeps what is told to our own people."""
    team, slack = team_with_samples, team_with_samples.slack
    await team.types("/nerbot")
    at = Surfaces(team, as_from(slack, "foreign team"))
    await slack.until(lambda: len(rows(tmp_path / "data")["sentence"]) == len(SAMPLES))
    before = rows(tmp_path / "data")
    slack.fail_next("response_url", status=503)
    assert await at.told_after(lambda: at.presses(ids.NEXT), refused=True)
    slack.fail_next("response_url", error="expired_url")  # which is for good
    await at.presses(ids.NEXT)
    await slack.until(lambda: "expired_url" in str([call.response for call in slack.calls]))
    await asyncio.sleep(0.1)  # in which a row would be written
    assert rows(tmp_path / "data") == before
    slack.alter = None
    slack.problems.clear()
