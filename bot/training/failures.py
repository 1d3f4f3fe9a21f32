"""Each way a training can end badly, in a sentence with the next step."""

import errno

from bot.errors import NerbotError
from ner_engine.recipes import DEFAULT_PRESET
from ner_engine.results import TrainingFailed

_SAFE = "Your labels are safe, and the live model keeps answering."
DISK_FULL = (
    "The disk of the machine nerbot runs on is full, so the training could not go on. "
    f"Ask whoever runs nerbot to free some space there, then type /train. {_SAFE}"
)
_WORDS = {
    "out_of_memory": (
        "The training needed more memory than it may use. Ask whoever runs nerbot to allow it more "
        f"(NERBOT_TRAINING_MEMORY_MB), then type /train. {_SAFE}"
    ),
    "disk_full": DISK_FULL,
    "killed": (
        "The training's process was ended from outside, as a machine does when it runs out of memory. "
        f"/train tries again; if it happens again, tell whoever runs nerbot. {_SAFE}"
    ),
    "died": (
        "The training process crashed without an error message. /train tries again; if it happens again, tell whoever "
        f"runs nerbot: its command “nerbot runs show” says more. {_SAFE}"
    ),
    "training_diverged": (
        "The training diverged: some values were not numbers (NaN). /train tries again with a new random seed. "
        f"{_SAFE}"
    ),
    "encoder_changed": (
        "The sentence encoder on the machine nerbot runs on is not the one it came with. Ask whoever runs nerbot to "
        f"install it again; until then /train cnn trains without it. {_SAFE}"
    ),
    "encoder_unreadable": (
        "The sentence encoder on the machine nerbot runs on cannot be read. Ask whoever runs nerbot to install it "
        f"again; until then /train cnn trains without it. {_SAFE}"
    ),
    "verification_failed": (
        "The model was trained, but did not pass its check after it was saved, so it was thrown away. "
        f"/train tries again; if it happens again, tell whoever runs nerbot. {_SAFE}"
    ),
    "unexpected": (
        "Something went wrong inside the training. /train tries again; if it happens again, tell whoever runs nerbot: "
        f"its command “nerbot runs show” says more. {_SAFE}"
    ),
}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

PROCESS_DIED = TrainingFailed("The training process crashed without an error message.", code="died")


def words_for(failed: TrainingFailed, preset: str = DEFAULT_PRESET) -> str:
    """What people are told of a training with this preset; the engine's own sentence where it knows more."""
    if failed.code == "training_too_long":
        faster = "" if preset == "encoder" else " /train encoder is faster."
        return (
            f"{failed.words} It ran with the preset {preset}.{faster} Whoever runs nerbot can allow more "
            f"(NERBOT_TRAINING_MINUTES). {_SAFE}"
        )
    return _WORDS.get(failed.code, failed.words)


def in_words(error: Exception) -> str:
    """The same for what went wrong around the training."""
    if isinstance(error, NerbotError) and str(error):
        return f"{str(error).rstrip('.')}. Type /train to try again. {_SAFE}"
    if isinstance(error, OSError) and error.errno in _FULL:
        return DISK_FULL
    return (
        "Something went wrong inside nerbot; the log of the machine it runs on says more. "
        f"/train tries again. {_SAFE}"
    )
