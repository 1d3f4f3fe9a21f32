"""People and channels for the tests of who can see what, and the rows of the bot's database."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.playground import Message, Playground
from bot.playground.state.workspace import new_id
from bot.playground.values import JSON, Channel, Person

ELSEWHERE = "T0ELSEWHERE"


def invite_guest(slack: Playground, name: str = "zoe", channel: str = "#triage") -> Person:
    """Let a member of another workspace into a channel, as Slack Connect does."""
    guest = Person(
        id=new_id("U"), name=name, real_name=name.title(), colour="#555555", team_id=ELSEWHERE
    )
    slack.workspace.put_person(guest)
    there = slack.workspace.channel(channel)
    slack.workspace.put_channel(replace(there, members=(*there.members, guest.id)))
    return guest


def open_channel(slack: Playground, name: str, *people: str, is_private: bool = False) -> Channel:
    """A new channel with these people and nerbot in it."""
    members = [slack.workspace.person(person).id for person in people]
    return slack.workspace.put_channel(
        Channel(
            id=new_id("C"),
            name=name,
            members=(*members, slack.workspace.identity.bot_user_id),
            is_private=is_private,
        )
    )


def with_button(message: Message, action: str, value: str) -> Message:
    """A message as anybody sees it, with a button that somebody made up."""
    button = {
        "type": "button",
        "action_id": action,
        "value": value,
        "text": {"type": "plain_text", "text": "Press"},
    }
    blocks = ({"type": "actions", "block_id": "made-up", "elements": [button]},)
    return replace(message, only_for=None, blocks=blocks)


def from_team(payload: JSON, team: str | None) -> JSON:
    """The payload with another workspace in every place that names one; None takes the names out."""
    places: list[tuple[Any, str]] = [
        (payload, "team_id"),
        (payload, "context_team_id"),
        (payload.get("team"), "id"),
        (payload.get("user"), "team_id"),
        (payload.get("view"), "team_id"),
        (payload.get("view"), "app_installed_team_id"),
        *((granted, "team_id") for granted in payload.get("authorizations") or ()),
    ]
    for place, name in places:
        if isinstance(place, dict) and name in place:
            if team is None:
                del place[name]
            else:
                place[name] = team
    return payload


def rows(data: Path, *, but: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """Every row of the bot's database, by table."""
    found = data / "nerbot.db"
    with closing(sqlite3.connect(f"file:{found}?mode=ro", uri=True)) as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for (name,) in connection.execute(named) if name not in but]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def unsent(data: Path) -> int:
    """How many messages wait to be sent."""
    with closing(sqlite3.connect(f"file:{data / 'nerbot.db'}?mode=ro", uri=True)) as connection:
        waits = "SELECT count(*) FROM outbox WHERE delivered < state AND dead_at IS NULL"
        return int(connection.execute(waits).fetchone()[0])


def rows_of(data: Path, project: int) -> dict[str, list[Any]]:
    """Every row of one project, by table.

    Of its trainings only whether each was cancelled: recovery tries again what seems dead.
    """
    with closing(sqlite3.connect(f"file:{data / 'nerbot.db'}?mode=ro", uri=True)) as connection:
        named = (
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND c.name = 'project_id' ORDER BY m.name"
        )
        tables = [name for (name,) in connection.execute(named)]
        found = {
            name: connection.execute(
                f"SELECT * FROM {name} WHERE project_id = ?",
                (project,),
            ).fetchall()
            for name in tables
        }
        own = connection.execute("SELECT * FROM project WHERE id = ?", (project,)).fetchall()
        runs = ["cancelled" in row for row in found["run"]]
        return {**found, "run": runs, "project": own}


_OF_A_TRAINING = re.compile(r"(?:<@\w+> )?Training \d")


def shown_to(slack: Playground, person: str, *, with_trainings: bool = True) -> list[str]:
    """What was shown to a person by calls of Slack's Web API and of response_urls, oldest first."""
    user = slack.workspace.person(person).id
    everybody = {"views.open", "views.update", "views.push", "response_url"}
    mine = {user, *(each.id for each in slack.workspace.channels.values() if user in each.members)}
    return [
        str(call.payload)
        for call in slack.calls
        if call.method in everybody
        or (call.method == "views.publish" and call.payload.get("user_id") == user)
        or (
            call.method == "chat.postMessage"
            and call.payload.get("channel") in mine
            and (with_trainings or not _OF_A_TRAINING.match(call.payload.get("text", "")))
        )
    ]


def answered_to(slack: Playground, person: str) -> list[str]:
    """What was shown to a person, without messages of trainings, which tell of themselves at any time."""
    return shown_to(slack, person, with_trainings=False)
