"""What the workspace is: people, channels, messages, views, files, and how it is kept."""
