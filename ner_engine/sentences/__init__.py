"""From a text to its sentences."""

from ner_engine.sentences.splitter import split_sentences
from ner_engine.sentences.wraps import unwrapped

__all__ = ["split_sentences", "unwrapped"]
