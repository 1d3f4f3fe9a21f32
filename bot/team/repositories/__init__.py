"""Decisions, history and statistics."""
