"""The one place where errors become people's words."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass

from bot.errors import EngineUnavailable, NotAllowed, NotUnderstood, PersonError, StoreUnavailable
from bot.views.team import refusal_view
from bot.views.text import View, words_view
from bot.views.usage import usage_view

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presented:
    """What to show, and whether it tells of a failure."""

    view: View
    failed: bool = False


async def present(work: Awaitable[View], *, command: str | None = None) -> Presented:
    """Wait for the view; whatever is raised instead becomes a sentence with the next step, never a traceback."""
    try:
        return Presented(await work)
    except NotUnderstood as error:
        view = usage_view(command, str(error)) if command else words_view(str(error))
    except NotAllowed as error:
        view = refusal_view(str(error), error.who)
    except PersonError as error:
        view = words_view(str(error))
    except StoreUnavailable as error:
        log.exception("the database did not answer")
        view = words_view(f"Nothing was saved, because {error}. Please try again in a moment.")
    except EngineUnavailable as error:
        log.exception("the engine did not answer")
        view = words_view(str(error))
    except Exception:
        log.exception("a request failed")
        view = words_view(
            "Something went wrong inside nerbot and this request was not carried out. Please try again; if it happens "
            "again, the log of the machine nerbot runs on says more."
        )
    return Presented(view, failed=True)
