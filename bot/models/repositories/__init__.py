"""What is read of models over all workspaces at once."""
