"""Predictions for files that are too large for one process: in shards, each written whole or not at all."""
