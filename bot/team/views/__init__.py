"""Answers of /nerbot."""
