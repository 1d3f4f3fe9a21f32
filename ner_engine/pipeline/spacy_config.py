"""Our recipes as sections of a spaCy config, so that `spacy train` can repeat what we do."""

from typing import Any

from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.pipeline.architectures import HEAD, TAGGER, VECTORS
from ner_engine.settings import CnnRecipe, EncoderRecipe, Recipe, TrainingSettings


def model_section(settings: TrainingSettings, members: int) -> dict[str, Any]:
    """The recognizer's network. Raises EncoderError."""
    recipe = settings.recipe
    common = {"@architectures": TAGGER, "members": members}
    if isinstance(recipe, EncoderRecipe):
        head = {
            "@architectures": HEAD,
            "width": recipe.width,
            "maxout_pieces": recipe.maxout_pieces,
        }
        return common | {"tok2vec": vectors_section(settings, recipe), "head": head}
    assert isinstance(recipe, CnnRecipe)
    return common | {"tok2vec": _cnn_section(recipe), "head": None}


def vectors_section(settings: TrainingSettings, recipe: EncoderRecipe) -> dict[str, Any]:
    """The frozen encoder. Raises EncoderError."""
    features = recipe.features
    return {
        "@architectures": VECTORS,
        "layers": list(features.layers),
        "pooling": list(features.pooling),
        "normalize": features.normalize,
        "shapes": features.shapes,
        "directory": settings.encoder_dir,
        "sha256": open_encoder(settings.encoder_dir, features).sha256,
    }


def _cnn_section(recipe: CnnRecipe) -> dict[str, Any]:
    return {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": recipe.width,
        "maxout_pieces": recipe.maxout_pieces,
        "pretrained_vectors": None,
        "depth": recipe.depth,
        "embed_size": recipe.embedding_rows,
        "window_size": 1,
        "subword_features": True,
    }


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
