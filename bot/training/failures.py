"""Each way a training can end badly, in a sentence with the next step."""

import errno

from bot.errors import NerbotError
from ner_engine.results import TrainingFailed

_SAFE = "The labels are all there and the live model goes on."
DISK_FULL = (
    "The disk of the machine nerbot runs on is full, so the training could not go on. "
    f"Ask who runs nerbot to make room there, then type /train. {_SAFE}"
)
_WORDS = {
    "out_of_memory": (
        "The training needed more memory than it may use. Ask who runs nerbot to allow it more "
        f"(NERBOT_TRAINING_MEMORY_MB), then type /train. {_SAFE}"
    ),
    "disk_full": DISK_FULL,
    "killed": (
        "The training's process was ended from outside, as a machine does when it runs out of memory. "
        f"/train tries again; if it happens again, tell who runs nerbot. {_SAFE}"
    ),
    "died": (
        "The training's process broke down without a word. /train tries again; if it happens again, tell who runs "
        f"nerbot: its command “nerbot runs show” says more. {_SAFE}"
    ),
    "training_diverged": (
        "The training ran into values that are not numbers. /train tries again and begins from other random ones. "
        f"{_SAFE}"
    ),
    "encoder_changed": (
        "The sentence encoder on the machine nerbot runs on is not the one it came with. Ask who runs nerbot to "
        f"install it again; until then /train cnn trains without it. {_SAFE}"
    ),
    "encoder_unreadable": (
        "The sentence encoder on the machine nerbot runs on cannot be read. Ask who runs nerbot to install it again; "
        f"until then /train cnn trains without it. {_SAFE}"
    ),
    "verification_failed": (
        "The model was trained, but did not pass its check after it was saved, so it was thrown away. "
        f"/train tries again; if it happens again, tell who runs nerbot. {_SAFE}"
    ),
    "unexpected": (
        "Something went wrong inside the training. /train tries again; if it happens again, tell who runs nerbot: "
        f"its command “nerbot runs show” says more. {_SAFE}"
    ),
}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

PROCESS_DIED = TrainingFailed("The training's process ended without a word.", code="died")


def words_for(failed: TrainingFailed) -> str:
    """What people are told; the engine's own sentence where it knows the facts better."""
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
