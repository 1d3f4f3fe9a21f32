"""The editor's modal."""
