"""What is kept of models: the versions of a project, and all of them over all workspaces."""
