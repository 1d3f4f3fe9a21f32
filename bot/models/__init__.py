"""Versions of a project's model and which of them is live."""
