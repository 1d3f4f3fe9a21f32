"""The state of the workspace: people, channels, messages, views, files, and its storage."""
