"""Slack: its payloads, messages and text, for every feature."""
