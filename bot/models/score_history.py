"""The scores of a project's models over time, as a picture."""

from collections.abc import Sequence

from bot.domain.models import ModelVersion
from bot.slack.messenger import ALT_TEXT, Messenger, Picture
from bot.slack.text import percent, shortened


class ScoreHistory:
    """Shows it."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def show_history(
        self,
        workspace: str,
        channel: str,
        versions: Sequence[ModelVersion],
        *,
        live: int | None,
    ) -> bool:
        """Post the scores of versions over time as a picture; False where it could not be posted."""
        picture = scores_picture(versions, live=live)
        return await self._messenger.upload(workspace, channel, [picture])


def scores_picture(versions: Sequence[ModelVersion], *, live: int | None) -> Picture:
    """F1 of the versions over time, with intervals; `versions` newest first."""
    scored = [each for each in reversed(versions) if each.model.evaluation is not None]
    points, told = [], []
    for each in scored:
        assert each.model.evaluation is not None
        f1, (low, high) = each.model.evaluation.overall.f1, each.model.evaluation.interval
        points.append([each.number, f1, low, high])
        told.append(f"model {each.number} {percent(f1)}{' (live)' if each.number == live else ''}")
    return Picture(
        "scores",
        "models.png",
        "F1 of the models",
        shortened(f"F1 of the models, oldest first: {', '.join(told)}.", ALT_TEXT),
        {"points": points, "live": live},
    )
