"""Digests and reminders."""
