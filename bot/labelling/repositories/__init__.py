"""Annotations, the queue and what orders it."""
