"""The sample workspace of a new simulator: Little Clinic, its people, its channels."""

import secrets
from collections.abc import Callable

from bot.playground.state.escaping import escape_entities
from bot.playground.state.workspace import Workspace, new_id
from bot.playground.values import Channel, Identity, Person, Secrets

_PEOPLE = (
    ("ada", "Ada Byrne", "#8c4f7f"),
    ("grace", "Grace Okafor", "#2f7d6b"),
    ("linus", "Linus Ek", "#b5651d"),
    ("mei", "Mei Tanaka", "#4464ad"),
)
TEAM = "Little Clinic"
SUPPORT = "support"

WELCOME = """\
Welcome! This channel is for teaching {bot} to read triage notes. Things to try, in the box below:
• `/label` gives you the next sentence
• `/label SYMPTOM chest pain` marks a phrase in it, "Finished" says that it is complete
• `/label Some {{chest pain=SYMPTOM}}, took {{aspirin=DRUG}}.` does a whole sentence at once
• `/train` teaches the model what is finished so far
• `/ner She came in with chest pain and fever.` asks the model
Each of them has `help`. At the top of the page you can switch to another person."""


def new_secrets() -> Secrets:
    """Tokens shaped like Slack's, valid on this machine only."""
    digits = "".join(secrets.choice("0123456789") for _ in range(12))
    return Secrets(
        bot_token=f"xoxb-{digits}-{digits}-{secrets.token_hex(12)}",
        app_token=f"xapp-1-{new_id('A')}-{digits}-{secrets.token_hex(32)}",
        signing_secret=secrets.token_hex(16),
        control_token=secrets.token_urlsafe(24),
    )


def new_workspace(
    *, bot_name: str, now: Callable[[], float], team_id: str | None = None
) -> Workspace:
    """People, #triage and #support with the app in them, #random without it, a direct message each."""
    identity = Identity(
        team_id=team_id or new_id("T"),
        team_name=TEAM,
        team_domain="little-clinic",
        app_id=new_id("A"),
        bot_id=new_id("B"),
        bot_user_id=new_id("U"),
        bot_name=bot_name,
    )
    people = [Person(id=new_id("U"), name=n, real_name=r, colour=c) for n, r, c in _PEOPLE]
    everyone = tuple(p.id for p in people)
    triage = Channel(
        id=new_id("C"),
        name="triage",
        members=(*everyone, identity.bot_user_id),
        topic="Triage notes, to be labelled",
    )
    random = Channel(
        id=new_id("C"), name="random", members=everyone, topic=f"{bot_name} is not in here"
    )
    workspace = Workspace(identity=identity, people=people, channels=(triage, random), now=now)
    add_support(workspace)
    return workspace


def add_support(workspace: Workspace) -> None:
    """The channel in which messages can arrive by themselves; a workspace from before it gets it, too."""
    if any(channel.name == SUPPORT for channel in workspace.channels.values()):
        return
    everyone = (*workspace.people, workspace.identity.bot_user_id)
    topic = "What the front desk hears. Messages can arrive here by themselves."
    workspace.put_channel(Channel(id=new_id("C"), name=SUPPORT, members=everyone, topic=topic))


def post_welcome(workspace: Workspace) -> None:
    """The first messages, by people; once, when the workspace is new."""
    grace = workspace.person("grace")
    linus = workspace.person("linus")
    text = escape_entities(WELCOME.format(bot=workspace.identity.bot_name))
    workspace.add(channel=workspace.channel("triage").id, user=grace.id, text=text)
    soup = f"There is soup in the kitchen. ({workspace.identity.bot_name} is not in this channel.)"
    workspace.add(channel=workspace.channel("random").id, user=linus.id, text=soup)
    for person in workspace.people.values():
        workspace.direct_message(person.id)
