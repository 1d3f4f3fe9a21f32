"""What the first question needs is loaded before it is asked."""

import gc
import logging
from collections.abc import Sequence

from bot.db.database import Store
from bot.engine.client import EngineClient
from bot.errors import EngineUnavailable, ModelUnusable
from bot.models.repositories.models import Models
from bot.operations.logs import log_failure
from bot.projects.seeding import ProjectSeeder
from bot.slack.text_normalization import clean

log = logging.getLogger(__name__)


async def warm_up(
    store: Store,
    engine: EngineClient,
    keeper: ProjectSeeder,
    workspace: str,
    samples: Sequence[str],
    *,
    person: str,
) -> None:
    """Load the tokenizer, the samples and the live models, so that nobody waits for them."""
    texts = [clean(text).text for text in samples]
    await keeper.seed(workspace, texts, person=person)
    await load_words(engine)
    async with store.reading(workspace) as tx:
        live = await Models(tx).all_live()
    for project, version in live[: engine.loaded_at_once]:
        try:
            await engine.load(project, version)
        except ModelUnusable as error:
            log.warning("model %d of project %d cannot be asked now: %s", version, project, error)
        except EngineUnavailable as error:
            # Whoever asks it first hears of it, and of the version that answers instead.
            log_failure(log, f"model {version} of project {project} cannot be loaded", error)


async def load_words(engine: EngineClient) -> None:
    """Load what every sentence needs, whatever workspace it is of."""
    await engine.tokens([])
    _settle_memory()


def _settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    Each full round walked through all of spaCy and SQLAlchemy, and every answer waited 60 ms for it.
    """
    gc.collect()
    gc.freeze()
