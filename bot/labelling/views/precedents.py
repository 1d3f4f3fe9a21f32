"""What reviewers decided before, beside a question or a task."""

from bot.domain.project import Precedent
from bot.slack.lines import Line
from bot.slack.text import person, plain, shortened

_PHRASE, _REASON = 60, 300


def precedent_line(found: Precedent) -> Line:
    """Which label the phrase had, where, by whom, and why."""
    was = f"was {found.label}" if found.label else "was no entity of its own"
    why = f": {shortened(found.reason, _REASON)}" if found.reason else ""
    return [
        plain("Decided before: ", bold=True),
        f"“{shortened(found.phrase, _PHRASE)}” {was} in sentence #{found.sentence_id}, by ",
        person(found.person),
        f"{why}.",
    ]
