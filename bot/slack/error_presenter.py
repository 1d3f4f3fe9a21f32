"""The one place where errors become people's words."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass

from bot.errors import EngineUnavailable, NotAllowed, NotUnderstood, PersonError, StoreUnavailable
from bot.slack.command_help import CommandHelp, usage_view
from bot.slack.lines import refusal_view
from bot.slack.text import View, words_view

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presented:
    """What to show, and whether it tells of a failure."""

    view: View
    failed: bool = False


async def present(work: Awaitable[View], *, told: CommandHelp | None = None) -> Presented:
    """Wait for the view; whatever is raised instead becomes a sentence with the next step, never a traceback."""
    try:
        return Presented(await work)
    except NotUnderstood as error:
        view = usage_view(told, str(error)) if told else words_view(str(error))
    except NotAllowed as error:
        view = refusal_view(str(error), error.who)
    except Exception as error:  # noqa: BLE001 - nothing may escape: it would wipe the ack
        view = words_view(in_words(error))
    return Presented(view, failed=True)


def in_words(error: Exception) -> str:
    """What happened and what to do next, for the person who asked; what is not their doing is logged."""
    match error:
        case PersonError():
            return str(error)
        case StoreUnavailable():
            log.error("the database did not answer", exc_info=error)
            return f"Nothing was saved, because {error}. Please try again in a moment."
        case EngineUnavailable():
            log.error("the engine did not answer", exc_info=error)
            return str(error)
    log.error("a request failed", exc_info=error)
    return (
        "Something went wrong inside nerbot and this request was not carried out. Please try again; if it happens "
        "again, the log of the machine nerbot runs on says more."
    )
