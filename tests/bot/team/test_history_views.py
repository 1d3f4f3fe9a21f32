"""The record of what was done, as people read it."""

from datetime import UTC, datetime

from bot.domain.events import Event, EventKind
from bot.team.values.history import HistoryPage
from bot.team.views.history import history_view


def test_a_change_of_settings_names_every_share() -> None:
    """Somebody who looks up why a second opinion is asked for finds the step that began it."""
    after = {"second_share": 0.3, "confidence": 0.65}
    at = datetime(2031, 5, 4, tzinfo=UTC)
    event = Event(1, EventKind.SETTINGS_CHANGED, "U1", at, detail={"from": {}, "to": after})
    told = str(history_view(HistoryPage((event,), can_undo=())).to_message())
    assert "second 30 confidence 65" in told
