"""Several workspaces that installed one nerbot by themselves."""
