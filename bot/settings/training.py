"""The settings of trainings: where they run, what they may take, and what new models learn over."""

from typing import Annotated, Literal

from pydantic_settings import BaseSettings

from bot.settings.field import setting


class TrainingSettings(BaseSettings):
    """Where and how trainings run."""

    trainings: Annotated[
        int,
        setting(
            "NERBOT_TRAININGS",
            "how many trainings may run on this machine at once; the next place goes to the workspace that trains "
            "least, and there to what was asked for first",
            ge=1,
            le=64,
        ),
    ] = 1
    jobs: Annotated[
        Literal["local", "procrastinate", "ray"],
        setting(
            "NERBOT_JOBS",
            "where trainings run: `local`, beside the bot; `procrastinate`, on machines that run `nerbot worker`; "
            "`ray`, on the Ray cluster that `RAY_ADDRESS` names (both need PostgreSQL, `NERBOT_MODELS` and the extra "
            "of that name)",
        ),
    ] = "local"
    training_memory_mb: Annotated[
        int,
        setting("NERBOT_TRAINING_MEMORY_MB", "megabytes one training may take", ge=64),
    ] = 4096
    training_processes: Annotated[
        int,
        setting(
            "NERBOT_TRAINING_PROCESSES",
            "how many processors one training may use; with 2 it takes about two thirds of the time (on Linux)",
            ge=1,
            le=2,
        ),
    ] = 2
    training_minutes: Annotated[
        float,
        setting(
            "NERBOT_TRAINING_MINUTES", "minutes one training may take", gt=0, allow_inf_nan=False
        ),
    ] = 60
    encoder: Annotated[
        str | None,
        setting(
            "NERBOT_ENCODER",
            "what new models learn over: an installed encoder's name (`nerbot encoders` lists them) or a folder with "
            "`model.onnx` and `tokenizer.json`; unset: `mpnet` where it is installed, else `minilm`",
        ),
    ] = None
