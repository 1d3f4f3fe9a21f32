"""What the bot makes of what a process of the engine says of a model it was asked to load."""

import json
from pathlib import Path

import pytest

from bot.engine.protocol import check_loaded
from bot.errors import EngineUnavailable, ModelAbsent, ModelUnsound, ModelUnusable


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("manifest_invalid", ModelUnsound),
        ("model_damaged", ModelUnsound),
        ("manifest_missing", ModelAbsent),
        ("model_absent", ModelAbsent),
        ("model_incompatible", ModelUnusable),
        ("canary_failed", ModelUnusable),
        ("encoder_missing", EngineUnavailable),
        ("unexpected", EngineUnavailable),
    ],
)
def test_only_wrong_bytes_are_damage(code: str, error: type[EngineUnavailable]) -> None:
    """Damage is noted for all and for good: what may be otherwise tomorrow, or elsewhere, is none."""
    raw = json.dumps({"id": 1, "error": code, "message": "…"}).encode()
    with pytest.raises(EngineUnavailable) as caught:
        check_loaded(raw, Path("models/1/7"))
    assert type(caught.value) is error
    assert "odel 7" in str(caught.value)
