"""The sentence encoder that new models learn over: the one that is set, else the best one that is installed."""

import logging

from bot.errors import SettingsError
from ner_engine.encoder.choice import choose_encoder
from ner_engine.errors import EngineError

log = logging.getLogger(__name__)


def check_encoder(wanted: str | None) -> None:
    """Say in one line where there is a better one to be had. Raises SettingsError where there is none called so."""
    try:
        chosen = choose_encoder(wanted)
    except EngineError as error:
        raise SettingsError(f"NERBOT_ENCODER: {error}") from error
    if chosen.advice:
        log.warning("%s", chosen.advice)


def encoder_folder(wanted: str | None) -> str | None:
    """Its folder now, None for the packaged one, which also stands in for one that was removed meanwhile."""
    try:
        return choose_encoder(wanted).directory
    except EngineError as error:
        log.warning("%s The packaged encoder serves.", error)
        return None
