"""Projects and roles as people see them."""

from slack_sdk.models.blocks import Block

from bot.domain.roles import Role
from bot.projects.commands import ProjectShown, RolesShown
from bot.projects.values import ProjectSettings
from bot.slack.text import Line, View, counted, line, named, percent, person, plain, said, shortened
from ner_engine.languages import NAMES


def project_view(answer: ProjectShown) -> View:
    """The project of a channel, and what was just done with it."""
    name = answer.project.name
    first: Line
    match answer.did:
        case "made":
            first = [
                plain(f"Made the project {name}.", bold=True),
                f" This channel uses it after: /nerbot project use {name}",
            ]
        case "bound":
            first = [
                plain(f"This channel uses {name} from now on.", bold=True),
                " What is labelled, trained and asked here belongs to it.",
            ]
        case "set":
            first = [plain(f"Saved the settings of {name}.", bold=True)]
        case _:
            how = (
                ""
                if answer.bound
                else " It is the default one: nobody chose another for this channel."
            )
            first = [plain(f"This channel uses the project {name}.", bold=True), how]
    others = ", ".join(other.name for other in answer.others)
    listed = (
        f"The other projects: {shortened(others, 2_000)}." if others else "It is the only project."
    )
    return said(
        first,
        [] if answer.did in {"made", "set"} else [listed],
        _settings_line(answer.settings) if answer.settings else [],
    )


def _settings_line(settings: ProjectSettings) -> Line:
    number = settings.annotations_per_sentence
    people = "one person" if number == 1 else f"{number} people"
    share = percent(settings.random_share)
    return [
        plain("Settings: ", bold=True),
        (
            f"each sentence is labelled by {people} (annotations {number}); {share} % of the queue is random, "
            f"the rest are those the live model is least sure of (random {share}); {_seconds(settings)} "
            f"Suggestions below {percent(settings.confidence)} % are pointed out as unsure "
            f"(confidence {percent(settings.confidence)}). {_who(settings)} {_messages(settings)}"
            f"{_language(settings.language)}{_promise(settings)}{_masked(settings)}"
        ),
    ]


def _language(code: str) -> str:
    """How words are told apart, and what is weaker than in English."""
    told = f"Words are split by the rules for {NAMES[code]} (language {code})."
    if code == "xx":
        told = (
            "Words are split at blanks and signs, those without blanks by character (language xx)."
        )
    if code == "en":
        return told
    weaker = (
        " The sentence encoder that comes with nerbot learned English: in other languages a model needs more sentences "
        "for the same scores, and first guesses are weaker."
    )
    return told + weaker


def _seconds(settings: ProjectSettings) -> str:
    """How many second opinions are asked."""
    share = percent(settings.second_share)
    if not settings.second_share:
        return "no finished sentence is given to a second person (second 0)."
    return (
        f"of the finished sentences {share} % are given to a second person, those first that are most probably wrong "
        f"(second {share})."
    )


def _promise(settings: ProjectSettings) -> str:
    """Which share of what goes out is to be right."""
    if settings.precision is None:
        return ""
    return f" Of what goes out {100 * settings.precision:g} % is promised to be right (/nerbot precision)."


def _masked(settings: ProjectSettings) -> str:
    """What is masked before anything is stored."""
    if not settings.masked:
        return ""
    labels = ", ".join(settings.masked)
    return (
        f" {labels}: masked in imported texts and watched messages before they are stored "
        f"(redact {settings.redacts})."
    )


def _messages(settings: ProjectSettings) -> str:
    """What is kept of watched channels, where anything but the usual is."""
    if not settings.message_days:
        return ""
    again = "a new live model reads them again" if settings.rereads else "they are not read again"
    return (
        f"Texts of watched messages are kept for {counted(settings.message_days, 'day')} "
        f"(messages {settings.message_days}); {again} (rereads {'on' if settings.rereads else 'off'}). "
    )


def _who(settings: ProjectSettings) -> str:
    """Who can use a project."""
    guests = "Guests of other workspaces are let in" if settings.guests else "Guests are not let in"
    people = (
        "Everybody in the workspace can use it (open)."
        if settings.is_open
        else "Only people who have used nerbot in one of its channels can see it (closed)."
    )
    return f"{people} {guests} (guests {'on' if settings.guests else 'off'})."


def roles_view(answer: RolesShown) -> View:
    """Who can do what, and whose role was just changed."""
    lines: list[Line] = []
    if answer.changed is not None:
        is_now = {
            Role.OWNER: " is an owner now.",
            Role.REVIEWER: " is a reviewer now.",
            Role.LABELLER: " is a labeller now, as everybody is.",
        }
        lines.append([plain("Saved. ", bold=True), person(answer.changed), is_now[answer.role]])
    lines.append([plain("Owners: ", bold=True), *(named(answer.owners) or ["nobody yet"])])
    lines.append([plain("Reviewers: ", bold=True), *(named(answer.reviewers) or ["nobody yet"])])
    blocks: list[Block] = [
        line(
            "Everybody labels, trains and asks. Reviewers decide where people disagree. Owners do that, too, change "
            "labels, projects and roles, and undo other people's steps."
        )
    ]
    return said(*lines, blocks=blocks)
