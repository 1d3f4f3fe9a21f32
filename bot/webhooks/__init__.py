"""Signed notifications of what happens in a project, sent to a URL."""
