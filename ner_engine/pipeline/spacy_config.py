"""Our recipes as sections of a spaCy config, so that `spacy train` can repeat what we do."""

from typing import Any

from ner_engine.encoder.frozen_encoder import FrozenEncoder, encoder_for
from ner_engine.pipeline.architectures import TAGGER
from ner_engine.recipes import EncoderChoice, Recipe
from ner_engine.settings import TrainingSettings


def model_section(settings: TrainingSettings, members: int) -> dict[str, Any]:
    """The recognizer's network. Raises EncoderError."""
    encoder = encoder_for(settings)
    choice = _choice(settings.encoder_dir, encoder) if encoder else None
    return {"@architectures": TAGGER, "members": members} | settings.recipe.build(choice)


def _choice(directory: str | None, encoder: FrozenEncoder) -> EncoderChoice:
    columns = encoder.columns.card.sha256 if encoder.columns else None
    return EncoderChoice(directory, encoder.sha256, encoder.features, columns, encoder.forms)


def training_section(settings: TrainingSettings, steps: int) -> dict[str, Any]:
    """What `spacy train` needs beside the data to learn as we do, in as many batches."""
    recipe = settings.recipe
    return {
        "seed": settings.seed,
        "dropout": recipe.dropout,
        "max_steps": steps,
        "max_epochs": 0,
        "patience": 0,
        "eval_frequency": max(steps // 4, 1),
        "score_weights": {"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
        "batcher": {
            "@batchers": "spacy.batch_by_sequence.v1",
            "size": recipe.batch_size,
            "get_length": None,
        },
        "optimizer": optimizer_section(recipe, steps),
    }


def optimizer_section(recipe: Recipe, steps: int) -> dict[str, Any]:
    """Adam with weight decay, averaged parameters, and a rate that rises, then falls."""
    return {
        "@optimizers": "Adam.v1",
        "learn_rate": {
            "@schedules": "warmup_linear.v1",
            "initial_rate": recipe.learn_rate,
            "warmup_steps": round(recipe.warmup * steps),
            "total_steps": steps,
        },
        "L2": recipe.weight_decay,
        "L2_is_weight_decay": True,
        "use_averages": True,
    }
